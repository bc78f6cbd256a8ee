/// Plays a board forward: plans, lets what was started succeed when its time has come, and plans
/// again, until nothing moves any more.
struct Rehearsal {
  private(set) var board: Board
  let rules: Rules
  let experience: Experience
  private(set) var now: Instant
  private let start: Board
  private let from: Instant
  private let unheard: [Pause]
  /// When what is under way, or before people, will end.
  private var ends: [TaskID: Instant] = [:]
  private var traces: [TaskID: Trace] = [:]
  private var plan = Planner.Plan()

  /// What happened to a task.
  private struct Trace {
    var begun: Instant?
    var ended: Instant?
    var cost: Int64 = 0
  }

  init(
    _ board: Board, _ rules: Rules, _ experience: Experience, at now: Instant, unheard: [Pause]
  ) {
    self.board = board
    self.rules = rules
    self.experience = experience
    self.now = now
    self.unheard = unheard
    start = board
    from = now
  }

  mutating func play() -> Forecast {
    begin()
    let isComplete = playOn()
    return Forecast(
      from: from, pace: experience.assumptions.pace, tasks: prospects(isComplete: isComplete),
      isComplete: isComplete)
  }

  /// Whether everything came to rest.
  private mutating func playOn() -> Bool {
    let last = from + experience.assumptions.horizon
    var looks = 0
    while looks < experience.assumptions.looks {
      looks += max(1, board.runs.values.reduce(0) { $0 + $1.tasks.count })
      endWhatIsDue()
      voidWhatIsSuperseded()
      plan = Planner(board: board, rules: rules, moment: moment).plan()
      guard plan.isEmpty else {
        carryOut(plan)
        continue
      }
      let next = ([plan.wake].compactMap { $0 } + ends.values).filter { $0 > now }.min()
      guard let next else { return true }
      guard next <= last else { return false }
      now = next
    }
    return false
  }

  /// Takes up what stands on the board as under way.
  private mutating func begin() {
    for task in board.tasksInOrder {
      let record = task.record
      switch record.state {
      case .running where record.isPerson: propose(record)
      case .running:
        let begun = record.dispatched?.at ?? now
        let isStopping = record.isEnding || board.runs[record.run]?.record.state != .active
        note(record.id) { $0.begun = begun }
        ends[record.id] = isStopping ? now : experience.end(of: record, begunAt: begun, now: now)
      case .waiting:
        guard let proposal = task.proposal else { continue }
        note(record.id) { $0.begun = proposal.proposed }
        ends[record.id] = min(
          experience.end(of: record, begunAt: proposal.proposed, now: now), proposal.expires)
      default: break
      }
    }
  }

  private mutating func note(_ id: TaskID, _ change: (inout Trace) -> Void) {
    change(&traces[id, default: Trace()])
  }

  private mutating func fold(_ entry: LedgerEntry?) {
    board.fold(entry?.files ?? [])
  }

  private var moment: Moment {
    Moment(
      on: board, under: rules, at: now, runners: [], skipsSettling: false, unheard: unheard)
  }

  private mutating func carryOut(_ plan: Planner.Plan) {
    let commit = mainCommit
    let record = DecisionRecord(
      planner: Planner.version, main: commit, ledger: commit,
      moment: moment, decisions: plan.decisions, warnings: plan.warnings)
    fold(board.deciding(record))
    for decision in plan.decisions {
      guard let task = board[decision.task]?.record else { continue }
      switch decision.verdict {
      case .start:
        let end = now + experience.length(of: task).span
        note(task.id) { [now] in $0 = Trace(begun: now, cost: $0.cost) }
        ends[task.id] = end
      case .propose: propose(task)
      case .reuse, .skip, .expire, .fail, .cancel:
        note(task.id) { [now] in $0.ended = now }
      case .reopen: note(task.id) { $0 = Trace(cost: $0.cost) }
      case .expand: expand(task, decidedIn: record.path)
      case .wait, .hold: break
      }
    }
  }

  private var mainCommit: CommitID {
    board.main?.judged ?? CommitID(unchecked: String(repeating: "0", count: 40))
  }

  private mutating func endWhatIsDue() {
    let due = ends.filter { $0.value <= now }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    for (id, _) in due {
      ends[id] = nil
      guard let task = board[id] else { continue }
      if task.record.isPerson { decide(task) } else { settle(task) }
      note(id) { [now] in $0.ended = now }
    }
  }

  private mutating func settle(_ task: BoardTask) {
    guard let dispatch = task.record.dispatched,
      let run = board.runs[task.record.run]?.record
    else { return }
    let isStopped = task.record.isEnding || run.state != .active
    let cost = experience.cost(of: task.record, rules)
    let attempt = AttemptRecord(
      rehearsing: task.record, dispatch, cost: cost, isStopped: isStopped, anchor: board.opening,
      at: now)
    takeConditionsToHold(of: task.record)
    let settlement = Settlement(attempt: attempt, outputs: [:], cause: mainCommit, policies: nil)
    let entries = board.breaking(after: settlement, dispatch: dispatch, rules: rules, at: now)
    fold(board.settling(settlement))
    for entry in entries { fold(entry) }
    note(task.record.id) { $0.cost += cost.micros }
  }

  /// Nobody knows what the result will say, so that the conditions which read it are taken to hold.
  private mutating func takeConditionsToHold(of task: TaskRecord) {
    for name in board.runs[task.run]?.record.tasks ?? [] {
      guard
        case .field(task.task, _, _)? =
          board.runs[task.run]?.tasks[name]?.record.specification.condition?.source
      else { continue }
      board.runs[task.run]?.tasks[name]?.record.specification.condition = nil
    }
  }

  /// Nobody knows what a list will hold: only the tasks that the run has already are played.
  private mutating func expand(_ task: TaskRecord, decidedIn decision: FilePath) {
    let dispatch = TaskRecord.Dispatch(
      attempt: task.nextAttempt, reserved: nil, fingerprint: board.fingerprint(of: task.id),
      decision: decision, at: now)
    let attempt = AttemptRecord(
      rehearsing: task, dispatch, cost: .zero(rules.currency), isStopped: false,
      anchor: board.opening, at: now)
    fold(
      board.settling(
        Settlement(attempt: attempt, outputs: [:], cause: mainCommit, policies: nil)))
    note(task.id) { [now] in $0 = Trace(begun: now, ended: now, cost: $0.cost) }
  }

  private mutating func propose(_ task: TaskRecord) {
    guard let rule = task.specification.proposal else { return }
    let number = task.dispatched?.attempt ?? task.nextAttempt
    let proposal = ProposalRecord(
      rehearsing: AttemptID(task: task.id, number: number), rule, risk: task.specification.risk,
      commit: mainCommit, at: now)
    fold(board.proposing(proposal, cause: mainCommit))
    note(task.id) { [now] in $0 = Trace(begun: now, cost: $0.cost) }
    ends[task.id] = min(now + experience.length(of: task).span, proposal.expires)
  }

  /// Everybody signs, unless the time for it is over.
  private mutating func decide(_ task: BoardTask) {
    guard let proposal = task.proposal else { return }
    judge(
      task, proposal.expires <= now ? .expired : .approved(content: proposal.content),
      proposal.expires <= now ? .expire : .approve)
  }

  private mutating func voidWhatIsSuperseded() {
    for task in board.superseded {
      ends[task.record.id] = nil
      judge(task, .void(.superseded), .void)
    }
  }

  private mutating func judge(
    _ task: BoardTask, _ status: ProposalStatus, _ decision: JudgementRecord.Decision
  ) {
    guard let proposal = task.proposal else { return }
    var judged = task.judged ?? JudgementRecord(attempt: proposal.attempt, judgements: [])
    judged.judgements.append(
      .init(
        from: mainCommit, carrier: .observation(mainCommit), person: nil, decision: decision,
        at: now, whyNot: nil))
    fold(board.judging(judged, status: status, feedback: nil, runner: "", at: now))
  }

  private func prospects(isComplete: Bool) -> [Forecast.Prospect] {
    let standings = Standings(plan, at: now)
    return start.tasksInOrder.compactMap { before in
      guard let task = board[before.record.id]?.record,
        !before.record.state.isTerminal || traces[task.id] != nil
      else { return nil }
      let trace = traces[task.id] ?? Trace()
      return Forecast.Prospect(
        id: task.id, isPerson: task.isPerson, deadline: task.specification.deadline,
        begins: trace.begun, end: end(of: task, trace, standings, isComplete: isComplete),
        cost: Money(micros: trace.cost, currency: rules.currency),
        basis: experience.length(of: before.record).basis)
    }
  }

  private func end(
    of task: TaskRecord, _ trace: Trace, _ standings: Standings, isComplete: Bool
  ) -> Forecast.End {
    switch task.state {
    case .succeeded: .succeeds(trace.ended ?? now)
    case .failed, .skipped, .expired, .cancelled:
      .ends(task.state, at: trace.ended ?? now, task.reason)
    case .held: .stands(.held, task.reason)
    case .pending, .running, .waiting:
      isComplete ? .stands(task.state, standings.reason(of: task)) : .open(task.state)
    }
  }
}
