internal import Glibc
internal import HeadwayCore

/// Which notices this machine has sent already; losing it repeats a message, nothing worse.
struct ToldNotices {
  private let path: String
  private static let limit = 2_000

  init(path: String) { self.path = path }

  func read() throws(EngineError) -> Set<String> {
    guard let bytes = try Requests.read(path) else { return [] }
    do {
      let ids = try JSONReader.read(bytes).json.elements?.compactMap(\.text)
      return Set(ids ?? [])
    } catch {
      // A file cut short by a full disk: telling twice is better than not telling.
      return []
    }
  }

  /// Keeps what still holds; what no longer does is told again should it come back.
  func write(_ ids: Set<String>) throws(EngineError) {
    let json = JSONValue.array(ids.sorted().suffix(Self.limit).map { .string($0) })
    let staging = path + ".new"
    try ProgramFolder.write(json.canonical, to: staging, mode: 0o600)
    guard unsafe rename(staging, path) == 0 else {
      throw .file(path: path, operation: "write", code: errno)
    }
  }
}
