/// Decides what moves: a pure function of the board, the rules in force and a moment.
package struct Planner: Sendable {
  /// Stands in every decision; a change in what it decides raises it.
  package static let version = 8

  package let board: Board
  package let rules: Rules
  package let moment: Moment
  let running: [BoardTask]
  /// External effects under way, by effect key.
  let busyEffects: [String: TaskID]
  /// What open breakers leave of each executor; `nil` where none concerns it.
  let standings: [Name: Standing]

  package init(board: Board, rules: Rules, moment: Moment) {
    self.board = board
    self.rules = rules
    self.moment = moment
    var busy: [String: TaskID] = [:]
    running = board.running
    for task in running {
      if let key = task.record.dispatched?.effectKey { busy[key] = task.record.id }
    }
    busyEffects = busy
    standings = Self.standings(of: board, rules, at: moment.time)
  }

  /// What one pass found.
  package struct Plan: Hashable, Sendable {
    /// What is new and must be recorded before anything of it happens.
    package var decisions: [Decision] = []
    /// News about deadlines, recorded with the decisions.
    package var warnings: [TaskWarning] = []
    /// Why each task that could go on does not; also those that are not worth a record.
    package var reasons: [TaskID: Reason] = [:]
    /// When something will move by itself.
    package var wake: Instant?
    /// Tasks that nothing was decided about because the board lacks their past; such a plan is
    /// not to be carried out.
    package var unread: [TaskID] = []

    package init() {}

    /// Whether nothing is new.
    package var isEmpty: Bool { decisions.isEmpty && warnings.isEmpty }

    /// Whether what is new only takes places, so that the next pass could find nothing before one
    /// of them is free again.
    package var onlyStarts: Bool {
      warnings.isEmpty
        && decisions.allSatisfy { if case .start = $0.verdict { true } else { false } }
    }

    /// Whether every wait ends by an event of the board or at `wake`.
    ///
    /// What was let through to policies, prices and places may be judged otherwise at any moment.
    package var isSteady: Bool {
      reasons.values.allSatisfy { reason in
        switch reason.code {
        case .dependencies, .approval, .byPerson, .frozen, .backOff: true
        default: false
        }
      }
    }
  }

  package func plan() -> Plan {
    var plan = Plan()
    var candidates: [Candidate] = []
    for run in board.runsInOrder where run.record.state == .active {
      let current = run.currentTasks
      for task in run.tasksInOrder {
        for limit in timeLimits(of: task, in: run, current: current) where limit > moment.time {
          plan.wake = min(plan.wake ?? limit, limit)
        }
        switch assess(task, in: run, current: current) {
        case .settled: break
        case .unread: plan.unread.append(task.record.id)
        case .decided(let verdict, let reason):
          plan.decisions.append(
            Decision(task: task.record.id, verdict: verdict, reasons: [reason]))
        case .waits(let reason):
          note(reason, of: task.record, in: &plan)
          if let probe = nextProbe(for: task.record, reason) {
            plan.wake = min(plan.wake ?? probe, probe)
          }
          if reason.code == .approval, let expires = task.proposal?.expires {
            plan.wake = min(plan.wake ?? expires, expires)
          }
        case .candidate: candidates.append(Candidate(task: task, run: run))
        }
      }
    }
    admit(candidates, into: &plan)
    warn(in: &plan)
    return plan
  }

  /// A wait is recorded when a clock or a limit that people set ends it; that a task waits for
  /// other tasks or for a slot can be derived and would only swell the ledger.
  func note(_ reason: Reason, of task: TaskRecord, in plan: inout Plan) {
    var stood = reason
    if let stored = task.reason, stored.says(reason) { stood = stored }
    plan.reasons[task.id] = stood
    if case .at(let instant) = reason.clears {
      plan.wake = min(plan.wake ?? instant, instant)
    }
    switch reason.code {
    case .backOff, .rateLimited, .settling, .dayBudget, .pipelineBudget, .frozen, .incident,
      .effectBusy:
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
    /// The board does not know whether its effect happened already.
    case unread
  }

  private func assess(_ task: BoardTask, in run: BoardRun, current: Set<Name>) -> Assessment {
    let record = task.record
    switch record.state {
    case .pending:
      if let expiry = expiry(of: record, in: run, current: current) { return expiry }
      if let hold = record.hold {
        return .decided(.hold, hold.reason(releasing: record.id.description, since: moment.time))
      }
      return readiness(of: record, in: run, current: current)
    case .waiting:
      return .waits(
        record.reason ?? reason(.approval, clears: .event("approval"), since: record.admitted))
    case .held where record.isFan: return refusedList(of: record, in: run, current: current)
    case .running, .held, .expired, .cancelled: return .settled
    case .succeeded, .failed, .skipped: return staleness(of: record, in: run, current: current)
    }
  }

  /// Results whose inputs changed are worked out again, once what is upstream has settled.
  private func staleness(
    of task: TaskRecord, in run: BoardRun, current: Set<Name>
  ) -> Assessment {
    // What is current is not stale, which is known of most tasks without hashing anything again.
    guard !current.contains(task.task), task.specification.after.allSatisfy(current.contains),
      run.isStale(task, current: current)
    else { return .settled }
    var values: [String: JSONValue] = ["changed": true]
    if let edit = run.record.revisions.dropFirst().last, edit.at > task.admitted {
      values["edited"] = true
    }
    return .decided(.reopen, reason(.dependencies, values, clears: .event("dependencies")))
  }

  /// A list that could not become tasks is looked at again when it is another one.
  private func refusedList(
    of task: TaskRecord, in run: BoardRun, current: Set<Name>
  ) -> Assessment {
    guard task.reason?.code == .tooManyItems || task.reason?.code == .badItems,
      task.specification.after.allSatisfy(current.contains),
      task.attempts.last.map({ $0.fingerprint != run.fingerprint(of: task) }) ?? false
    else { return .settled }
    return .decided(
      .reopen, reason(.dependencies, ["changed": true], clears: .event("dependencies")))
  }

  private func readiness(
    of task: TaskRecord, in run: BoardRun, current: Set<Name>
  ) -> Assessment {
    switch run.join(of: task, current: current) {
    case .open(let names):
      return .waits(
        reason(
          .dependencies, ["tasks": .texts(names)], clears: .event("dependencies"),
          since: task.reason?.since ?? task.admitted))
    case .impossible(let names):
      return .decided(
        .skip, reason(.upstream, ["tasks": .texts(names)], clears: .event("headway retry")))
    case .declined(let condition, let found):
      return .decided(
        .skip, reason(.condition, condition.values(found: found), clears: .event("another value")))
    case .met: break
    }
    if let verdict = afterFailures(of: task) { return verdict }
    if let verdict = effectVerdict(of: task) { return verdict }
    if let reason = kept(task, in: run) { return .waits(reason) }
    if board.main?.isFrozen == true {
      return .waits(reason(.frozen, clears: .event("headway thaw")))
    }
    if task.isFan { return .decided(.expand, reason(.ready, clears: .event("expansion"))) }
    if let attempt = run.earlierResult(of: task) {
      return .decided(
        .reuse(attempt: attempt),
        reason(.reused, ["attempt": .integer(attempt)], clears: .event("reused")))
    }
    if let everything = board.incidents.values.filter({ $0.scope == .all }).map(\.id).min() {
      return .waits(
        reason(
          .incident, ["incident": .string(everything)],
          clears: .event("headway clear \(everything)")))
    }
    if case .stopped(let incident)? = standings[task.specification.executor] {
      return .waits(breakerWait(incident))
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

  /// What a person put a stop to: the whole run, or everything behind a task that was under way.
  private func kept(_ task: TaskRecord, in run: BoardRun) -> Reason? {
    let since = task.reason?.code == .byPerson ? task.reason?.since : nil
    if let hold = run.record.hold {
      return hold.reason(releasing: run.record.id.text, since: since ?? moment.time)
    }
    for name in task.specification.after {
      guard let earlier = run.tasks[name]?.record, let hold = earlier.hold else { continue }
      return hold.reason(releasing: earlier.id.description, since: since ?? moment.time)
    }
    return nil
  }

  /// An external effect happens once, whichever attempt, revision or run asks for it.
  private func effectVerdict(of task: TaskRecord) -> Assessment? {
    guard let anchor = board.opening?.anchor, let key = task.effectKey(anchor: anchor) else {
      return nil
    }
    guard board.knows(effect: key) else { return .unread }
    if let use = earlierUse(of: key, before: task), task.allowance == nil {
      return .decided(
        .hold,
        reason(
          use.isCertain ? .alreadyDone : .uncertain,
          ["by": .string(use.attempt.description), "on": .string(use.at.description)],
          clears: .event("headway adopt \(task.id) or headway repeat \(task.id)")))
    }
    return busyEffects[key].map { .waits(effectBusy($0)) }
  }

  /// Who did the effect, or may have; what the task's own attempt is known not to have done is none.
  func earlierUse(of key: String, before task: TaskRecord) -> EffectUse? {
    board.effects[key].flatMap { use in
      use.attempt.task == task.id && task.isKnownNotDone(use.attempt.number) ? nil : use
    }
  }

  func effectBusy(_ task: TaskID) -> Reason {
    reason(.effectBusy, ["task": .string(task.description)], clears: .event("\(task)"))
  }

  func reason(
    _ code: ReasonCode, _ values: [String: JSONValue] = [:], clears: Reason.Clearing,
    since: Instant? = nil
  ) -> Reason {
    Reason(code, values: values, since: since ?? moment.time, clears: clears)
  }
}
