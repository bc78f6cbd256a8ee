package import Git
package import HeadwayCore

/// The ledger's one writer: entries become commits in memory, fold into the board at once, and
/// reach the disk together.
///
/// What the board says before `flush` returns is not yet true for anybody else: nothing may start
/// and nothing may be reported until then.
package actor Ledger {
  private let store: GitStore
  private let reference: ReferenceName
  private let durability: Durability
  private let index: LedgerIndex
  private let identity: String
  private let checkpoint: Checkpoint
  private var queue: CommitQueue
  private var unflushed: [LedgerFile] = []
  /// How much of the past the board held when it last let go of what it did not need.
  private var narrowed = 0
  /// Folders looked up lately, with the root that they were found in.
  private var folders: [String: (root: ObjectID?, tree: ObjectID?)] = [:]
  package private(set) var board: Board

  /// Opens the ledger at its tip and brings the index up to it.
  package init(
    site: Site, index: LedgerIndex, durability: Durability, runner: String,
    checkpoint: @escaping Checkpoint = { _ in }
  ) async throws(EngineError) {
    store = site.store
    self.index = index
    self.durability = durability
    identity = runner
    self.checkpoint = checkpoint
    do {
      reference = try site.settings.ledgerReference()
      let reference = reference
      let tip = try await store.perform { (repository) throws(GitError) in
        try repository.resolve(reference)
      }
      queue = try await store.perform { (repository) throws(GitError) in
        try CommitQueue(over: tip, in: repository)
      }
      board = try await index.board(at: tip, in: store)
    } catch let error as GitError {
      throw .git(error)
    } catch let error as EngineError {
      throw error
    } catch {
      throw .index("\(error)")
    }
  }

  /// The last commit, written or not.
  package var tip: CommitID? { queue.tip.map(CommitID.init) }

  package var hasUnflushed: Bool { queue.waitingCommits > 0 }

  /// Makes a commit of `entry` in memory and folds it; `nil` when it changes nothing.
  @discardableResult
  package func append(_ entry: LedgerEntry, at time: Instant) async throws(EngineError) -> CommitID?
  {
    let changes = try fileChanges(of: entry)
    // Looked up first: whoever sees the board sees no task without its past.
    let keys = board.missing(for: entry.files)
    let past = try await past(of: keys)
    let message = entry.commitMessage.text
    let stamp = Stamp(
      name: "Headway", email: "headway@\(identity)", milliseconds: time.milliseconds)
    let (queue, reference) = (queue, store)
    let commit: ObjectID?
    do {
      commit = try await reference.perform { (repository) throws(GitError) in
        try queue.append(
          changes, message: message, author: stamp, committer: stamp, in: repository)
      }
    } catch { throw .git(error) }
    guard let commit else { return nil }
    board.fold(entry.files)
    board.take(effects: past.effects, durations: past.durations, for: keys)
    unflushed += entry.files
    return CommitID(commit)
  }

  /// Writes what was appended, makes it durable and moves the branch once.
  package func flush() async throws(EngineError) {
    guard queue.waitingCommits > 0 else { return }
    let (queue, reference, durability) = (queue, reference, durability)
    let files = unflushed
    unflushed = []
    try checkpoint(.beforeFlush)
    do {
      let move = try await store.perform { (repository) throws(GitError) in
        try queue.flush(
          to: reference, durability: durability, log: "headway", in: repository)
      }
      if case .lost(let current) = move {
        throw EngineError.secondWriter(
          expected: queue.tip.map(CommitID.init), found: current.map(CommitID.init))
      }
      try checkpoint(.beforeIndex)
      do throws(EngineError) {
        try await index.save(files, tip: queue.tip)
      } catch {
        // The ledger stands; a cache that cannot take it in is made again from it.
        guard case .index = error, let tip = queue.tip else { throw error }
        _ = try await index.board(at: tip, in: store)
      }
      let gone = board.dropFinished()
      try await index.drop(gone)
      if !gone.isEmpty { narrow() }
      try checkpoint(.afterFlush)
    } catch let error as GitError {
      throw .git(error)
    } catch let error as EngineError {
      throw error
    } catch {
      throw .index("\(error)")
    }
  }

  /// Lets go of what only finished runs asked of the past, now and then: it is all in the index.
  private func narrow() {
    guard board.effects.count + board.durations.count > 2 * narrowed + 1_000 else { return }
    board.narrow()
    narrowed = board.effects.count + board.durations.count
  }

  /// The tree of a folder as it stands at the tip, written or not; `nil` where there is none.
  func folder(_ path: String) async throws(EngineError) -> ObjectID? {
    let root = queue.tree
    if let last = folders[path], last.root == root { return last.tree }
    let queue = queue
    let tree: ObjectID?
    do {
      tree = try await store.perform { (repository) throws(GitError) in
        let entry = try queue.entry(at: RepositoryPath(checking: path), in: repository)
        return entry?.mode == .tree ? entry?.id : nil
      }
    } catch { throw .git(error) }
    folders[path] = (root, tree)
    return tree
  }

  /// The blob at `path` as it stands at the tip, written or not; `nil` where there is none.
  func blob(at path: String) async throws(EngineError) -> ObjectID? {
    let queue = queue
    do {
      return try await store.perform { (repository) throws(GitError) in
        let entry = try queue.entry(at: RepositoryPath(checking: path), in: repository)
        return entry?.mode == .blob ? entry?.id : nil
      }
    } catch { throw .git(error) }
  }

  /// Brings a finished run back onto the board, so that a person's verb can reopen its tasks.
  package func recall(_ run: RunID) async throws(EngineError) {
    guard board.runs[run] == nil, let folder = try await index.folder(of: run) else { return }
    // What has left the board is written, and what waits for a flush cannot be read yet.
    let reference = reference
    let written: ObjectID?
    do {
      written = try await store.perform { (repository) throws(GitError) in
        guard let tip = try repository.resolve(reference) else { return nil }
        return try repository.commit(tip).tree
      }
    } catch { throw .git(error) }
    guard let tree = written else { return }
    let files = try await store.perform { (repository) throws(EngineError) in
      try LedgerReader.records(below: folder, of: tree, in: repository)
    }
    // The days know what attempts cost; the run, which had left the board, must learn it again.
    let records = files.filter { if case .attempt = $0 { false } else { true } }
    let keys = board.missing(for: records)
    let past = try await past(of: keys)
    let spent = try await index.spent(by: run)
    board.fold(records)
    board.take(effects: past.effects, durations: past.durations, for: keys)
    board.spend.runs[run] = spent > 0 ? spent : nil
    // The index let go of the run's records when it finished; the next flush gives them back.
    unflushed = records + unflushed
  }

  private func past(
    of keys: Board.PastKeys
  ) async throws(EngineError) -> (
    effects: [String: EffectUse], durations: [String: RecentDurations]
  ) {
    keys.isEmpty ? ([:], [:]) : try await index.past(of: keys)
  }

  private func fileChanges(
    of entry: LedgerEntry
  ) throws(EngineError) -> [RepositoryPath: FileChange] {
    var changes: [RepositoryPath: FileChange] = [:]
    do {
      for file in entry.files {
        changes[try RepositoryPath(checking: file.path)] = .write(file.json.canonical)
      }
      for attachment in entry.attachments {
        let path = try RepositoryPath(checking: attachment.path.text)
        switch attachment.content {
        case .bytes(let bytes): changes[path] = .write(bytes)
        case .blob(let blob): changes[path] = .existing(try ObjectID(blob))
        case .removed: changes[path] = .delete
        }
      }
    } catch { throw .git(error) }
    return changes
  }
}

extension LedgerEntry {
  /// The message as `2-files.md` of the design shows it: our block is the last paragraph.
  package var commitMessage: CommitMessage {
    let all = [LedgerTrailer(.event, event.rawValue)] + trailers
    return CommitMessage(
      subject: "\(event.rawValue): \(subject)", body: body,
      trailers: all.compactMap { trailer in
        Trailer.Key(trailer.name).map { Trailer($0, trailer.value) }
      })
  }
}
