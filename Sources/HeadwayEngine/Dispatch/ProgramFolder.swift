internal import Git
internal import Glibc
internal import HeadwayCore

/// Lays out the `executors/` tree of the trusted state once per tree id, so that programs come
/// from what is in force and never from a working tree.
struct ProgramFolder: Sendable {
  private let store: GitStore
  private let cache: String
  private static let limits = TreeLimits(entries: 5_000, depth: 16, pathBytes: 1_024)
  private static let fileLimit = 32 << 20

  init(store: GitStore, cache: String) {
    self.store = store
    self.cache = cache
  }

  /// The folder that stands for the repository's root: it holds `executors/…`, read-only.
  func path(of tree: TreeID?) async throws(EngineError) -> String {
    let folder = "\(cache)/programs/\(tree?.hex ?? "none")"
    if unsafe access(folder, F_OK) == 0 { return folder }
    let staging = "\(folder).\(getpid())"
    try Self.makeFolder(staging)
    if let tree { try await export(tree, to: "\(staging)/executors") }
    // Whoever is first wins; another process of the same tree wrote the same bytes.
    guard unsafe rename(staging, folder) == 0 || errno == EEXIST || errno == ENOTEMPTY else {
      throw .file(path: folder, operation: "rename", code: errno)
    }
    return folder
  }

  private func export(_ tree: TreeID, to folder: String) async throws(EngineError) {
    let files: [(path: String, mode: Git.FileMode, bytes: [UInt8])]
    do {
      files = try await store.perform { (repository) throws(GitError) in
        var files: [(path: String, mode: Git.FileMode, bytes: [UInt8])] = []
        try repository.walk(ObjectID(tree), limits: Self.limits) { file throws(GitError) in
          // Links would lead out of the folder; whoever needs them commits the file.
          guard file.mode == .blob || file.mode == .executable,
            let path = HeadwayCore.FilePath(checked: file.path.description)
          else { return true }
          files.append((path.text, file.mode, try repository.blob(file.id, limit: Self.fileLimit)))
          return true
        }
        return files
      }
    } catch { throw .git(error) }
    try Self.makeFolder(folder)
    for file in files {
      let path = "\(folder)/\(file.path)"
      if let slash = path.lastIndex(of: "/") { try Self.makeFolder(String(path[..<slash])) }
      try Self.write(file.bytes, to: path, mode: file.mode == .executable ? 0o555 : 0o444)
    }
  }

  static func makeFolder(_ path: String) throws(EngineError) {
    var made = ""
    for part in path.split(separator: "/") {
      made += "/\(part)"
      guard unsafe mkdir(made, 0o700) == 0 || errno == EEXIST else {
        throw .file(path: made, operation: "create", code: errno)
      }
    }
  }

  static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(EngineError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw .file(path: path, operation: "create", code: errno) }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          descriptor, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written)
      }
      guard count > 0 else { throw .file(path: path, operation: "write", code: errno) }
      written += count
    }
  }
}
