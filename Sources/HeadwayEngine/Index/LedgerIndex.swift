internal import GRDB
package import Git
package import HeadwayCore

/// The local index: what the board needs of the ledger, so that a tick costs what changed.
///
/// It can be deleted at any time; it is then made again from the ledger's tip.
package actor LedgerIndex {
  /// Where it is made anew, if it has to be.
  private let path: String
  private var database: DatabaseQueue
  /// What the database was brought to last, to make it anew from when a page proves damaged.
  private var source: (tip: ObjectID, store: GitStore)?

  package init(path: String) throws(EngineError) {
    self.path = path
    do { database = try Self.open(path) } catch { throw .index("\(error)") }
  }

  /// An index that lives in memory alone, for readers that may not write.
  package init() throws(EngineError) {
    path = ":memory:"
    do { database = try Self.inMemory() } catch { throw .index("\(error)") }
  }

  /// The index as it lies on the disk, with what it lacks folded in memory alone; one made anew in
  /// memory where there is none that fits.
  static func reading(
    _ path: String, at tip: ObjectID, in store: GitStore
  ) async throws(EngineError) -> (index: LedgerIndex, board: Board) {
    if let stored = try? LedgerIndex(existing: path),  // A cache that cannot be read is none.
      let board = try await stored.boardWithoutStoring(at: tip, in: store)
    {
      return (stored, board)
    }
    let index = try LedgerIndex()
    return (index, try await index.board(at: tip, in: store))
  }

  private init(existing path: String) throws {
    // Whoever only reads leaves the file alone, even a damaged one.
    self.path = ":memory:"
    database = try Self.openExisting(path)
  }

  private func boardWithoutStoring(
    at tip: ObjectID, in store: GitStore
  ) async throws(EngineError) -> Board? {
    let stored: (tip: String?, board: Board)
    do {
      stored = try await database.read { try ($0.storedTip(), $0.storedBoard()) }
    } catch { return nil }
    if stored.tip == tip.hex {
      source = (tip, store)
      return stored.board
    }
    guard let old = stored.tip.flatMap({ ObjectID(hex: $0) }),
      try await isAncestor(old, of: tip, in: store)
    else { return nil }
    source = (old, store)
    let files = try await changes(from: old, to: tip, board: stored.board, in: store)
    return try await read { database in
      var board = stored.board
      try database.fold(files, into: &board)
      _ = board.dropFinished()
      return board
    }
  }

  /// The board at `tip`: as stored, with the difference folded in, or made anew.
  package func board(at tip: ObjectID?, in store: GitStore) async throws(EngineError) -> Board {
    guard let tip else {
      source = nil
      try rebuildEmpty()
      return Board()
    }
    source = (tip, store)
    let stored: (tip: String?, board: Board)
    do {
      stored = try await database.read { try ($0.storedTip(), $0.storedBoard()) }
    } catch {
      // A file that another version or a damaged disk left behind: it is only a cache.
      return try await rebuild(at: tip, in: store)
    }
    if stored.tip == tip.hex { return stored.board }
    guard let old = stored.tip.flatMap({ ObjectID(hex: $0) }),
      try await isAncestor(old, of: tip, in: store)
    else { return try await rebuild(at: tip, in: store) }
    do throws(EngineError) {
      return try await follow(from: old, to: tip, board: stored.board, in: store)
    } catch {
      // What cannot be written any more may have been readable.
      guard case .index = error else { throw error }
      return try await rebuild(at: tip, in: store)
    }
  }

  /// Stores what a flush wrote.
  package func save(_ files: [LedgerFile], tip: ObjectID?) async throws(EngineError) {
    do {
      try await database.write { database in
        try database.store(files)
        try database.setTip(tip?.hex)
      }
    } catch { throw .index("\(error)") }
    if let tip, let (_, store) = source { source = (tip, store) }
  }

  /// Takes the tasks of finished runs out of the working set.
  package func drop(_ runs: [RunID]) async throws(EngineError) {
    guard !runs.isEmpty else { return }
    try await mending { database in try await database.write { try $0.drop(runs) } }
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(EngineError) -> Value {
    try await mending { try await $0.read(body) }
  }

  /// Does what `body` says; once more, on a database made anew, where that meets damage.
  private func mending<Value: Sendable>(
    _ body: @Sendable (DatabaseQueue) async throws -> Value
  ) async throws(EngineError) -> Value {
    do {
      do { return try await body(database) } catch let error as DatabaseError {
        guard let (tip, store) = source, error.isDamage else { throw error }
        _ = try await rebuild(at: tip, in: store)
        return try await body(database)
      }
    } catch let error as EngineError { throw error } catch { throw .index("\(error)") }
  }

  /// One statement sees one state of the file, without a transaction around it.
  private func look<Value: Sendable>(
    _ statement: @escaping @Sendable (Database) throws -> Value
  ) async throws(EngineError) -> Value {
    try await mending { try await $0.unsafeRead(statement) }
  }

  /// Where a run of any age lies in the ledger's tree.
  package func folder(of run: RunID) async throws(EngineError) -> String? {
    try await look { try $0.folder(of: run) }
  }

  /// The latest run that hangs on `path`, with its number.
  package func latestRun(
    _ kind: RunRecord.Cause.Kind, path: String
  ) async throws(EngineError) -> RunRecord? {
    try await look { try $0.latestRun(kind, path: path) }
  }

  package func exists(_ run: RunID) async throws(EngineError) -> Bool {
    try await folder(of: run) != nil
  }

  /// Finished runs, newest first.
  package func finishedRuns(limit: Int) async throws(EngineError) -> [RunRecord] {
    try await read { try $0.finishedRuns(limit: limit) }
  }

  /// Ids of runs that start with `prefix`, newest first.
  package func runs(startingWith prefix: String, limit: Int) async throws(EngineError) -> [RunID] {
    try await read { try $0.runs(startingWith: prefix, limit: limit) }
  }

  /// What the ledger knew of these keys when it was last flushed.
  package func past(
    of keys: Board.PastKeys
  ) async throws(EngineError) -> (
    effects: [String: EffectUse], durations: [String: RecentDurations]
  ) {
    try await read { try $0.past(of: keys) }
  }

  /// The external effects that attempts of a run of any age had, or may have had.
  package func effects(of run: RunID) async throws(EngineError) -> [EffectUse] {
    try await look { try $0.effects(of: run) }
  }

  /// What the attempts of a run of any age cost, in millionths of the project's currency.
  package func spent(by run: RunID) async throws(EngineError) -> Int64 {
    try await look { try $0.spent(by: run) }
  }

  private func isAncestor(
    _ old: ObjectID, of tip: ObjectID, in store: GitStore
  ) async throws(EngineError) -> Bool {
    do {
      return try await store.perform { (repository) throws(GitError) in
        guard repository.contains(old) else { return false }
        return try repository.isAncestor(old, of: tip)
      }
    } catch { throw .git(error) }
  }

  private func follow(
    from old: ObjectID, to tip: ObjectID, board: Board, in store: GitStore
  ) async throws(EngineError) -> Board {
    let files = try await changes(from: old, to: tip, board: board, in: store)
    do {
      return try await database.write { database in
        var board = board
        try database.fold(files, into: &board)
        try database.store(files)
        try database.drop(board.dropFinished())
        try database.setTip(tip.hex)
        return board
      }
    } catch let error as EngineError { throw error } catch { throw .index("\(error)") }
  }

  private func changes(
    from old: ObjectID, to tip: ObjectID, board: Board, in store: GitStore
  ) async throws(EngineError) -> [LedgerFile] {
    try await store.perform { (repository) throws(EngineError) in
      do {
        let before = try repository.commit(old).tree
        let after = try repository.commit(tip).tree
        return try LedgerReader.withWholeRuns(
          LedgerReader.changes(from: before, to: after, in: repository), of: after, on: board,
          in: repository)
      } catch let error as GitError { throw .git(error) } catch let error as EngineError {
        throw error
      } catch { throw .index("\(error)") }
    }
  }

  /// Makes the index from the tip's tree, one run after the other: a long history is never in
  /// memory as a whole.
  private func rebuild(at tip: ObjectID, in store: GitStore) async throws(EngineError) -> Board {
    try rebuildEmpty()
    let database = database
    return try await store.perform { (repository) throws(EngineError) in
      do {
        return try database.write { database in
          let tree = try repository.commit(tip).tree
          try LedgerReader.everything(of: tree, in: repository) { files in
            try database.store(files)
            var board = Board()
            board.fold(files)
            try database.drop(board.dropFinished())
          }
          try database.setTip(tip.hex)
          return try database.storedBoard()
        }
      } catch let error as GitError { throw .git(error) } catch let error as EngineError {
        throw error
      } catch { throw .index("\(error)") }
    }
  }

  private func rebuildEmpty() throws(EngineError) {
    do {
      try database.close()
      database = path == ":memory:" ? try Self.inMemory() : try Self.recreate(path)
    } catch { throw .index("\(error)") }
  }
}

extension LedgerReader {
  /// Adds the rest of each run that came back to life, since the working set holds none of it.
  static func withWholeRuns(
    _ files: [LedgerFile], of tree: ObjectID, on board: Board, in repository: borrowing Repository
  ) throws(EngineError) -> [LedgerFile] {
    var all = files
    for case .run(let run) in files where run.state == .active && board.runs[run.id] == nil {
      let known = Set(files.map(\.path))
      let rest = try records(below: run.folder, of: tree, in: repository)
      all += rest.filter { file in
        if case .attempt = file { return false }
        return !known.contains(file.path)
      }
    }
    return all
  }
}
