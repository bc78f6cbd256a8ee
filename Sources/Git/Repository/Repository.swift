internal import CLibgit2
internal import Glibc

/// An open repository; noncopyable, so no caller can keep it past `GitStore.perform`.
package struct Repository: ~Copyable {
  let handle: Handle
  let objects: Handle

  /// Where to look for the repository.
  package enum Location: Hashable, Sendable {
    /// In this directory or the nearest one above it, as git does.
    case discovered(from: String)
    /// Exactly here: a working tree's top, a `.git` directory, or a bare repository.
    case exactly(String)
  }

  /// Opens a repository, or says why it is one that we would read wrongly.
  package init(_ location: Location) throws(GitError) {
    try Runtime.start(.openRepository)
    let (path, flags) =
      switch location {
      case .discovered(let path): (path, UInt32(0))
      case .exactly(let path): (path, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue)
      }
    guard !path.utf8.contains(0) else {
      throw GitError(.openRepository, .invalidName(path), "a path cannot contain NUL")
    }
    let handle = try Handle(.openRepository, free: { git_repository_free($0) }) {
      git_repository_open_ext(&$0, path, flags, nil)
    }
    let objects = try Handle(.openRepository, free: { git_odb_free($0) }) {
      git_repository_odb(&$0, handle.pointer)
    }
    try Self.refuseUnsupportedExtensions(of: handle.pointer)
    for path in [git_repository_path(handle.pointer), git_repository_commondir(handle.pointer)] {
      if let path { _ = try text(path, .openRepository) }
    }
    self.handle = handle
    self.objects = objects
  }

  /// The repository's own directory; in a linked working tree, that tree's administrative one.
  package var gitDirectory: String { Self.directory(git_repository_path(handle.pointer)) }

  /// The directory that all working trees of the repository share.
  package var commonDirectory: String { Self.directory(git_repository_commondir(handle.pointer)) }

  /// The working tree's top, or `nil` in a bare repository.
  package var workingDirectory: String? {
    isBare ? nil : git_repository_workdir(handle.pointer).map { Self.directory($0) }
  }

  /// Whether there is no working tree.
  package var isBare: Bool {
    if git_repository_is_bare(handle.pointer) == 1 { return true }
    return !isLinkedWorkingTree && Self.isBareByWorktreeConfig(commonDirectory)
  }

  package var isLinkedWorkingTree: Bool { git_repository_is_worktree(handle.pointer) == 1 }

  /// Whether history ends early; such histories prove nothing about what came before.
  package var isShallow: Bool { git_repository_is_shallow(handle.pointer) == 1 }

  /// Whether replace refs or grafts exist, which git applies and libgit2 does not.
  package var hasRewrittenHistory: Bool {
    get throws(GitError) {
      let grafts = FileText.read(commonDirectory + "/info/grafts")
      if let grafts, grafts.contains(where: { !$0.isWhitespace }) { return true }
      return try !references(in: "refs/replace").isEmpty
    }
  }

  /// A version 0 repository may carry extensions that libgit2 does not look at, and git marks a
  /// partial clone by its remote only.
  private static func refuseUnsupportedExtensions(
    of repository: OpaquePointer
  ) throws(GitError) {
    let config = try Handle(.readConfiguration, free: { git_config_free($0) }) {
      git_repository_config_snapshot(&$0, repository)
    }
    let facts: [(String, (String) -> GitError.Unsupported?)] = [
      ("extensions.objectformat", { $0 == "sha1" ? nil : .objectFormat($0) }),
      ("extensions.refstorage", { $0 == "files" ? nil : .referenceStorage($0) }),
      ("extensions.partialclone", { _ in .partialClone }),
    ]
    for (key, judge) in facts {
      guard let value = try value(of: key, in: config.pointer), let reason = judge(value) else {
        continue
      }
      throw GitError(
        .openRepository, .unsupportedRepository(reason), "the repository sets \(key) = \(value)")
    }
    guard try !hasPromisor(config.pointer) else {
      throw GitError(
        .openRepository, .unsupportedRepository(.partialClone), "a remote keeps some of the objects"
      )
    }
  }

  private static func hasPromisor(_ config: OpaquePointer) throws(GitError) -> Bool {
    var iterator: OpaquePointer?
    try check(
      git_config_iterator_glob_new(&iterator, config, "^remote\\..*\\.promisor$"),
      .readConfiguration)
    defer { git_config_iterator_free(iterator) }
    var entry: UnsafeMutablePointer<git_config_entry>?
    while git_config_next(&entry, iterator) == 0, let found = entry?.pointee {
      var flag: CInt = 0
      // A key without a value means yes; what cannot be read counts as yes too.
      let status = git_config_parse_bool(&flag, found.value)
      if found.value == nil || status != 0 || flag != 0 { return true }
    }
    git_error_clear()
    return false
  }

  static func isBareByWorktreeConfig(_ directory: String) -> Bool {
    guard let text = FileText.read(directory + "/config.worktree"), !text.isEmpty else {
      return false
    }
    var config: OpaquePointer?
    guard git_config_open_ondisk(&config, directory + "/config.worktree") == 0 else {
      git_error_clear()
      return false
    }
    defer { git_config_free(config) }
    var isBare: CInt = 0
    guard git_config_get_bool(&isBare, config, "core.bare") == 0 else {
      git_error_clear()
      return false
    }
    return isBare != 0
  }

  /// libgit2 ends directories with a slash.
  static func directory(_ path: UnsafePointer<CChar>?) -> String {
    guard let path else { return "" }
    var text = String(cString: path)
    while text.utf8.count > 1, text.hasSuffix("/") { text.removeLast() }
    return text
  }
}

/// Small text files inside a `.git` directory that libgit2 offers no access to.
enum FileText {
  private static let limit = 1 << 20

  /// The first mebibyte of the file, or `nil` when there is none to be read.
  static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count < limit {
      let chunk = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        count = max(0, Glibc.read(descriptor, buffer.baseAddress, 4096))
      }
      if chunk.isEmpty { break }
      bytes += chunk
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The names in a directory; none when there is no directory.
  static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
