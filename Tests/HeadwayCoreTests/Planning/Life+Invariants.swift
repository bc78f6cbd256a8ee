import HeadwayCore
import HeadwayTestSupport
import Testing

extension Life {
  /// A plain check: hundreds of lives make millions of them.
  private func hold(
    _ condition: Bool, _ what: @autoclosure () -> String,
    at place: SourceLocation = #_sourceLocation
  ) {
    if !condition { Issue.record("\(what()); \(how)", sourceLocation: place) }
  }

  /// What must hold after every event, whatever it was.
  func check() throws {
    for task in stage.board.tasksInOrder.map(\.record) {
      let numbers = task.attempts.map(\.number)
      hold(numbers == Array(1..<(numbers.count + 1)), "attempts of \(task.id)")
      let isOut = task.state == .running || task.state == .waiting
      hold((task.dispatched != nil) == isOut, "\(task.id) is \(task.state)")
      if let dispatched = task.dispatched {
        hold(dispatched.attempt == task.nextAttempt, "\(task.id)")
      }
      hold((task.accepted != nil) == (task.state == .succeeded), "\(task.id)")
      if let accepted = task.accepted {
        hold(task.attempts[accepted - 1].outcome == .succeeded, "\(task.id)")
      }
    }
    for (key, count) in done {
      hold(count <= 1 + allowed[key, default: 0], "an effect happened \(count) times")
    }
    let busy = stage.board.running.compactMap { $0.record.dispatched?.effectKey }
    hold(Set(busy).count == busy.count, "one effect runs twice")
  }

  /// Slots in use are live attempts, and no pass hands out more than there are.
  private func checkSlots(_ plan: Planner.Plan) {
    let moment = stage.moment
    let started = plan.decisions.filter { $0.verdict.word == "start" }
    hold(started.count <= moment.slots, "more started than there are slots")
    for (name, free) in moment.executors {
      let count = started.count { stage.board[$0.task]?.record.specification.executor == name }
      hold(count <= max(0, free), "more started than \(name) takes")
    }
  }

  /// What must hold of a plan before it is carried out.
  func checkPlan(_ plan: Planner.Plan) throws {
    hold(plan == stage.look(), "the same board and moment gave another plan")
    var narrow = stage.board
    narrow.narrow()
    let again = Planner(board: narrow, rules: stage.rules, moment: stage.moment).plan()
    hold(plan == again, "what no task asks for changed the plan")
    let decided = Set(plan.decisions.map(\.task))
    hold(decided.count == plan.decisions.count, "two decisions about one task")
    for run in stage.board.runsInOrder where run.record.state == .active {
      for task in run.tasksInOrder.map(\.record) { checkReason(of: task, in: plan) }
    }
    checkBudgets(plan)
    checkWarnings(plan)
    checkSlots(plan)
    checkBreakers(plan)
    checkKeys(plan)
    checkQuotas(plan)
    if stage.board.main?.isFrozen == true {
      hold(!plan.decisions.contains { $0.verdict.word == "start" }, "started while frozen")
    }
  }

  /// One incident for one thing that is down, one probe at a time, and nobody else meanwhile.
  private func checkBreakers(_ plan: Planner.Plan) {
    let incidents = stage.board.incidents.values
    hold(Set(incidents.map(\.scope)).count == incidents.count, "two incidents of one scope")
    let underWay = stage.board.running.flatMap { $0.record.dispatched?.probes ?? [] }
    let starting = plan.decisions.flatMap { decision in
      decision.reasons.filter { $0.code == .probe }.compactMap { $0.values["incident"]?.text }
    }
    let probes = underWay + starting
    hold(Set(probes).count == probes.count, "two probes of one incident")
    for incident in incidents {
      guard case .executor(let name) = incident.scope else { continue }
      for decision in plan.decisions where decision.verdict.word == "start" {
        guard stage.board[decision.task]?.record.specification.executor == name else { continue }
        let isProbe = decision.reasons.contains { $0.values["incident"]?.text == incident.id }
        hold(isProbe, "\(decision.task) starts although \(name) is down")
        hold(
          incident.breaker?.probe.map { $0 <= stage.now } == true, "probed \(name) too early")
      }
    }
  }

  /// Every task that neither runs nor has succeeded has exactly one named reason, with the time or
  /// the event that clears it; a task that runs has one only for being stopped.
  private func checkReason(of task: TaskRecord, in plan: Planner.Plan) {
    let reason = Standings(plan, at: stage.now).reason(of: task)
    switch task.state {
    case .running:
      hold(
        task.reason == nil || task.isEnding, "\(task.id) runs and is \(task.reason?.code as Any)")
      return
    case .succeeded: return
    case .pending, .waiting, .held, .failed, .skipped, .expired, .cancelled: break
    }
    guard let reason else {
      Issue.record("\(task.id) is \(task.state) without a reason; \(how)")
      return
    }
    switch reason.clears {
    case .event(let name): hold(!name.isEmpty, "\(task.id): an event without a name")
    case .at(let instant):
      let decision = plan.decisions.first { $0.task == task.id }
      guard task.state == .pending, decision == nil || decision?.verdict == .wait else { return }
      hold(instant > stage.now, "\(task.id) waits for the past: \(reason.code)")
      hold(plan.wake.map { $0 <= instant } == true, "nobody wakes for \(task.id)")
    }
  }

  /// Each piece of news about a deadline is told once, while the task is open.
  private func checkWarnings(_ plan: Planner.Plan) {
    for told in plan.warnings {
      guard let task = stage.board[told.task]?.record else { continue }
      let same = task.warnings.contains {
        $0.code == told.warning.code && $0.deadline == told.warning.deadline
      }
      hold(!same, "\(told.task) is told twice that it is \(told.warning.code)")
      hold(!task.state.isTerminal, "\(told.task) has ended and is warned of")
      let isPast = stage.now >= told.warning.deadline
      hold((told.warning.code == .missed) == isPast, "\(told.task) is \(told.warning.code)")
    }
  }

  /// No key has more attempts under way than the tightest bound of those that start.
  private func checkKeys(_ plan: Planner.Plan) {
    var live: [String: Int] = [:]
    func count(_ task: TaskRecord, _ claims: Claims) -> Set<String> {
      let keys = Set(
        claims.keys + ["executor:\(task.specification.executor)", "pipeline:article"])
      for key in keys { live[key, default: 0] += 1 }
      return keys
    }
    for task in stage.board.running.map(\.record) {
      if let claims = task.dispatched?.claims { _ = count(task, claims) }
    }
    for decision in plan.decisions {
      guard let claims = decision.claims, let task = stage.board[decision.task]?.record else {
        continue
      }
      let own = task.specification.limits.concurrency
      for key in count(task, claims) {
        guard let most = [own[key], stage.rules.keys[key]].compactMap(\.self).min() else {
          continue
        }
        let used = live[key, default: 0]
        hold(used <= most, "\(used) attempts under \(key), which takes \(most)")
      }
    }
  }

  /// What succeeded in the window, what runs and what starts stays within each quota.
  private func checkQuotas(_ plan: Planner.Plan) {
    var used: [String: Int] = [:]
    for use in stage.board.quotas.uses where use.claim.until > stage.now {
      used[use.claim.key, default: 0] += use.claim.amount
    }
    let live = stage.board.running.compactMap { $0.record.dispatched?.claims?.quotas }
    for claim in live.joined() { used[claim.key, default: 0] += claim.amount }
    for decision in plan.decisions {
      let rules = stage.board[decision.task]?.record.specification.limits.quotas ?? []
      for claim in decision.claims?.quotas ?? [] {
        used[claim.key, default: 0] += claim.amount
        let limit = rules.first { $0.key == claim.key }?.limit ?? 0
        hold(used[claim.key, default: 0] <= limit, "the quota of \(claim.key) is overdrawn")
      }
    }
  }

  /// Committed plus reserved spend within every cap, at the dispatch that adds to it.
  private func checkBudgets(_ plan: Planner.Plan) {
    let board = stage.board
    var day = board.spend.days[stage.now.day] ?? 0
    var runs = board.spend.runs
    var pipeline = board.spend.pipelines[stage.now.day]?["article"] ?? 0
    let own = stage.rules.pipelines.values.first
    for task in board.running.map(\.record) {
      let micros = task.dispatched?.reserved?.micros ?? 0
      day += micros
      pipeline += micros
      runs[task.run, default: 0] += micros
    }
    for decision in plan.decisions {
      guard case .start(_, let reserved?) = decision.verdict else { continue }
      day += reserved.micros
      runs[decision.task.run, default: 0] += reserved.micros
      pipeline += reserved.micros
      let budget =
        board.runs[decision.task.run]?.record.budget ?? own?.runCost ?? stage.rules.runCost
      if let cap = own?.dayCost {
        hold(pipeline <= cap.micros, "the pipeline's day is overdrawn")
      }
      if let task = board[decision.task]?.record, let cap = task.specification.limits.cost {
        let spent = task.attempts.reduce(reserved.micros) { $0 + ($1.cost?.micros ?? 0) }
        hold(spent <= cap.micros, "\(task.id) overdraws its own budget")
      }
      hold(day <= stage.rules.dayCost?.micros ?? 0, "the day's budget is overdrawn")
      hold(
        runs[decision.task.run, default: 0] <= budget?.micros ?? 0, "a run's budget is overdrawn")
    }
  }

  /// Deleting every cache changes nothing: the files alone give the board, in any fitting order.
  func checkRefolding() throws {
    func rank(_ file: LedgerFile) -> Int {
      switch file {
      case .run: 0
      case .task: 1
      case .proposal: 2
      case .attempt, .judged: 3
      case .opening, .main, .intake, .decision, .incident: 0
      }
    }
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2 {
      let shuffled = stage.files.sorted { $0.key < $1.key }.map(\.value).shuffled(using: &random)
      var board = Board()
      for file in shuffled.enumerated().sorted(by: {
        (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
      }) { board.fold(file.element) }
      hold(board.runs == stage.board.runs, "folded again, runs differ")
      hold(board.effects == stage.board.effects, "folded again, effects differ")
      hold(board.durations == stage.board.durations, "folded again, durations differ")
      hold(board.spend == stage.board.spend, "folded again, spend differ")
      hold(board.main == stage.board.main, "folded again, main differ")
      hold(board.incidents == stage.board.incidents, "folded again, incidents differ")
      hold(board.durations == stage.board.durations, "folded again, durations differ")
      hold(board.dispatches == stage.board.dispatches, "folded again, dispatches differ")
      hold(board.quotas == stage.board.quotas, "folded again, quotas differ")
      hold(board.latest == stage.board.latest, "folded again, latest differ")
    }
  }
}

@Suite struct LifeTests {
  /// In tens, so that a failure is found by its seed and the list of tests stays short.
  @Test(arguments: 0..<40)
  func theInvariantsHoldThroughAWholeLife(_ ten: Int) throws {
    for seed in (ten * 10)..<(ten * 10 + 10) {
      var life = try Life(seed: seed)
      do { try life.live() } catch { Issue.record("\(error); \(life.how)") }
    }
  }

  @Test func oneSeedIsOneLife() throws {
    var (one, two) = (try Life(seed: 11), try Life(seed: 11))
    try one.live()
    try two.live()
    #expect(
      one.stage.files.mapValues(\.json.canonical) == two.stage.files.mapValues(\.json.canonical))
  }
}
