internal import Git
internal import HeadwayCore

extension Scheduler {
  /// One planning pass: decides, records, and only then starts.
  ///
  /// Whether another pass may find more: what has only been started frees nothing until it ends.
  func plan(_ group: inout DiscardingTaskGroup) async throws(EngineError) -> Bool {
    try await expireProposals()
    try await supersedeProposals()
    try await proposeCompensations()
    let board = await ledger.board
    guard let main = board.main, let tip = await ledger.tip,
      board.runs.values.contains(where: { $0.record.state == .active })
    else {
      wake = await intakeDue(after: moment())
      isSteady = true
      try await flush()
      return false
    }
    isSteady = false
    let snapshot = try await reader.snapshot(main.judged, briefs: .only([]))
    guard let rules = Rules(snapshot.project, at: await moment()) else {
      try await flush()
      return false
    }
    let (plan, moment) = try await fittingPlan(board, rules, snapshot)
    if let task = plan.unread.first {
      throw .index("the board lacks the past of \(task)")
    }
    wake = [
      dueTime(of: plan, on: board, at: moment.time), await intakeDue(after: moment.time),
    ].compactMap { $0 }.min()
    isSteady = plan.isSteady
    guard !plan.isEmpty else {
      try await flush()
      return false
    }
    let record = DecisionRecord(
      planner: Planner.version, main: main.judged, ledger: tip, moment: moment,
      decisions: plan.decisions, warnings: plan.warnings)
    try await append(board.deciding(record), at: moment.time)
    try await flush()
    await tell(record)
    try await start(record, snapshot: snapshot, &group)
    return !plan.onlyStarts
  }

  /// Makes durable what was appended, tells of it, and tidies up what that makes superfluous.
  func flush() async throws(EngineError) {
    if await ledger.hasUnflushed { flushes += 1 }
    try await ledger.flush()
    try unmarkEnded()
    let lines = untold
    untold = []
    for line in lines { report(line) }
    try await tidyBranches()
  }

  private func unmarkEnded() throws(EngineError) {
    guard !ended.isEmpty else { return }
    try checkpoint(.beforeUnmark)
    for attempt in ended {
      try RunningMark(folder: site.folders.running, attempt: attempt).remove()
    }
    ended = []
  }

  /// When something will move by itself.
  ///
  /// A time that has passed and moved nothing is none: waiting for it would never end.
  private func dueTime(of plan: Planner.Plan, on board: Board, at now: Instant) -> Instant? {
    let expiries = board.waiting.compactMap(\.proposal).map(vigil.expiry)
    return ([plan.wake].compactMap { $0 } + expiries).filter { $0 > now }.min()
  }

  /// When something that waits to become a run falls due.
  private func intakeDue(after now: Instant) async -> Instant? {
    let waiting = await ledger.board.intake?.dues ?? []
    return ((quietSchedules?.until).map { waiting + [$0] } ?? waiting).filter { $0 > now }.min()
  }

  func currentMoment(_ board: Board, _ rules: Rules) async -> Moment {
    let now = await moment()
    return Moment(
      on: board, under: rules, at: now, runners: [runner.description],
      skipsSettling: options.skipsSettling, unheard: vigil.pauses(concerning: board),
      isDispatching: options.dispatchUntil.map { now < $0 } ?? true)
  }

  private func tell(_ record: DecisionRecord) async {
    let board = await ledger.board
    for told in record.warnings { report(.warned(told.task, told.warning)) }
    for decision in record.decisions {
      switch decision.verdict {
      case .start(let number, _):
        guard let task = board[decision.task]?.record else { continue }
        report(
          .started(
            AttemptID(task: decision.task, number: number),
            executor: task.specification.executor))
      case .hold, .expire, .fail:
        if let reason = decision.reasons.first { report(.held(decision.task, reason)) }
      case .propose, .wait, .skip, .cancel, .reopen, .reuse, .expand: break
      }
    }
  }

  private func start(
    _ record: DecisionRecord, snapshot: MainSnapshot, _ group: inout DiscardingTaskGroup
  ) async throws(EngineError) {
    for decision in record.decisions {
      switch decision.verdict {
      case .start: try await start(decision.task, snapshot: snapshot, &group)
      case .propose: try await propose(decision.task, snapshot: snapshot)
      case .expand: try await expand(decision.task, decidedIn: record.path)
      case .wait, .hold, .skip, .expire, .fail, .cancel, .reopen, .reuse: break
      }
    }
  }

  private func start(
    _ id: TaskID, snapshot: MainSnapshot, _ group: inout DiscardingTaskGroup
  ) async throws(EngineError) {
    let board = await ledger.board
    guard let run = board.runs[id.run], let task = run.tasks[id.task]?.record,
      let dispatch = task.dispatched, let anchor = board.opening?.anchor
    else { return }
    let attempt = AttemptID(task: id, number: dispatch.attempt)
    let worker = worker
    let (stops, stop) = AsyncStream.makeStream(of: Void.self)
    running[attempt] = stop
    let cause = run.record.revisions.last?.commit ?? run.record.cause.commit
    let planned: Result<AttemptPlan, ExecutorCatalogue.Refusal>
    if try await !stillStand(before: task, of: run, at: await moment()) {
      planned = .failure(
        .init(
          .refused, "an approval that this rests on no longer stands; headway retry it first"))
    } else {
      let resting = Rules(snapshot.project, at: dispatch.at)?
        .executors[task.specification.executor]
        .map { board.resting($0, probing: dispatch.probes) }
      planned = try await planner(for: task, snapshot, anchor: anchor, without: resting ?? [])
        .plan(task, of: run)
    }
    switch planned {
    case .failure(let refusal):
      // At once and not by a task, so that failures settle in the order of the decisions.
      wakeups.post(
        .finished(
          worker.settlement(
            of: task, dispatch: dispatch, refused: refusal, cause: cause, anchor: anchor)))
    case .success(let plan):
      let wakeups = wakeups
      group.addTask { wakeups.post(.finished(await Self.run(plan, worker, until: stops))) }
    }
  }

  var worker: AttemptRunner {
    AttemptRunner(
      adapters: adapters, secrets: secrets, runningFolder: site.folders.running,
      runner: runner.description, timekeeper: timekeeper,
      redactionKey: redactionKey, checkpoint: checkpoint)
  }

  /// Runs the attempt; the end of `stops` cancels it, and it still settles.
  private static func run(
    _ plan: AttemptPlan, _ worker: AttemptRunner, until stops: AsyncStream<Void>
  ) async -> Settlement {
    await withTaskGroup(of: Settlement?.self) { group in
      group.addTask { await worker.run(plan) }
      group.addTask {
        for await _ in stops {}
        return nil
      }
      var settlement: Settlement?
      while let next = await group.next() {
        if let next { settlement = next }
        group.cancelAll()
      }
      return settlement
        ?? worker.settlement(
          of: plan.task, dispatch: plan.dispatch,
          refused: .init(.cancelled, "stopped before it began"), cause: plan.cause,
          anchor: plan.cause)
    }
  }

  func planner(
    for task: TaskRecord, _ snapshot: MainSnapshot, anchor: CommitID,
    without resting: Set<ModelName>
  ) async throws(EngineError) -> AttemptPlanner {
    var findings: ObjectID?
    if let attempt = task.unaccepted, let folder = await ledger.board[task.id]?.folder {
      findings = try await ledger.blob(at: "\(folder)/\(TaskRecord.findings(of: attempt))")
    }
    return AttemptPlanner(
      store: site.store, snapshot: snapshot, catalogue: catalogue(snapshot), readings: readings,
      learned: try await ledger.folder("memory"), anchor: anchor, now: await moment(),
      resting: resting, findings: findings, unheard: vigil.pauses,
      allowed: Set((await ledger.board.main?.allowed ?? [:]).keys))
  }

  /// Executors as the trusted state describes them, with their programs and secrets.
  func catalogue(_ snapshot: MainSnapshot) -> ExecutorCatalogue {
    let store = site.store
    let programs = ProgramFolder(store: store, cache: cache)
    let tree = snapshot.programs
    return ExecutorCatalogue(
      project: snapshot.project, secrets: secrets, machineKey: redactionKey,
      text: { (blob) async throws(EngineError) in
        do throws(GitError) {
          return try await store.perform { (repository) throws(GitError) in
            String(decoding: try repository.blob(ObjectID(blob), limit: 1 << 20), as: UTF8.self)
          }
        } catch { throw .git(error) }
      }, programs: { () async throws(EngineError) in try await programs.path(of: tree) })
  }

  /// Takes in how an attempt ended; the next flush makes it durable, with whatever was decided
  /// upon it.
  func settle(_ settlement: Settlement) async throws(EngineError) {
    let id = settlement.attempt.id
    running[id]?.finish()
    running[id] = nil
    try checkpoint(.attemptEnded)
    let board = await ledger.board
    guard let entry = board.settling(settlement) else { return }
    let breaking = try await breaking(after: settlement, on: board)
    for entry in [entry] + breaking { try await append(entry, at: await moment()) }
    ended.append(id)
    announce(
      .settled(
        id, outcome: settlement.attempt.outcome, failure: settlement.attempt.failure))
    for case .incident(let incident) in breaking.flatMap(\.files) {
      announce(.incident(incident))
    }
    for case .run(let run) in entry.files where run.state != .active {
      announce(.finished(run.id, run.state))
    }
  }

  /// Stops the attempts of runs that are over, and those that a person wants no more of.
  func stopCancelled() async {
    let board = await ledger.board
    for (attempt, stop) in running
    where board.runs[attempt.task.run]?.record.state != .active
      || board[attempt.task]?.record.reason?.code == .cancelledByPerson
    {
      stop.finish()
    }
  }
}
