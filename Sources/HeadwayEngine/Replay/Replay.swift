internal import Git
package import HeadwayCore

/// Computes every decision of a ledger again, from the two commits and the moment that it names,
/// and compares bytes.
///
/// Walks the ledger from its first commit with a board of its own, so that neither the index nor
/// anything else that is kept on this machine has a say.
package struct Replay: Sendable {
  let store: GitStore
  let tip: CommitID
  /// Only decisions about this run are compared; everything is folded all the same.
  let run: RunID?
  let reader: MainReader

  /// Reads the same ledger as `LedgerView.open`, but nothing that was derived from it.
  package init(_ site: Site, of run: RunID?) async throws(EngineError) {
    guard let tip = try await LedgerView.tip(of: site) else { throw .noLedger }
    store = site.store
    self.tip = CommitID(tip)
    self.run = run
    reader = MainReader(store: site.store)
  }

  /// What a replay found.
  package struct Report: Hashable, Sendable {
    package var commits = 0
    /// Decisions that were computed again.
    package var compared = 0
    package var differences: [Difference] = []
    /// What this planner would decide differently from another version; no fault of the ledger.
    package var otherPlanners: [Difference] = []

    package var isSame: Bool { differences.isEmpty }

    package init() {}
  }

  /// One decision that does not come out as it was written.
  package struct Difference: Hashable, Sendable {
    /// The ledger commit that carries it.
    package let commit: CommitID
    package let path: String
    package let problem: Problem

    package enum Problem: Hashable, Sendable {
      /// Lines that only the record has begin with `-`, those that only replay has with `+`.
      case content([String])
      /// The record says that it was made over another ledger commit than its parent.
      case wrongParent(named: CommitID, actual: CommitID?)
      /// A decision is written once.
      case changedLater
      /// The record's own hash names another file.
      case misplaced(belongs: String)
      case unreadable(String)
      /// What it was decided over is not in this repository.
      case missingMain(CommitID)
      /// The commit changed another file than the decision does, or changed it otherwise.
      case consequence(path: String, [String])
      case planner(Int, [String])
    }
  }

  /// Replays everything; `progress` gets how many commits of how many are done.
  package func report(
    progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws(EngineError) -> Report {
    let tip = tip
    let history: [ObjectID]
    do {
      history = try await store.perform { (repository) throws(GitError) in
        try repository.history(
          from: ObjectID(tip), order: .oldestFirst, firstParentOnly: true
        ).commits
      }
    } catch { throw .git(error) }
    var (report, past, parent) = (Report(), Past(), ObjectID?.none)
    for (index, commit) in history.enumerated() {
      let step = try await step(to: commit, from: parent, archive: past)
      for file in step.decisions {
        try await compare(file, of: step, parent: parent, board: past.board, into: &report)
      }
      past.fold(step)
      parent = commit
      report.commits += 1
      progress(index + 1, history.count)
    }
    return report
  }

  private func compare(
    _ file: Step.DecisionFile, of step: Step, parent: ObjectID?, board: Board,
    into report: inout Report
  ) async throws(EngineError) {
    func note(_ problem: Difference.Problem) {
      report.differences.append(
        Difference(commit: CommitID(step.commit), path: file.path, problem: problem))
    }
    guard !file.isChange else { return note(.changedLater) }
    let record: DecisionRecord
    switch file.content {
    case .unreadable(let reason): return note(.unreadable(reason))
    case .record(let decoded): record = decoded
    }
    let about = record.decisions.map(\.task.run) + record.warnings.map(\.task.run)
    guard run.map(about.contains) ?? true else {
      return
    }
    report.compared += 1
    guard record.path.text == file.path else {
      note(.misplaced(belongs: record.path.text))
      // Its content may tell what was done to it.
      return try await compareContent(record, file, of: step, board: board, into: &report)
    }
    let actual = parent.map(CommitID.init)
    guard record.ledger == actual else {
      return note(.wrongParent(named: record.ledger, actual: actual))
    }
    try await compareContent(record, file, of: step, board: board, into: &report)
  }

  private func compareContent(
    _ record: DecisionRecord, _ file: Step.DecisionFile, of step: Step, board: Board,
    into report: inout Report
  ) async throws(EngineError) {
    func note(_ problem: Difference.Problem) {
      report.differences.append(
        Difference(commit: CommitID(step.commit), path: file.path, problem: problem))
    }
    guard let again = try await decide(record, over: board) else {
      return note(.missingMain(record.main))
    }
    let lines = LineDifference(from: file.bytes, to: again.json.canonical).lines
    if record.planner != Planner.version {
      guard !lines.isEmpty else { return }
      report.otherPlanners.append(
        Difference(
          commit: CommitID(step.commit), path: file.path,
          problem: .planner(record.planner, lines)))
      return
    }
    if !lines.isEmpty { return note(.content(lines)) }
    for difference in try step.consequences(of: record, over: board, beside: file.path) {
      note(difference)
    }
  }

  /// `nil` where the commit of main is gone, or holds no settings to decide by.
  private func decide(
    _ record: DecisionRecord, over board: Board
  ) async throws(EngineError) -> DecisionRecord? {
    let main: MainSnapshot
    do throws(EngineError) {
      main = try await reader.snapshot(record.main, briefs: .only([]))
    } catch {
      guard case .git(let failure) = error, failure.reason == .notFound else { throw error }
      return nil
    }
    guard let rules = Rules(main.project, at: record.moment.time) else { return nil }
    let plan = Planner(board: board, rules: rules, moment: record.moment).plan()
    return DecisionRecord(
      planner: record.planner, main: record.main, ledger: record.ledger, moment: record.moment,
      decisions: plan.decisions, warnings: plan.warnings)
  }
}

/// The board between two commits of the ledger.
///
/// Runs that are over leave it, as they leave the scheduler's; what they cost is kept for the
/// case that one comes back.
private struct Past {
  private(set) var board = Board()
  private var spent: [RunID: Int64] = [:]

  func holds(_ run: RunID) -> Bool { board.runs[run] != nil }

  mutating func fold(_ step: Replay.Step) {
    for file in step.records {
      if case .run(let run) = file, !holds(run.id), let before = spent.removeValue(forKey: run.id) {
        board.spend.runs[run.id] = before
      }
      board.fold(file)
    }
    let before = board.spend.runs
    for run in board.dropFinished() { spent[run] = before[run] }
  }
}

extension Replay {
  /// One commit of the ledger, read for replay.
  struct Step: Sendable {
    let commit: ObjectID
    /// What the board folds; of runs that came back, all that the tree holds of them.
    let records: [LedgerFile]
    /// What this very commit changed, by path, as bytes; `nil` for a file that it removed.
    let changed: [String: [UInt8]?]
    let decisions: [DecisionFile]

    struct DecisionFile: Sendable {
      let path: String
      let bytes: [UInt8]
      /// Whether the file stood there before.
      let isChange: Bool
      let content: Content
    }

    enum Content: Sendable {
      case record(DecisionRecord)
      case unreadable(String)
    }

    /// Where the commit's other records are not what the decision leads to.
    func consequences(
      of record: DecisionRecord, over board: Board, beside path: String
    ) throws(EngineError) -> [Difference.Problem] {
      var found: [Difference.Problem] = []
      var expected: Set<String> = [path]
      for file in board.changes(of: record) {
        expected.insert(file.path)
        let lines = LineDifference(
          from: changed[file.path]?.flatMap { $0 } ?? [], to: file.json.canonical
        ).lines
        if !lines.isEmpty { found.append(.consequence(path: file.path, lines)) }
      }
      for path in changed.keys.sorted() where !expected.contains(path) {
        found.append(.consequence(path: path, ["- the decision does not touch this file"]))
      }
      return found
    }
  }

  /// Reads what `commit` changed; a run that is not on the board is read as a whole.
  private func step(
    to commit: ObjectID, from parent: ObjectID?, archive: Past
  ) async throws(EngineError) -> Step {
    let known = archive.board
    return try await store.perform { (repository) throws(EngineError) in
      var changed: [String: [UInt8]?] = [:]
      var replaced: Set<String> = []
      let tree: ObjectID
      do throws(GitError) {
        tree = try repository.commit(commit).tree
        var sides: [(path: String, blob: ObjectID?)] = []
        let before = try parent.map { (id) throws(GitError) in try repository.commit(id).tree }
        try repository.compare(before, tree, limits: LedgerReader.limits) {
          change throws(GitError) in
          let path = change.path.description
          guard LedgerFile.isRecord(path) else { return true }
          sides.append((path, change.new?.id))
          if change.old != nil { replaced.insert(path) }
          return true
        }
        for (path, blob) in sides {
          changed[path] = .some(
            try blob.map { (id) throws(GitError) in
              try repository.blob(id, limit: LedgerReader.recordLimit)
            })
        }
      } catch { throw .git(error) }
      return try Self.step(
        commit, tree: tree, changed: changed, replaced: replaced, known: known, in: repository)
    }
  }

  private static func step(
    _ commit: ObjectID, tree: ObjectID, changed: [String: [UInt8]?], replaced: Set<String>,
    known: Board, in repository: borrowing Repository
  ) throws(EngineError) -> Step {
    var (records, decisions): ([LedgerFile], [Step.DecisionFile]) = ([], [])
    for (path, bytes) in changed.sorted(by: { $0.key < $1.key }) {
      guard path.hasPrefix("decisions/") else {
        if let bytes, let file = try LedgerReader.decode(path: path, bytes: bytes) {
          records.append(file)
        }
        continue
      }
      decisions.append(
        Step.DecisionFile(
          path: path, bytes: bytes ?? [], isChange: replaced.contains(path),
          content: decisionContent(bytes ?? [])))
    }
    records.sort { LedgerReader.rank($0) < LedgerReader.rank($1) }
    for case .decision(let record) in decisions.map(\.content).compactMap(LedgerFile.init) {
      records.append(.decision(record))
    }
    return Step(
      commit: commit,
      records: try LedgerReader.withWholeRuns(records, of: tree, on: known, in: repository),
      changed: changed, decisions: decisions)
  }

  private static func decisionContent(_ bytes: [UInt8]) -> Step.Content {
    do {
      return .record(try DecisionRecord(json: JSONReader.read(bytes).json))
    } catch {
      return .unreadable("\(error)")
    }
  }
}

extension LedgerFile {
  fileprivate init?(_ content: Replay.Step.Content) {
    guard case .record(let record) = content else { return nil }
    self = .decision(record)
  }
}
