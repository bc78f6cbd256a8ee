import HeadwayCore
import HeadwayTestSupport
import Testing

/// Random graphs under random join rules and conditions, whose tasks end one way, then the other,
/// in any order: what is left in the end is what a plain reading of the graph says, whatever
/// happened in between.
struct JoinModel {
  let seed: Int
  private var random: SeededGenerator
  private var stage: Stage
  private let tasks: [PlannedTask]
  /// Whether each task would succeed if it ran now.
  private var fate: [Name: Bool] = [:]
  /// What each task would deliver as `v`.
  private var value: [Name: Int] = [:]

  init(seed: Int) throws {
    self.seed = seed
    var random = SeededGenerator(seed: seed)
    var tasks: [PlannedTask] = []
    for index in 0..<(2 + random.below(8)) {
      let after = (0..<index).filter { _ in random.onceIn(2) }.map { "t\($0)" }
      tasks.append(
        try .named(
          "t\(index)", after: after,
          when: after.isEmpty ? .allSucceeded : random.pick(JoinRule.allCases),
          retry: RetryRule(attempts: 1), exhausted: .fail,
          condition: after.isEmpty || random.onceIn(2)
            ? nil : try Self.condition(on: random.pick(after)), fields: ["v": .number]))
    }
    self.tasks = tasks
    stage = try Stage(tasks)
    stage.tripsEvery = 50
    for task in tasks {
      fate[task.name] = random.onceIn(2)
      value[task.name] = random.below(2)
    }
    self.random = random
  }

  private static func condition(on task: String) throws -> TaskCondition {
    let condition = try Condition("\(task)/out.md:v > 0")
    return TaskCondition(
      condition, source: .field(task: try #require(Name(task)), output: "out.md", path: "v"))
  }

  var how: Comment { "seed \(seed): run again with `try JoinModel(seed: \(seed)).live()`" }

  mutating func live() throws {
    for _ in 0..<(5 + random.below(25)) {
      switch random.below(3) {
      case 0: try stage.decide()
      case 1: try settleOne()
      default: try turnOne()
      }
    }
    for _ in 0..<200 {
      try stage.settleDown()
      guard !stage.board.running.isEmpty else { break }
      try settleOne()
    }
    let expected = expected()
    for task in tasks {
      #expect(try stage.state(task.name.text) == expected[task.name], "\(task.name); \(seed)")
    }
    let hasFailed = expected.values.contains(.failed)
    #expect(stage.runState == (hasFailed ? .failed : .succeeded), how)
  }

  private mutating func settleOne() throws {
    let running = stage.board.running.map(\.record.task)
    guard !running.isEmpty else { return }
    let name = random.pick(running)
    let works = fate[name] ?? true
    try stage.settle(
      name.text, works ? .succeeds("{ \"v\": \(value[name] ?? 0) }") : .fails(.transient))
  }

  /// The world changes for one task, and a person has it done again.
  private mutating func turnOne() throws {
    let name = random.pick(tasks).name
    fate[name]?.toggle()
    let before = value[name]
    value[name] = random.below(2)
    do { try stage.say(.retry(stage.id(name.text))) } catch is VerbRefusal {
      value[name] = before
      // What runs ends in the new way. What has not run may have done the same work before: it
      // would be taken up as it was, since nobody asked for it to be done again.
      if try stage.state(name.text) != .running { fate[name]?.toggle() }
    }
  }

  /// The graph read from its beginning, as a person would.
  private func expected() -> [Name: TaskState] {
    var states: [Name: TaskState] = [:]
    for task in tasks {
      let before = task.after.compactMap { states[$0] }
      let runs =
        switch task.when {
        case .allSucceeded: before.allSatisfy { $0 == .succeeded }
        case .allDone: true
        case .anySucceeded: before.contains(.succeeded)
        case .anyFailed: before.contains(.failed)
        }
      var holds = true
      if case .field(let read, _, _)? = task.condition?.source {
        holds = states[read] == .succeeded && value[read] == 1
      }
      states[task.name] =
        runs && holds ? (fate[task.name] == true ? .succeeded : .failed) : .skipped
    }
    return states
  }
}

@Suite struct JoinModelTests {
  @Test(arguments: 0..<20)
  func theEndDoesNotDependOnTheOrder(_ ten: Int) throws {
    for seed in (ten * 10)..<(ten * 10 + 10) {
      var model = try JoinModel(seed: seed)
      do { try model.live() } catch { Issue.record("\(error); \(model.how)") }
    }
  }

  /// A handler of failures is called off when what had failed succeeds after all.
  @Test func aHandlerIsSkippedOnceNothingHasFailed() throws {
    var stage = try Stage([
      try .named("a", retry: RetryRule(attempts: 1), exhausted: .fail),
      try .named("mend", after: ["a"], when: .anyFailed), try .named("b", after: ["mend"]),
    ])
    try stage.perform("a", .fails(.transient))
    try stage.perform("mend")
    try stage.perform("b")
    try stage.say(.retry(stage.id("a")))
    try stage.perform("a")
    try stage.settleDown()
    #expect(try stage.state("mend") == .skipped)
    #expect(try stage.state("b") == .skipped)
    #expect(try stage.task("mend").attempts.count == 1)
    #expect(stage.runState == .succeeded)
  }

  /// What failed with other inputs than those that stand now is tried with these.
  @Test func aFailureIsTriedAgainWithNewInputs() throws {
    let never = RetryRule(attempts: 1)
    var stage = try Stage([
      try .named("a"), try .named("b", after: ["a"], retry: never, exhausted: .fail),
    ])
    try stage.perform("a", .succeeds("one"))
    try stage.perform("b", .fails(.transient))
    try stage.settleDown()
    #expect(try stage.state("b") == .failed)
    try stage.say(.retry(stage.id("a")))
    try stage.perform("a", .succeeds("two"))
    try stage.perform("b")
    #expect(stage.runState == .succeeded)
  }

  /// However long a chain is, looking at it takes no more of the stack.
  @Test func aChainOfTenThousandIsReadInOneGo() throws {
    var stage = try Stage()
    stage.tripsEvery = 1_000
    try stage.admit(
      (0..<10_000).map {
        try .named("t\($0)", after: $0 == 0 ? [] : ["t\($0 - 1)"], when: .allDone)
      })
    let id = try #require(Stage.launch)
    var run = try #require(stage.board.runs[id])
    for name in run.tasks.keys { run.tasks[name]?.record.state = .skipped }
    #expect(run.currentTasks.isEmpty)
    for name in run.tasks.keys { run.tasks[name]?.record.state = .failed }
    #expect(run.currentTasks.count == 10_000)
  }
}
