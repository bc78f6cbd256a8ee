internal import CLibgit2

/// libgit2's process-wide state: started once, and never shut down, since another thread may be
/// inside the library whenever this process decides to end.
enum Runtime {
  private static let started: CInt = {
    let status = git_libgit2_init()
    // We write trees whose entries we checked or made ourselves; looking each one up again costs
    // more than writing it.
    _ = headway_git_enable_strict_object_creation(0)
    // Git reads such a repository as any other; only `config.worktree` differs, which we read.
    // In lower case, since that is how configuration hands names to the comparison.
    _ = "worktreeconfig".withCString { name in
      var names: [UnsafePointer<CChar>?] = [name]
      return headway_git_set_extensions(&names, 1)
    }
    return status
  }()

  static func start(_ operation: GitError.Operation) throws(GitError) {
    try check(started, operation)
  }
}

/// Where configuration outside of repositories is looked for.
package enum OutsideConfiguration {
  /// Makes this whole process ignore system-wide and personal configuration.
  ///
  /// For tests: `safe.directory` lives there, so a program that serves people must not do this.
  package static func ignore() throws(GitError) {
    try Runtime.start(.readConfiguration)
    let levels = [
      GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
      GIT_CONFIG_LEVEL_GLOBAL,
    ]
    for level in levels {
      try check(headway_git_set_search_path(level.rawValue, ""), .readConfiguration)
    }
  }
}

/// Frees its object exactly once.
struct Handle: ~Copyable {
  let pointer: OpaquePointer
  private let free: @Sendable (OpaquePointer?) -> Void

  init(
    _ operation: GitError.Operation, free: @escaping @Sendable (OpaquePointer?) -> Void,
    create: (inout OpaquePointer?) -> CInt
  ) throws(GitError) {
    var created: OpaquePointer?
    try check(create(&created), operation)
    guard let created else {
      throw GitError(operation, .code(GIT_ERROR.rawValue), "libgit2 returned nothing")
    }
    (pointer, self.free) = (created, free)
  }

  init(owning pointer: OpaquePointer, free: @escaping @Sendable (OpaquePointer?) -> Void) {
    (self.pointer, self.free) = (pointer, free)
  }

  deinit { free(pointer) }
}

/// Synchronous on purpose: libgit2 keeps its message per thread, and an `await` may change thread.
func check(_ status: CInt, _ operation: GitError.Operation) throws(GitError) {
  guard status < 0 else { return }
  throw GitError(status: status, during: operation)
}

extension GitError {
  /// Reads the calling thread's message and clears it, so that no later failure inherits it.
  init(status: CInt, during operation: Operation) {
    let message = git_error_last().flatMap { $0.pointee.message }.map { String(cString: $0) } ?? ""
    git_error_clear()
    self.init(operation, Self.reason(status, message), message)
  }

  private static func reason(_ status: CInt, _ message: String) -> Reason {
    switch git_error_code(status) {
    // A foreign repository is reported as a missing `safe.directory`, not as GIT_EOWNER.
    case GIT_ENOTFOUND where message.contains("safe.directory"), GIT_EOWNER: .notOwned
    case GIT_ENOTFOUND: .notFound
    case GIT_EEXISTS: .exists
    case GIT_ELOCKED: .locked
    case GIT_EMODIFIED, GIT_ECONFLICT: .modified
    case GIT_EAMBIGUOUS: .ambiguous
    case GIT_EINVALIDSPEC: .invalidName("")
    case GIT_EMISMATCH: .damaged
    default: unsupported(message).map { .unsupportedRepository($0) } ?? .code(status)
    }
  }

  /// libgit2 gives these no code of their own.
  private static func unsupported(_ message: String) -> Unsupported? {
    if message.hasPrefix("unsupported repository version") { return .version }
    let marker = "unsupported extension name extensions."
    guard message.hasPrefix(marker) else { return nil }
    switch message.dropFirst(marker.count).lowercased() {
    case "objectformat": return .objectFormat("")
    case "refstorage": return .referenceStorage("")
    case "partialclone": return .partialClone
    case let name: return .extension(name)
    }
  }
}

/// Text of git's, which may be any bytes; repairing them silently would name something else.
func text(
  _ pointer: UnsafePointer<CChar>, _ operation: GitError.Operation
) throws(GitError) -> String {
  guard let text = String(validatingCString: pointer) else {
    throw GitError(operation, .invalidUTF8, String(cString: pointer))
  }
  return text
}

extension ObjectID {
  init?(_ oid: git_oid) {
    var oid = oid
    guard let id = withUnsafeBytes(of: &oid, { ObjectID(raw: $0) }) else { return nil }
    self = id
  }

  /// libgit2 1.5 knows only 20-byte ids, and repositories with others are refused on opening.
  var oid: git_oid {
    var oid = git_oid()
    withUnsafeMutableBytes(of: &oid) { target in
      for (place, byte) in raw.prefix(target.count).enumerated() { target[place] = byte }
    }
    return oid
  }
}

extension ObjectKind {
  init?(_ kind: git_object_t) {
    switch kind {
    case GIT_OBJECT_COMMIT: self = .commit
    case GIT_OBJECT_TREE: self = .tree
    case GIT_OBJECT_BLOB: self = .blob
    case GIT_OBJECT_TAG: self = .tag
    default: return nil
    }
  }

  var kind: git_object_t {
    switch self {
    case .commit: GIT_OBJECT_COMMIT
    case .tree: GIT_OBJECT_TREE
    case .blob: GIT_OBJECT_BLOB
    case .tag: GIT_OBJECT_TAG
    }
  }
}
