package import Git
package import HeadwayCore

/// The ledger for readers: the board at its tip, and everything that its tree still holds.
package struct LedgerView: Sendable {
  package let site: Site
  package let tip: CommitID
  package let board: Board
  let tree: ObjectID
  let index: LedgerIndex
  private let reader: MainReader

  /// Reads the local ledger, or the one that a remote brought to a clone that only reads.
  ///
  /// At home the index belongs to the holder of the lock, and reading must not take that away
  /// from a tick that comes meanwhile: what the index lacks is folded in memory. Other clones have
  /// no tick, and keep their index themselves.
  package static func open(_ site: Site) async throws(EngineError) -> LedgerView {
    guard let tip = try await tip(of: site) else { throw .noLedger }
    let lock = site.settings.isHome ? nil : try lock(site)
    let index: LedgerIndex
    let board: Board
    if lock != nil {
      index = try LedgerIndex(path: site.folders.index)
      board = try await index.board(at: tip, in: site.store)
    } else {
      (index, board) = try await LedgerIndex.reading(site.folders.index, at: tip, in: site.store)
    }
    let tree: ObjectID
    do {
      tree = try await site.store.perform { (repository) throws(GitError) in
        try repository.commit(tip).tree
      }
    } catch { throw .git(error) }
    _ = consume lock
    return LedgerView(
      site: site, tip: CommitID(tip), board: board, tree: tree, index: index,
      reader: MainReader(store: site.store))
  }

  /// The same ledger as it stood at one of its commits, folded in memory alone.
  package func past(at commit: CommitID) async throws(EngineError) -> LedgerView {
    let tip: ObjectID
    do { tip = try ObjectID(commit) } catch { throw .git(error) }
    let index = try LedgerIndex()
    let board = try await index.board(at: tip, in: site.store)
    let tree: ObjectID
    do {
      tree = try await site.store.perform { (repository) throws(GitError) in
        try repository.commit(tip).tree
      }
    } catch { throw .git(error) }
    return LedgerView(
      site: site, tip: commit, board: board, tree: tree, index: index, reader: reader)
  }

  private static func lock(_ site: Site) throws(EngineError) -> FileLock? {
    try ProgramFolder.makeFolder(site.folders.headway)
    return try FileLock.take(site.folders.lock)
  }

  /// Where the ledger stands that `open` would read.
  static func tip(of site: Site) async throws(EngineError) -> ObjectID? {
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        if let tip = try repository.resolve(site.settings.ledgerReference()) { return tip }
        let remote = site.settings.remote ?? "origin"
        return try repository.resolve(
          ReferenceName("refs/remotes/\(remote)/\(LocalSettings.ledgerBranch)"))
      }
    } catch { throw .git(error) }
  }

  /// A run by its id or an unambiguous beginning of it; finished ones are read from the tree.
  package func run(_ text: String) async throws(EngineError) -> BoardRun {
    var candidates = board.runs.keys.filter { $0.text == text }
    if candidates.isEmpty, let exact = RunID(text), try await index.exists(exact) {
      candidates = [exact]
    }
    if candidates.isEmpty {
      candidates = try await index.runs(startingWith: text, limit: 10)
      candidates += board.runs.keys.filter { $0.text.hasPrefix(text) && !candidates.contains($0) }
    }
    guard candidates.count == 1, let id = candidates.first else {
      let near = candidates.isEmpty ? board.runs.keys.map(\.text) : candidates.map(\.text)
      throw .unknownRun(text, near: near.sorted())
    }
    if let live = board.runs[id] { return live }
    guard let folder = try await index.folder(of: id) else { throw .unknownRun(text, near: []) }
    var past = Board()
    past.fold(try await records(below: folder))
    guard let run = past.runs[id] else { throw .unknownRun(text, near: []) }
    return run
  }

  /// A task written `run/task`, where the run may be a beginning.
  package func task(_ text: String) async throws(EngineError) -> (run: BoardRun, task: BoardTask) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw .unknownTask(text, near: []) }
    let run = try await run(String(parts[0]))
    guard let name = Name(String(parts[1])), let task = run.tasks[name] else {
      throw .unknownTask(
        text, near: run.record.tasks.map { "\(run.record.id)/\($0)" })
    }
    return (run, task)
  }

  /// Every attempt of a task that has been settled, in order.
  package func attempts(of task: BoardTask) async throws(EngineError) -> [AttemptRecord] {
    try await records(below: task.folder).compactMap { file in
      if case .attempt(let attempt, _) = file { attempt } else { nil }
    }.sorted { $0.id < $1.id }
  }

  /// Every proposal of a task with what was judged of it.
  package func proposals(
    of task: BoardTask
  ) async throws(EngineError) -> [(proposal: ProposalRecord, judged: JudgementRecord?)] {
    let files = try await records(below: task.folder)
    let judged = files.compactMap { file in
      if case .judged(let record, _) = file { record } else { nil }
    }
    return files.compactMap { file in
      if case .proposal(let record, _) = file { record } else { nil }
    }.sorted { $0.attempt < $1.attempt }
      .map { proposal in (proposal, judged.first { $0.attempt == proposal.attempt }) }
  }

  package func decision(at path: FilePath) async throws(EngineError) -> DecisionRecord? {
    let tree = tree
    let file = try await site.store.perform { (repository) throws(EngineError) in
      try LedgerReader.record(at: path.text, of: tree, in: repository)
    }
    if case .decision(let record) = file { return record }
    return nil
  }

  /// The bytes of any file of the ledger's tree, or `nil` when there is none.
  package func file(_ path: String, limit: Int = 32 << 20) async throws(EngineError) -> [UInt8]? {
    let tree = tree
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        try repository.file(at: RepositoryPath(checking: path), in: tree, limit: limit)
      }
    } catch { throw .git(error) }
  }

  package func blob(_ id: BlobID, limit: Int = 32 << 20) async throws(EngineError) -> [UInt8] {
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        try repository.blob(ObjectID(id), limit: limit)
      }
    } catch { throw .git(error) }
  }

  package func finishedRuns(limit: Int) async throws(EngineError) -> [RunRecord] {
    try await index.finishedRuns(limit: limit)
  }

  /// Commits of the ledger that touch a run, newest first; `nil` is all of it.
  package func commits(
    of run: RunID?, limit: Int
  ) async throws(EngineError) -> [Commit] {
    let tip = tip
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        var found: [Commit] = []
        let history = try repository.history(
          from: ObjectID(tip), firstParentOnly: true, limit: run == nil ? limit : 200_000)
        for id in history.commits {
          let commit = try repository.commit(id)
          if let run {
            let named = commit.trailers.contains {
              $0.key == "Headway-Run" && $0.value == run.text
            }
            guard named || commit.message.contains(run.text) else { continue }
          }
          found.append(commit)
          if found.count == limit { break }
        }
        return found
      }
    } catch { throw .git(error) }
  }

  /// What people wrote, where main was last judged; without its briefs.
  package func project() async throws(EngineError) -> Project? {
    guard let main = board.main else { return nil }
    return try await reader.snapshot(main.judged, briefs: .only([])).project
  }

  package func settings() async throws(EngineError) -> Settings? { try await project()?.settings }

  /// What the planner would say now: the reasons that are derived and not stored.
  package func plan(at time: Instant) async throws(EngineError) -> Planner.Plan? {
    guard let project = try await project(), let rules = Rules(project, at: time) else {
      return nil
    }
    let moment = Moment(
      on: board, under: rules, at: max(time, board.latest), runners: [], skipsSettling: false,
      unheard: try unheard())
    return Planner(board: board, rules: rules, moment: moment).plan()
  }

  /// When no home looked, as far as a limit may have to be longer for it.
  func unheard() throws(EngineError) -> [Pause] {
    try Vigil(path: site.folders.vigil).pauses(concerning: board)
  }

  /// When schedules go off next.
  package func nextInstants(after now: Instant) async throws(EngineError) -> [NextInstant] {
    guard let anchor = board.opening?.anchor, let project = try await project() else { return [] }
    return project.nextInstants(after: now, anchor: anchor)
  }

  func records(below folder: String) async throws(EngineError) -> [LedgerFile] {
    let tree = tree
    return try await site.store.perform { (repository) throws(EngineError) in
      try LedgerReader.records(below: folder, of: tree, in: repository)
    }
  }
}
