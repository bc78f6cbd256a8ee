internal import Synchronization

/// Commits that are made in memory, each upon the last, and written together.
///
/// A commit's id is known as soon as it is appended, and its objects can be read by id before they
/// are written. Appending may go on while a flush writes what came before. A reference that moved
/// under the queue makes the flush lose; a new queue over the new tip is the only way on then.
package final class CommitQueue: Sendable {
  private let state: Mutex<PendingHistory>

  /// Starts over `tip`; `nil` means that the first commit will have no parent.
  package init(over tip: ObjectID?, in repository: borrowing Repository) throws(GitError) {
    let tree: ObjectID?
    if let tip { tree = try repository.rawCommit(tip).tree } else { tree = nil }
    state = Mutex(PendingHistory(tip: tip, tree: tree))
  }

  /// The last commit appended, written or not.
  package var tip: ObjectID? { state.withLock { $0.tip } }

  /// The tree of the last commit appended.
  package var tree: ObjectID? { state.withLock { $0.tree } }

  /// How many commits the next flush would write.
  package var waitingCommits: Int { state.withLock { $0.waitingCommits } }

  /// Makes one commit of `changes` upon the last, or none, and `nil`, when they change nothing.
  ///
  /// `sign` gets the bytes that are to be signed and returns the armored signature. A failure leaves
  /// the queue as it was.
  package func append(
    _ changes: [RepositoryPath: FileChange], message: String, author: Stamp, committer: Stamp,
    in repository: borrowing Repository,
    signedBy sign: ((_ payload: [UInt8]) throws(GitError) -> String)? = nil
  ) throws(GitError) -> ObjectID? {
    try state.exclusively { state throws(GitError) in
      let update = try state.update(changes, in: repository)
      guard update.root != (state.tree ?? TreeFormat.emptyTree) else { return nil }
      let draft = CommitDraft(
        tree: update.root, parents: state.tip.map { [$0] } ?? [], author: author,
        committer: committer, message: message)
      let payload = draft.payload
      let bytes = if let sign { draft.signed(by: try sign(payload)) } else { payload }
      let id = try Repository.id(of: bytes, as: .commit)
      state.accept(update, commit: PendingObject(id: id, kind: .commit, bytes: bytes))
      return id
    }
  }

  /// Writes all waiting objects, makes them durable, and then moves `reference` once.
  ///
  /// With nothing waiting it does nothing and reports `.moved`.
  package func flush(
    to reference: ReferenceName, durability: Durability, log: String,
    in repository: borrowing Repository
  ) throws(GitError) -> ReferenceMove {
    let batch = try state.exclusively { state throws(GitError) in try state.beginFlush() }
    guard let batch else { return .moved }
    let move: ReferenceMove
    do {
      try repository.write(batch.objects, durability)
      move = try repository.move(
        reference, from: batch.base, toWritten: batch.tip, log: log)
    } catch {
      state.withLock { $0.isFlushing = false }
      throw error
    }
    state.withLock { $0.endFlush(batch, move) }
    return move
  }

  /// The content of a waiting or written blob of at most `limit` bytes.
  package func blob(
    _ id: ObjectID, limit: Int, in repository: borrowing Repository
  ) throws(GitError) -> [UInt8] {
    guard let bytes = state.withLock({ $0.object(id, .blob) }) else {
      return try repository.blob(id, limit: limit)
    }
    guard bytes.count <= limit else {
      throw GitError(.readObject, .tooLarge(bytes: bytes.count, limit: limit))
    }
    return bytes
  }

  /// The entries of a waiting or written tree.
  package func tree(
    _ id: ObjectID, in repository: borrowing Repository
  ) throws(GitError) -> [TreeEntry] {
    try state.exclusively { state throws(GitError) in try state.entries(of: id, in: repository) }
  }

  /// A waiting or written commit.
  package func commit(
    _ id: ObjectID, in repository: borrowing Repository
  ) throws(GitError) -> Commit {
    guard let bytes = state.withLock({ $0.object(id, .commit) }) else {
      return try repository.commit(id)
    }
    do {
      return Commit(id: id, raw: try RawCommit(bytes))
    } catch {
      throw GitError(.readCommit, .damaged, error.rawValue)
    }
  }

  /// What stands at `path` in the last commit appended, or `nil` when nothing does.
  package func entry(
    at path: RepositoryPath, in repository: borrowing Repository
  ) throws(GitError) -> TreeEntry? {
    try state.exclusively { state throws(GitError) in
      guard var folder = state.tree else { return nil }
      let components = path.components
      for (depth, component) in components.enumerated() {
        let found = try state.entries(of: folder, in: repository).entry(named: component)
        guard let found, depth < components.count - 1 else { return found }
        guard found.mode == .tree else { return nil }
        folder = found.id
      }
      return nil
    }
  }
}

/// What a commit does to one path.
package enum FileChange: Hashable, Sendable {
  case write([UInt8], mode: FileMode = .blob)
  /// A blob that is written already or waiting in the queue.
  case existing(ObjectID, mode: FileMode = .blob)
  /// A file, or a folder with all that is in it; nothing happens when there is neither.
  case delete
}

/// What must not undo a flush.
package enum Durability: String, Hashable, Sendable {
  /// Loss of power: files and folders are synchronised before the reference moves.
  case power
  /// The end of this process, however violent; the operating system keeps what it was given.
  case process
}

extension Mutex where Value: ~Copyable {
  /// `withLock` for a body that borrows something noncopyable and throws its own error.
  borrowing func exclusively<Result, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    try withLock(body)
  }
}
