internal import Glibc
internal import HeadwayCore

/// `watching`: says that the holder of the lock is a daemon, which will look again by itself.
package struct WatchMark: Hashable, Sendable {
  private let path: String

  package init(_ folders: Site.Folders) { path = "\(folders.headway)/watching" }

  func set() throws(EngineError) {
    try ProgramFolder.write(Array("\(getpid())\n".utf8), to: path, mode: 0o600)
  }

  func remove() throws(EngineError) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else {
      throw .file(path: path, operation: "remove", code: errno)
    }
  }

  /// Whether the daemon that set the mark still lives; a mark that a crash left says nothing.
  package func isAlive() throws(EngineError) -> Bool {
    guard let bytes = try Requests.read(path) else { return false }
    let text = String(decoding: bytes, as: UTF8.self).filter { $0.isASCII && $0.isNumber }
    guard let pid = Int32(text), pid > 1 else { return false }
    return kill(pid, 0) == 0 || errno == EPERM
  }
}
