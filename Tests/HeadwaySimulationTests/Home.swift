import Git
import HeadwayCore
import Synchronization
import Testing

@testable import HeadwayEngine

/// The repository of one history: bare, real, and reached by people through plain commits.
final class Home: Sendable {
  let folder: Folder
  let store: GitStore
  private let kept = Mutex<(files: [String: [UInt8]], refs: [String: [UInt8]])?>(nil)
  private let commits = Mutex(0)

  static let main = "refs/heads/main"
  static let ledger = "refs/heads/headway/ledger"
  private static let configuration = """
    [core]
    \trepositoryformatversion = 0
    \tbare = true
    \tlogallrefupdates = false
    [gc]
    \tautoDetach = false
    \tpackRefs = false
    [headway]
    \tscheduler = simulation

    """

  init() throws {
    try OutsideConfiguration.ignore()
    folder = try .temporary()
    for name in ["objects/info", "objects/pack", "refs/heads", "refs/tags", "headway"] {
      try folder.makeFolder(name)
    }
    try folder.write("HEAD", "ref: \(Self.main)\n")
    try folder.write("config", Self.configuration)
    try folder.write("headway/redaction.key", [UInt8](repeating: 7, count: 32))
    store = try GitStore(.exactly(folder.path))
  }

  deinit { folder.removeAll() }

  /// What the engine keeps on this machine.
  var caches: Folder { Folder(folder.path + "/headway") }

  /// Where a reference points by what lies on the disk, without asking any library.
  func tip(_ name: String) -> String {
    folder.text(name).map { String($0.prefix { !$0.isNewline }) } ?? ""
  }

  // MARK: what a killed process leaves behind

  /// Keeps everything but the objects, which nobody refers to before a reference moves.
  func keep() {
    let (files, refs) = (caches.contents(), references)
    kept.withLock { $0 = (files, refs) }
  }

  private var references: [String: [UInt8]] { folder.contents(of: "refs") }

  /// Puts the files back as they were at the crash; what closing a database does on the way out
  /// no killed process would have done.
  ///
  /// Whether nothing else was written after the crash.
  func returnToCrash() throws -> Bool {
    guard let kept = kept.withLock({ $0 }) else { return true }
    let isSilent = references == kept.refs
    try caches.restore(kept.files)
    return isSilent
  }

  // MARK: what people commit

  var mainTip: ObjectID? { ObjectID(hex: tip(Self.main)) }

  /// Commits `changes` upon `parent` (the tip without one) and moves main there, whatever it was.
  @discardableResult
  func commit(
    _ changes: [String: String?], upon parent: ObjectID? = nil, at now: Instant
  ) async throws -> ObjectID? {
    let current = mainTip
    let base = parent ?? current
    let number = commits.withLock { count in
      count += 1
      return count
    }
    let stamp = Stamp(name: "Dana", email: "dana@example.org", milliseconds: now.milliseconds)
    return try await store.perform { (repository) throws(GitError) in
      let queue = try CommitQueue(over: base, in: repository)
      var files: [RepositoryPath: FileChange] = [:]
      for (path, text) in changes {
        files[try RepositoryPath(checking: path)] = text.map { .write(Array($0.utf8)) } ?? .delete
      }
      let made = try queue.append(
        files, message: "Change \(number)\n", author: stamp, committer: stamp, in: repository)
      guard let made else {
        if let base, base != current {
          _ = try repository.move(
            ReferenceName(Self.main), from: current, to: base, log: "people")
        }
        return base
      }
      let staging = try ReferenceName("refs/simulation/\(number)")
      if let base { _ = try repository.move(staging, from: nil, to: base, log: "people") }
      _ = try queue.flush(to: staging, durability: .process, log: "people", in: repository)
      _ = try repository.move(
        ReferenceName(Self.main), from: current, to: made, log: "people")
      return made
    }
  }

  /// Moves main to a commit that exists.
  func moveMain(to commit: ObjectID) async throws {
    let current = mainTip
    _ = try await store.perform { (repository) throws(GitError) in
      try repository.move(ReferenceName(Self.main), from: current, to: commit, log: "people")
    }
  }

  /// Main's first parents, newest first.
  func mainLine(limit: Int) async throws -> [ObjectID] {
    guard let tip = mainTip else { return [] }
    return try await store.perform { (repository) throws(GitError) in
      try repository.history(from: tip, firstParentOnly: true, limit: limit).commits
    }
  }

  /// A merge of `other` with everything that main has, as people make it.
  func merge(_ other: ObjectID, at now: Instant) async throws {
    guard let current = mainTip else { return }
    let stamp = Stamp(name: "Dana", email: "dana@example.org", milliseconds: now.milliseconds)
    try await store.perform { (repository) throws(GitError) in
      let draft = CommitDraft(
        tree: try repository.commit(current).tree, parents: [current, other], author: stamp,
        committer: stamp, message: "Merge\n")
      let made = try repository.writeCommit(draft)
      _ = try repository.move(
        ReferenceName(Self.main), from: current, to: made, log: "people")
    }
  }
}
