internal import Git
internal import HeadwayCore

extension Scheduler {
  /// Attempts that the ledger calls running although nobody runs them: this process holds the lock
  /// and has started none, so a crash left them.
  ///
  /// What was started is ended first.
  func recover() async throws(EngineError) {
    let board = await ledger.board
    guard let anchor = board.opening?.anchor else { return }
    guard let trusted = site.settings.anchor else { throw .noAnchor }
    guard trusted == anchor else {
      throw .notPossible(
        "the ledger here began at \(anchor.short), but this clone trusts \(trusted.short)")
    }
    for task in board.running {
      guard let dispatch = task.record.dispatched else { continue }
      if task.record.isPerson {
        try await proposeAgain(task.record.id)
        continue
      }
      let attempt = AttemptID(task: task.record.id, number: dispatch.attempt)
      let mark = RunningMark(folder: site.folders.running, attempt: attempt)
      if let process = mark.process() { _ = await OrphanedProcess.end(process) }
      let cause = board.runs[task.record.run]?.record.cause.commit ?? anchor
      try await settle(lost(task.record, dispatch, anchor: anchor, cause: cause))
    }
    try await flush()
    // What is left belongs to attempts whose results are durable.
    for mark in try RunningMark.all(in: site.folders.running) {
      if let process = mark.process() { _ = await OrphanedProcess.end(process) }
      try mark.remove()
    }
  }

  /// A crash between the decision to propose and the proposal: the same one is made now.
  private func proposeAgain(_ id: TaskID) async throws(EngineError) {
    guard let main = await ledger.board.main else { return }
    try await propose(id, snapshot: try await reader.snapshot(main.judged, briefs: .only([])))
  }

  /// Its fate is unknown: pure and idempotent work is done again, an external effect waits for a
  /// person.
  ///
  /// The reservation counts as spent, since nobody can say that it was not.
  private func lost(
    _ task: TaskRecord, _ dispatch: TaskRecord.Dispatch, anchor: CommitID, cause: CommitID
  ) async -> Settlement {
    let record = AttemptRecord(
      id: AttemptID(task: task.id, number: dispatch.attempt), taskKey: task.key,
      key: task.idempotencyKey(anchor: anchor, fingerprint: dispatch.fingerprint),
      effect: task.effectUnderWay, fingerprint: dispatch.fingerprint,
      executor: task.specification.executor, isolation: "none", model: nil, inputs: [],
      recalled: [], rendered: nil, started: dispatch.at, finished: await moment(), outcome: .lost,
      failure: nil, outputs: [:], usage: nil, cost: dispatch.reserved, checks: [],
      confidence: nil, decision: dispatch.decision, runner: runner.description, log: nil,
      quotas: dispatch.claims?.quotas ?? [])
    return Settlement(attempt: record, outputs: [:], cause: cause, policies: nil)
  }

  /// What the tick leaves behind, for exit codes and for whoever has to wake it again.
  func summary() async throws(EngineError) -> TickReport {
    vigil.look(at: timekeeper.now(), uptime: timekeeper.uptime())
    try vigil.write(to: site.folders.vigil)
    let board = await ledger.board
    var report = TickReport()
    report.next = wake
    report.isStopped =
      board.main?.isFrozen == true || board.incidents.values.contains { $0.scope == .all }
    for task in board.tasksInOrder {
      if task.record.state == .waiting { report.waits = true }
      if task.record.state == .held || task.record.state == .failed {
        report.holdsOrFailures = true
      }
    }
    return report
  }
}
