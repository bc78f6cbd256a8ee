internal import Git
internal import HeadwayCore

extension Scheduler {
  /// More sizes than these are not kept.
  private static let keptSizes = 20_000
  /// No file that is larger is read to see whether it is text.
  private static let readLimit = 32 << 20

  /// A plan that starts nothing which no model can take, and the moment that says why.
  ///
  /// Only what is about to start is measured, and only what may not fit stands in the moment.
  func fittingPlan(
    _ board: Board, _ rules: Rules, _ snapshot: MainSnapshot
  ) async throws(EngineError) -> (plan: Planner.Plan, moment: Moment) {
    var moment = await currentMoment(board, rules)
    while true {
      let plan = Planner(board: board, rules: rules, moment: moment).plan()
      let found = try await overflows(in: plan, on: board, rules, snapshot)
        .filter { moment.sizes[$0.key] == nil }
      guard !found.isEmpty else { return (plan, moment) }
      moment.sizes.merge(found) { $1 }
    }
  }

  /// Starts whose input is too large for every model of their executor, with its bytes.
  private func overflows(
    in plan: Planner.Plan, on board: Board, _ rules: Rules, _ snapshot: MainSnapshot
  ) async throws(EngineError) -> [TaskID: Int64] {
    var found: [TaskID: Int64] = [:]
    for decision in plan.decisions {
      guard case .start = decision.verdict, let run = board.runs[decision.task.run],
        let task = run.tasks[decision.task.task]?.record,
        let room = rules.executors[task.specification.executor]?.room
      else { continue }
      // What came before it may not be written yet, and then nobody can read it.
      if await ledger.hasUnflushed { try await flush() }
      let bytes = try await size(of: task, in: run, snapshot)
      if ChatEndpoint.tokens(ofBytes: Int(bytes)) > room { found[task.id] = bytes }
    }
    return found
  }

  /// The bytes without which the task makes no sense: what recall adds may be left out, and what a
  /// model's own format adds is small.
  private func size(
    of task: TaskRecord, in run: BoardRun, _ snapshot: MainSnapshot
  ) async throws(EngineError) -> Int64 {
    var bytes = Int64(task.specification.intent.utf8.count + run.record.title.utf8.count)
    if run.record.hasBrief, let revision = run.record.revisions.last {
      let store = site.store
      let brief = try await readings.brief(revision.blob) { () async throws(EngineError) in
        try await Self.bytes(of: revision.blob, in: store)
      }
      bytes += Int64(brief.body.utf8.count)
    }
    if case .model(let model) = snapshot.project.executors[task.specification.executor]?.kind,
      let system = model.system, let blob = snapshot.project.listing[system]?.blob
    {
      bytes += try await textSize(of: blob)
    }
    for material in run.materials(of: task) { bytes += try await textSize(of: material.blob) }
    return bytes
  }

  /// What is no text is only named to a model.
  private func textSize(of blob: BlobID) async throws(EngineError) -> Int64 {
    if let known = textSizes[blob] { return known }
    let store = site.store
    let length: Int
    do {
      length = try await store.perform { (repository) throws(GitError) in
        try repository.blobSize(ObjectID(blob))
      }
    } catch { throw .git(error) }
    var size: Int64 = 0
    if length <= Self.readLimit {
      let text = String(validating: try await Self.bytes(of: blob, in: store), as: UTF8.self)
      size = Int64(text?.utf8.count ?? 0)
    }
    if textSizes.count >= Self.keptSizes { textSizes = [:] }
    textSizes[blob] = size
    return size
  }

  private static func bytes(
    of blob: BlobID, in store: GitStore
  ) async throws(EngineError) -> [UInt8] {
    do {
      return try await store.perform { (repository) throws(GitError) in
        try repository.blob(ObjectID(blob), limit: readLimit)
      }
    } catch { throw .git(error) }
  }
}
