/// Decides what moves: a pure function of the board, the rules in force and a moment.
package struct Planner: Sendable {
  /// Stands in every decision; a change in what it decides raises it.
  package static let version = 1

  package let board: Board
  package let rules: Rules
  package let moment: Moment

  package init(board: Board, rules: Rules, moment: Moment) {
    self.board = board
    self.rules = rules
    self.moment = moment
  }

  /// What one pass found.
  package struct Plan: Hashable, Sendable {
    /// What is new and must be recorded before anything of it happens.
    package var decisions: [Decision] = []
    /// Why each task that could go on does not; also those that are not worth a record.
    package var reasons: [TaskID: Reason] = [:]
    /// When something will move by itself.
    package var wake: Instant?

    package init() {}
  }

  package func plan() -> Plan {
    var plan = Plan()
    var candidates: [Candidate] = []
    for run in board.runsInOrder where run.record.state == .active {
      for task in run.tasksInOrder {
        switch assess(task, in: run) {
        case .settled: break
        case .decided(let verdict, let reason):
          plan.decisions.append(
            Decision(task: task.record.id, verdict: verdict, reasons: [reason]))
        case .waits(let reason):
          note(reason, of: task.record, in: &plan)
          if reason.code == .approval, let expires = task.proposal?.expires {
            plan.wake = min(plan.wake ?? expires, expires)
          }
        case .candidate: candidates.append(Candidate(task: task, run: run))
        }
      }
    }
    admit(candidates, into: &plan)
    return plan
  }

  /// A wait is recorded when a clock or a limit that people set ends it; that a task waits for
  /// other tasks or for a slot can be derived and would only swell the ledger.
  private func note(_ reason: Reason, of task: TaskRecord, in plan: inout Plan) {
    var stood = reason
    if let stored = task.reason, stored.says(reason) { stood = stored }
    plan.reasons[task.id] = stood
    if case .at(let instant) = reason.clears {
      plan.wake = min(plan.wake ?? instant, instant)
    }
    switch reason.code {
    case .backOff, .rateLimited, .settling, .dayBudget, .frozen, .incident, .effectBusy:
      if task.reason?.says(reason) != true {
        plan.decisions.append(Decision(task: task.id, verdict: .wait, reasons: [reason]))
      }
    default: break
    }
  }

  /// What a task's own state, its time limits and the tasks before it say.
  enum Assessment {
    case settled
    case decided(Decision.Verdict, Reason)
    case waits(Reason)
    /// May go as soon as there is room.
    case candidate
  }

  private func assess(_ task: BoardTask, in run: BoardRun) -> Assessment {
    let record = task.record
    switch record.state {
    case .pending:
      if let expiry = expiry(of: record) { return expiry }
      return readiness(of: record, in: run)
    case .waiting:
      return .waits(
        record.reason ?? reason(.approval, clears: .event("approval"), since: record.admitted))
    case .running, .held, .failed, .expired, .cancelled: return .settled
    case .succeeded, .skipped: return staleness(of: record, in: run)
    }
  }

  private func expiry(of task: TaskRecord) -> Assessment? {
    guard let finish = task.specification.timeouts.finish else { return nil }
    let limit = task.admitted + finish
    guard moment.time >= limit else { return nil }
    return .decided(
      .expire,
      reason(
        .finishTimeout, ["limit": .string(finish.description)],
        clears: .event("headway retry \(task.id)")))
  }

  /// Results whose inputs changed are worked out again, once what is upstream has settled.
  private func staleness(of task: TaskRecord, in run: BoardRun) -> Assessment {
    guard task.specification.after.allSatisfy(run.isCurrent) else { return .settled }
    switch (task.state, join(of: task, in: run)) {
    case (.succeeded, .met) where !run.hasAcceptedFingerprint(task), (.skipped, .met):
      return .decided(
        .reopen, reason(.dependencies, ["changed": true], clears: .event("dependencies")))
    default: return .settled
    }
  }

  private func readiness(of task: TaskRecord, in run: BoardRun) -> Assessment {
    switch join(of: task, in: run) {
    case .open(let names):
      return .waits(
        reason(
          .dependencies, ["tasks": .texts(names)], clears: .event("dependencies"),
          since: task.reason?.since ?? task.admitted))
    case .impossible(let names):
      return .decided(
        .skip, reason(.upstream, ["tasks": .texts(names)], clears: .event("headway retry")))
    case .met: break
    }
    if let verdict = afterFailures(of: task) { return verdict }
    if let verdict = effectVerdict(of: task) { return verdict }
    if board.main?.isFrozen == true {
      return .waits(reason(.frozen, clears: .event("headway thaw")))
    }
    if let incident = stopping(task) {
      return .waits(
        reason(
          .incident, ["incident": .string(incident.id)],
          clears: .event("headway clear \(incident.id)")))
    }
    switch judge(
      .dispatch(task.id, attempt: task.nextAttempt),
      Facts(run: run.record, task: task, time: moment.time))
    {
    case .allow: return .candidate
    case .hold(let code, let message):
      return .decided(
        .hold,
        reason(
          .denied, ["code": .string(code), "message": .string(message)],
          clears: .event("a change of policy")))
    }
  }

  private func stopping(_ task: TaskRecord) -> IncidentRecord? {
    board.incidents.values.sorted { $0.id < $1.id }.first { incident in
      switch incident.scope {
      case .all: true
      case .executor(let name): name == task.specification.executor
      case .commit: false
      }
    }
  }

  /// An external effect happens once, whichever attempt, revision or run asks for it.
  private func effectVerdict(of task: TaskRecord) -> Assessment? {
    guard let anchor = board.opening?.anchor, let key = task.effectKey(anchor: anchor) else {
      return nil
    }
    if let use = board.effects[key], task.allowance == nil {
      return .decided(
        .hold,
        reason(
          .alreadyDone,
          ["by": .string(use.attempt.description), "on": .string(use.at.description)],
          clears: .event("headway adopt \(task.id) or headway repeat \(task.id)")))
    }
    let busy = board.running.first {
      $0.record.id != task.id && $0.record.effectKey(anchor: anchor) == key
    }
    return busy.map {
      .waits(
        reason(
          .effectBusy, ["task": .string($0.record.id.description)],
          clears: .event("\($0.record.id)")))
    }
  }

  func reason(
    _ code: ReasonCode, _ values: [String: JSONValue] = [:], clears: Reason.Clearing,
    since: Instant? = nil
  ) -> Reason {
    Reason(code, values: values, since: since ?? moment.time, clears: clears)
  }
}
