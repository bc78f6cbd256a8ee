internal import CLibgit2
internal import Glibc

/// How an attempt to move or delete a reference ended.
package enum ReferenceMove: Hashable, Sendable {
  case moved
  /// The reference was not where the caller expected it; it stands at `current` (`nil`: nowhere).
  case lost(current: ObjectID?)
}

/// A branch that some working tree has checked out.
package struct Checkout: Hashable, Sendable {
  package let branch: ReferenceName
  /// The working tree's top; `nil` when it cannot be told.
  package let workingDirectory: String?
  /// The repository directory whose `HEAD` names the branch.
  package let gitDirectory: String
}

extension Repository {
  /// The object a reference leads to, through symbolic ones; `nil` when there is no such reference,
  /// or it leads to a branch without commits.
  package borrowing func resolve(_ name: ReferenceName) throws(GitError) -> ObjectID? {
    var oid = git_oid()
    let status = git_reference_name_to_id(&oid, handle.pointer, name.rawValue)
    if status == GIT_ENOTFOUND.rawValue {
      git_error_clear()
      return nil
    }
    try check(status, .readReference)
    return ObjectID(oid)
  }

  /// The reference that a symbolic one names, existing or not; `nil` when it is not symbolic.
  package borrowing func symbolicTarget(
    of name: ReferenceName
  ) throws(GitError) -> ReferenceName? {
    guard let reference = try lookUp(name),
      let target = git_reference_symbolic_target(reference.pointer)
    else { return nil }
    return try ReferenceName(try text(target, .readReference))
  }

  /// The direct references below the folder `prefix` (such as `refs/heads`), sorted by name;
  /// symbolic ones are left out, as are names that are no UTF-8 or that git would not accept.
  package borrowing func references(
    in prefix: String = "refs"
  ) throws(GitError) -> [(name: ReferenceName, target: ObjectID)] {
    let iterator = try Handle(.readReference, free: { git_reference_iterator_free($0) }) {
      git_reference_iterator_new(&$0, handle.pointer)
    }
    var found: [(name: ReferenceName, target: ObjectID)] = []
    while true {
      var next: OpaquePointer?
      let status = git_reference_next(&next, iterator.pointer)
      if status == GIT_ITEROVER.rawValue { break }
      try check(status, .readReference)
      defer { git_reference_free(next) }
      guard let text = git_reference_name(next).flatMap({ String(validatingCString: $0) }),
        let target = git_reference_target(next), let id = ObjectID(target.pointee),
        let name = Self.name(text), name.lies(in: prefix)
      else { continue }
      found.append((name, id))
    }
    git_error_clear()
    return found.sorted { $0.name < $1.name }
  }

  /// Moves `name` if it still points at `expected`; `nil` means it must not exist yet.
  ///
  /// Creating with a zero expected id is the only form of libgit2 in which exactly one of several
  /// racing processes wins: its `force: 0` looks before it locks.
  package borrowing func move(
    _ name: ReferenceName, from expected: ObjectID?, to target: ObjectID, log: String
  ) throws(GitError) -> ReferenceMove {
    // libgit2 would look only with strict object creation on, which is off for speed elsewhere.
    guard contains(target) else {
      throw GitError(.moveReference, .notFound, "there is no object \(target)")
    }
    return try move(name, from: expected, toWritten: target, log: log)
  }

  /// The same for an object that this process has just written: libgit2 need not list the packs
  /// again to see that it is there.
  borrowing func move(
    _ name: ReferenceName, from expected: ObjectID?, toWritten target: ObjectID, log: String
  ) throws(GitError) -> ReferenceMove {
    let line = FreeText.line(log)
    var (old, new) = (expected?.oid ?? git_oid(), target.oid)
    let move = Self.retrying {
      var reference: OpaquePointer?
      defer { git_reference_free(reference) }
      return git_reference_create_matching(
        &reference, handle.pointer, name.rawValue, &new, 1, &old, line)
    }
    switch git_error_code(move) {
    case GIT_OK: return .moved
    case GIT_EMODIFIED, GIT_EEXISTS, GIT_ENOTFOUND:
      let current = try resolve(name)
      // A name inside another one, or around it, is refused with the same code as a lost race.
      if current == expected { throw GitError(status: move, during: .moveReference) }
      git_error_clear()
      return .lost(current: current)
    default: throw GitError(status: move, during: .moveReference)
    }
  }

  /// Deletes `name` if it still points at `expected`.
  package borrowing func delete(
    _ name: ReferenceName, expecting expected: ObjectID
  ) throws(GitError) -> ReferenceMove {
    guard let reference = try lookUp(name) else { return .lost(current: nil) }
    guard let target = git_reference_target(reference.pointer).flatMap({ ObjectID($0.pointee) })
    else { throw GitError(.deleteReference, .modified, "\(name) is symbolic") }
    guard target == expected else { return .lost(current: target) }
    // libgit2 compares again, under the lock, with the target that was looked up.
    let status = Self.retrying { git_reference_delete(reference.pointer) }
    switch git_error_code(status) {
    case GIT_OK: return .moved
    case GIT_EMODIFIED, GIT_ENOTFOUND:
      git_error_clear()
      return .lost(current: try resolve(name))
    default: throw GitError(status: status, during: .deleteReference)
    }
  }

  /// The branches that any working tree of this repository has checked out or is rebasing.
  package borrowing func checkedOutBranches() throws(GitError) -> [Checkout] {
    let common = commonDirectory
    var checkouts: [Checkout] = []
    if let main = try Self.mainWorkingDirectory(common) {
      checkouts += Self.branches(of: common, workingDirectory: main)
    }
    for name in FileText.names(in: common + "/worktrees") {
      let directory = common + "/worktrees/" + name
      let link = FileText.read(directory + "/gitdir").map(Self.firstLine)
      let top = link.map { $0.hasSuffix("/.git") ? String($0.dropLast(5)) : $0 }
      checkouts += Self.branches(of: directory, workingDirectory: top)
    }
    return checkouts
  }

  private borrowing func lookUp(_ name: ReferenceName) throws(GitError) -> Handle? {
    var reference: OpaquePointer?
    let status = git_reference_lookup(&reference, handle.pointer, name.rawValue)
    if status == GIT_ENOTFOUND.rawValue {
      git_error_clear()
      return nil
    }
    try check(status, .readReference)
    return reference.map { Handle(owning: $0, free: { git_reference_free($0) }) }
  }

  private static func name(_ text: String) -> ReferenceName? {
    do { return try ReferenceName(text) } catch { return nil }
  }

  /// A lock is held for milliseconds; longer means that its holder crashed.
  private static func retrying(_ body: () -> CInt) -> CInt {
    for attempt in 0..<60 {
      let status = body()
      guard status == GIT_ELOCKED.rawValue else { return status }
      git_error_clear()
      usleep(UInt32(min(1000 << min(attempt, 6), 50_000) + Int.random(in: 0..<1000)))
    }
    return body()
  }

  /// `nil` when the main repository is bare and so has nothing checked out.
  private static func mainWorkingDirectory(_ common: String) throws(GitError) -> String?? {
    let main = try Handle(.openRepository, free: { git_repository_free($0) }) {
      git_repository_open(&$0, common)
    }
    guard git_repository_is_bare(main.pointer) == 0, !isBareByWorktreeConfig(common) else {
      return nil
    }
    return .some(git_repository_workdir(main.pointer).map { directory($0) })
  }

  private static func branches(of directory: String, workingDirectory: String?) -> [Checkout] {
    var names: [String] = []
    if let head = FileText.read(directory + "/HEAD"), head.hasPrefix("ref:") {
      names.append(firstLine(String(head.dropFirst(4).drop(while: \.isWhitespace))))
    }
    // While a rebase runs HEAD is detached, and the branch will be moved when it ends.
    for file in ["rebase-merge/head-name", "rebase-apply/head-name"] {
      if let text = FileText.read(directory + "/" + file) { names.append(firstLine(text)) }
    }
    return names.compactMap { name(String($0)) }.filter { $0.branch != nil }.map {
      Checkout(branch: $0, workingDirectory: workingDirectory, gitDirectory: directory)
    }
  }

  private static func firstLine(_ text: String) -> String {
    String(text.prefix { !$0.isNewline })
  }
}
