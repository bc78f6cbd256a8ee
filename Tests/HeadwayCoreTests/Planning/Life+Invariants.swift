import HeadwayCore
import Testing

extension Life {
  /// What must hold after every event, whatever it was.
  func check() throws {
    for task in stage.board.tasksInOrder.map(\.record) {
      let numbers = task.attempts.map(\.number)
      #expect(numbers == Array(1..<(numbers.count + 1)), "attempts of \(task.id); \(how)")
      let isOut = task.state == .running || task.state == .waiting
      #expect((task.dispatched != nil) == isOut, "\(task.id) is \(task.state); \(how)")
      if let dispatched = task.dispatched {
        #expect(dispatched.attempt == task.nextAttempt, "\(task.id); \(how)")
      }
      #expect((task.accepted != nil) == (task.state == .succeeded), "\(task.id); \(how)")
      if let accepted = task.accepted {
        #expect(task.attempts[accepted - 1].outcome == .succeeded, "\(task.id); \(how)")
      }
    }
    for (key, count) in done {
      #expect(count <= 1 + allowed[key, default: 0], "an effect happened \(count) times; \(how)")
    }
    let busy = stage.board.running.compactMap { $0.record.dispatched?.effectKey }
    #expect(Set(busy).count == busy.count, "one effect runs twice; \(how)")
  }

  /// Slots in use are live attempts, and no pass hands out more than there are.
  private func checkSlots(_ plan: Planner.Plan) {
    let moment = stage.moment
    let started = plan.decisions.filter { $0.verdict.word == "start" }
    #expect(started.count <= moment.slots, how)
    for (name, free) in moment.executors {
      let count = started.count { stage.board[$0.task]?.record.specification.executor == name }
      #expect(count <= max(0, free), how)
    }
  }

  /// What must hold of a plan before it is carried out.
  func checkPlan(_ plan: Planner.Plan) throws {
    #expect(plan == stage.look(), how)
    let decided = Set(plan.decisions.map(\.task))
    #expect(decided.count == plan.decisions.count, "two decisions about one task; \(how)")
    for run in stage.board.runsInOrder where run.record.state == .active {
      for task in run.tasksInOrder.map(\.record) { checkReason(of: task, in: plan) }
    }
    checkBudgets(plan)
    checkSlots(plan)
    if stage.board.main?.isFrozen == true {
      #expect(!plan.decisions.contains { $0.verdict.word == "start" }, how)
    }
  }

  /// Everything that is not finished and does not run says why, and for what it waits.
  private func checkReason(of task: TaskRecord, in plan: Planner.Plan) {
    let decision = plan.decisions.first { $0.task == task.id }
    switch task.state {
    case .running, .succeeded, .failed, .skipped, .expired, .cancelled: return
    case .held:
      #expect(task.reason != nil, "\(task.id) is held without a reason; \(how)")
    case .pending, .waiting:
      let reason = plan.reasons[task.id] ?? decision?.reasons.first
      guard let reason else {
        Issue.record("\(task.id) is \(task.state) without a reason; \(how)")
        return
      }
      if decision == nil || decision?.verdict == .wait, case .at(let instant) = reason.clears {
        #expect(instant > stage.now, "\(task.id) waits for the past; \(how)")
        #expect(plan.wake.map { $0 <= instant } == true, "nobody wakes for \(task.id); \(how)")
      }
      if case .event(let name) = reason.clears { #expect(!name.isEmpty, how) }
    }
  }

  /// Committed plus reserved spend within every cap, at the dispatch that adds to it.
  private func checkBudgets(_ plan: Planner.Plan) {
    let board = stage.board
    var day = board.spend.days[stage.now.day] ?? 0
    var runs = board.spend.runs
    for task in board.running.map(\.record) {
      let micros = task.dispatched?.reserved?.micros ?? 0
      day += micros
      runs[task.run, default: 0] += micros
    }
    for decision in plan.decisions {
      guard case .start(_, let reserved?) = decision.verdict else { continue }
      day += reserved.micros
      runs[decision.task.run, default: 0] += reserved.micros
      let budget = board.runs[decision.task.run]?.record.budget ?? stage.rules.runCost
      #expect(day <= stage.rules.dayCost?.micros ?? 0, how)
      #expect(runs[decision.task.run, default: 0] <= budget?.micros ?? 0, how)
    }
  }

  /// Deleting every cache changes nothing: the files alone give the board, in any fitting order.
  func checkRefolding() throws {
    func rank(_ file: LedgerFile) -> Int {
      switch file {
      case .run: 0
      case .task: 1
      case .proposal: 2
      case .judged: 3
      case .opening, .main, .attempt, .decision, .incident: 0
      }
    }
    var random = SeededGenerator(seed: seed)
    for _ in 0..<3 {
      let shuffled = stage.files.values.sorted { $0.path < $1.path }.shuffled(using: &random)
      var board = Board()
      for file in shuffled.enumerated().sorted(by: {
        (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
      }) { board.fold(file.element) }
      #expect(board.runs == stage.board.runs, how)
      #expect(board.effects == stage.board.effects, how)
      #expect(board.spend == stage.board.spend, how)
      #expect(board.main == stage.board.main, how)
      #expect(board.incidents == stage.board.incidents, how)
      #expect(board.latest == stage.board.latest, how)
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
