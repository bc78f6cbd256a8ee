import HeadwayCore
import HeadwayTestSupport
import Testing

/// A whole life of a small project, made up from a seed: runs with random graphs, attempts that end
/// in every way, people who reject, edit, cancel and retry, a clock that jumps.
///
/// After every event the invariants must hold.
struct Life {
  let seed: Int
  var random: SeededGenerator
  var stage: Stage
  var plans: [RunID: [PlannedTask]] = [:]
  /// How often each effect key succeeded, and how many repetitions people allowed.
  var done: [String: Int] = [:]
  var allowed: [String: Int] = [:]

  init(seed: Int) throws {
    self.seed = seed
    random = SeededGenerator(seed: seed)
    var rules = Stage.rules(
      concurrency: 1 + random.below(4), runCost: Stage.usd(Int64(200_000 + random.below(900_000))),
      dayCost: Stage.usd(Int64(300_000 + random.below(2_000_000))), limit: random.pick([nil, 1, 2]))
    if let writer = Name("writer"), let model = ModelName("acme/large") {
      rules.executors[writer]?.routes = random.pick([
        [.init(model: model, keys: ["KEY"])],
        [.init(model: model, keys: ["KEY"]), .init(model: .extractive)],
      ])
    }
    rules.settle = random.pick([.zero, .seconds(20)])
    if random.onceIn(2) {
      rules.keys = random.pick([["pipeline:article": 2], ["executor:writer": 1, "k:0": 1]])
    }
    if let article = Name("article"), random.onceIn(3) {
      rules.pipelines[article] = .init(
        runCost: random.maybe { Stage.usd(Int64(150_000 + $0.below(900_000))) },
        dayCost: Stage.usd(Int64(200_000 + random.below(900_000))))
    }
    if let worker = Name("worker"), random.onceIn(3) {
      rules.executors[worker]?.rate = Rate(
        count: 1 + random.below(9), per: .minutes(1), burst: 1 + random.below(3))
    }
    stage = try Stage(rules: rules)
    stage.tripsEvery = 25
    stage.skipsSettling = random.onceIn(3)
    for _ in 0...random.below(3) { try admit() }
  }

  /// `swift test --filter LifeTests` with the seed of a failure put first shows it again.
  var how: Comment { "seed \(seed): run again with `try Life(seed: \(seed)).live()`" }

  // MARK: What happens

  mutating func live() throws {
    for _ in 0..<30 {
      try event()
      try plan()
    }
    try finish()
    try checkRefolding()
  }

  private mutating func event() throws {
    stage.wait(Span(milliseconds: Int64(random.below(120_000))))
    switch random.below(20) {
    case 0..<9: try settleOne()
    case 9..<12: try answerOne()
    case 12..<14: try wake()
    case 14..<16: try sayOne()
    case 16: try reviseOne()
    case 17 where random.onceIn(2): try freezeOrThaw()
    case 17: try clearOne()
    case 18 where plans.count < 6: try admit()
    default: break
    }
    try check()
  }

  private mutating func plan() throws {
    for pass in 0..<200 {
      let plan = stage.look()
      try checkPlan(plan)
      let decisions = try stage.decide(plan)
      for decision in decisions { try proposeIfAsked(decision) }
      try check()
      if decisions.isEmpty { return }
      if pass == 199 { Issue.record("planning does not come to rest; \(how)") }
    }
  }

  private mutating func proposeIfAsked(_ decision: Decision) throws {
    guard case .propose = decision.verdict else { return }
    try stage.propose(decision.task.task.text, run: decision.task.run)
  }

  private mutating func admit() throws {
    let run = try #require(RunID("run-00000\(plans.count)"))
    let tasks = try graph()
    plans[run] = tasks
    try stage.admit(tasks, run: run)
  }

  private mutating func graph() throws -> [PlannedTask] {
    let count = 1 + random.below(7)
    let executors = ["worker", "worker", "writer", "creator", "publisher"]
    var tasks: [PlannedTask] = []
    for index in 0..<count {
      let after = (0..<index).filter { _ in random.onceIn(3) }.map { "t\($0)" }
      let executor = random.pick(executors)
      let isSigned = executor == "creator" && !after.isEmpty
      tasks.append(
        try .named(
          "t\(index)", executor, after: after,
          when: random.pick([.allSucceeded, .allSucceeded, .allDone, .anySucceeded, .anyFailed]),
          work: "\(random.below(3))", once: random.pick(["one", "two", "three"]),
          retry: RetryRule(attempts: 1 + random.below(3)),
          timeouts: Timeouts(finish: random.onceIn(6) ? .hours(1) : nil), limits: try limits(),
          exhausted: random.pick([.hold, .fail]), priority: random.below(101),
          deadline: random.onceIn(4) ? stage.now + .minutes(Int64(random.below(600))) : nil,
          onReject: isSigned
            ? RejectionRule(retry: try #require(Name(random.pick(after))), times: 1)
            : nil))
    }
    return tasks
  }

  private mutating func limits() throws -> TaskLimits {
    TaskLimits(
      cost: random.onceIn(4) ? Stage.usd(Int64(100_000 + random.below(300_000))) : nil,
      concurrency: random.onceIn(3) ? ["k:\(random.below(2))": 1 + random.below(2)] : [:],
      quotas: random.onceIn(4)
        ? [
          QuotaRule(
            name: try #require(Name("units")), key: "k:\(random.below(2))",
            amount: 1 + random.below(2), limit: 2 + random.below(3),
            window: random.pick([.sliding(.hours(1)), .calendar(.day, .utc)]),
            onExceed: random.pick([.wait, .wait, .hold]))
        ] : [])
  }

  private mutating func end(_ task: TaskRecord) -> Stage.End {
    let cost = task.dispatched?.reserved.map {
      Stage.usd(Int64.random(in: 0...$0.micros, using: &random))
    }
    switch random.below(12) {
    case 0: return .lost
    case 1: return .cancelled
    case 2: return .fails(.transient, cost: cost)
    case 3: return .fails(.rateLimited, retryAfter: .minutes(Int64(random.below(90))))
    case 4: return .fails(random.pick(Array(FailureClass.allCases)), cost: cost)
    default: return .succeeds("out \(random.below(3))", cost: cost)
    }
  }

  private mutating func settleOne(well: Bool = false) throws {
    let running = stage.board.running.map(\.record)
    guard !running.isEmpty else { return }
    let task = random.pick(running)
    try settle(task, well ? .succeeds("out") : end(task))
  }

  private mutating func settle(_ task: TaskRecord, _ end: Stage.End) throws {
    if case .succeeds = end, let key = task.dispatched?.effectKey {
      done[key, default: 0] += 1
    }
    try stage.settle(task.task.text, end, outages: outages(of: task, end), run: task.run)
  }

  /// A failure of the executor as a whole, of its model or of its key; `nil` for the usual.
  private mutating func outages(of task: TaskRecord, _ end: Stage.End) -> [Outage]? {
    guard case .fails(let kind, _, _) = end, kind.isOfExecutor,
      task.specification.executor.text == "writer", let model = ModelName("acme/large")
    else { return nil }
    return [
      Outage(
        scope: random.pick([.key("KEY"), .model(model)]), kind: kind, cause: "down",
        keys: [.init(name: "KEY", ending: "x7Q", digest: "d")],
        retryAfter: random.maybe { .minutes(Int64($0.below(90))) })
    ]
  }

  private mutating func answerOne(well: Bool = false) throws {
    let waiting = stage.board.tasksInOrder.map(\.record).filter { $0.state == .waiting }
    guard !waiting.isEmpty else { return }
    let task = random.pick(waiting)
    let name = task.task.text
    switch well ? 9 : random.below(10) {
    case 0..<2: try stage.reject(name, run: task.run)
    case 2: try stage.judge(name, .void(.inputsChanged), run: task.run)
    case 3: try stage.judge(name, .expired, run: task.run)
    case 4: try stage.judge(name, .withdrawn, run: task.run)
    case 5: try stage.judge(name, .open, run: task.run)
    default: try stage.approve(name, run: task.run)
    }
  }

  private mutating func wake() throws {
    if let wake = stage.look().wake { stage.now = max(stage.now, wake) }
    if random.onceIn(8) { stage.wait(.days(1)) }
  }

  private mutating func sayOne() throws {
    guard let task = stage.board.tasksInOrder.map(\.record).randomElement(using: &random) else {
      return
    }
    let outputs = task.specification.outputs.mapValues { _ in [UInt8]() }
    let verbs: [Verb] = [
      .retry(task.id), .cancelTask(task.id), .repeatEffect(task.id),
      .adopt(task.id, outputs: outputs), .cancel(task.run), .retry(task.id), .hold(task.id),
      .release(task.id), .holdRun(task.run), .releaseRun(task.run),
    ]
    try say(random.pick(verbs), of: task)
  }

  private mutating func say(_ verb: Verb, of task: TaskRecord) throws {
    let blobs = task.specification.outputs.mapValues { _ in Stage.blob("adopted") }
    let key = task.effectKey(anchor: Stage.anchor)
    do {
      try stage.say(verb, blobs: blobs)
    } catch is VerbRefusal { return }
    switch verb {
    case .adopt: if let key { done[key, default: 0] += 1; allowed[key, default: 0] += 1 }
    case .repeatEffect, .retry: if let key { allowed[key, default: 0] += allowance(task.id) }
    default: break
    }
  }

  private func allowance(_ id: TaskID) -> Int { stage.board[id]?.record.allowance == nil ? 0 : 1 }

  private mutating func reviseOne() throws {
    let active = stage.board.runsInOrder.map(\.record).filter { $0.state == .active }.map(\.id)
    guard !active.isEmpty else { return }
    let run = random.pick(active)
    var tasks = try graph()
    let before = plans[run] ?? []
    if random.onceIn(2) { tasks = before }
    plans[run] = tasks
    try stage.revise(tasks, run: run, budget: random.maybe { Stage.usd(Int64($0.below(900_000))) })
  }

  private mutating func freezeOrThaw() throws {
    try stage.say(stage.board.main?.freeze == nil ? .freeze : .thaw)
  }

  private mutating func clearOne() throws {
    guard let id = stage.board.incidents.keys.sorted().first else { return }
    try stage.say(.clear(incident: id))
  }

  /// From here on everything goes well and people answer: the project must come to its end.
  private mutating func finish() throws {
    if stage.board.main?.freeze != nil { try stage.say(.thaw) }
    while !stage.board.incidents.isEmpty { try clearOne() }
    stage.skipsSettling = true
    for run in stage.board.runsInOrder.map(\.record) where run.hold != nil {
      try stage.say(.releaseRun(run.id))
    }
    for _ in 0..<600 {
      try plan()
      guard stage.board.runs.values.contains(where: { $0.record.state == .active }) else { break }
      for task in stage.board.running.map(\.record) {
        try settle(task, .succeeds("out", cost: nil))
      }
      try answerOne(well: true)
      for task in stage.board.tasksInOrder.map(\.record)
      where task.state == .held || task.hold != nil { try release(task) }
      if let wake = stage.look().wake { stage.now = max(stage.now, wake) }
      try check()
    }
    for run in stage.board.runs.values where run.record.state == .active {
      let reasons = Standings(stage.look(), at: stage.now)
      let left = run.tasksInOrder.map { task in
        let reason = reasons.reason(of: task.record).map { " \($0.code) \($0.clears)" } ?? ""
        return "\(task.record.task) \(task.record.state)\(reason)"
      }
      Issue.record("\(run.record.id) never ends: \(left); \(how)")
    }
  }

  private mutating func release(_ task: TaskRecord) throws {
    switch task.reason?.code {
    case .alreadyDone: try say(.repeatEffect(task.id), of: task)
    case .runBudget, .taskBudget, .quota: try say(.cancelTask(task.id), of: task)
    case _ where task.isReleasable: try say(.release(task.id), of: task)
    default: try say(.retry(task.id), of: task)
    }
  }
}
