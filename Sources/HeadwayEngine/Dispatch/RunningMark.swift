internal import Glibc
package import HeadwayCore

/// `running/<run>.<task>.<attempt>`: the process of an attempt under way, so that the next tick
/// can end it after a crash.
package struct RunningMark: AttemptObserver {
  private let folder: String
  private let name: String
  private let checkpoint: Checkpoint

  package init(
    folder: String, attempt: AttemptID, checkpoint: @escaping Checkpoint = { _ in }
  ) {
    self.init(
      folder: folder, name: "\(attempt.task.run).\(attempt.task.task).\(attempt.number)",
      checkpoint: checkpoint)
  }

  private init(folder: String, name: String, checkpoint: @escaping Checkpoint) {
    self.checkpoint = checkpoint
    self.folder = folder
    self.name = name
  }

  /// Every mark that stands.
  static func all(in folder: String) throws(EngineError) -> [RunningMark] {
    guard let directory = unsafe opendir(folder) else {
      if errno == ENOENT { return [] }
      throw .file(path: folder, operation: "list", code: errno)
    }
    defer { unsafe closedir(directory) }
    var marks: [RunningMark] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
        unsafe String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") {
        marks.append(RunningMark(folder: folder, name: name, checkpoint: { _ in }))
      }
    }
    return marks
  }

  private var path: String { "\(folder)/\(name)" }

  package func started(process: ProcessIdentity) async throws {
    try ProgramFolder.makeFolder(folder)
    let text = "\(process.pid) \(process.startTicks)\n"
    try ProgramFolder.write(Array(text.utf8), to: path, mode: 0o600)
    try checkpoint(.processMarked)
  }

  package func remove() throws(EngineError) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else {
      throw .file(path: path, operation: "remove", code: errno)
    }
  }

  /// The process that the mark names, if there is one.
  package func process() -> ProcessIdentity? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, 64) }
    guard count > 0 else { return nil }
    let parts = String(decoding: bytes.prefix(count), as: UTF8.self).split(
      whereSeparator: \.isWhitespace)
    guard parts.count == 2, let pid = Int32(parts[0]), let ticks = UInt64(parts[1]), pid > 1 else {
      return nil
    }
    return ProcessIdentity(pid: pid, startTicks: ticks)
  }
}
