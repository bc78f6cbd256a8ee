import HeadwayCore
import Testing

/// Join rules against every state of what comes before.
@Suite struct JoinTests {
  enum Upstream: String, CaseIterable {
    case succeeded, failed, cancelled, skipped, held, running
  }

  /// `a` in the state that is asked for, `b` succeeded, `c` after both.
  static func stage(_ upstream: Upstream, _ rule: JoinRule) throws -> Stage {
    let isFailing = upstream == .failed || upstream == .skipped
    let never = RetryRule(attempts: 1)
    var tasks = [
      try PlannedTask.named("root", retry: never, exhausted: .fail),
      try PlannedTask.named("a", retry: never, exhausted: isFailing ? .fail : .hold),
      try PlannedTask.named("b"), try PlannedTask.named("c", after: ["a", "b"], when: rule),
    ]
    if upstream == .skipped {
      tasks[1] = try PlannedTask.named("a", after: ["root"])
    }
    var stage = try Stage(tasks)
    try stage.settleDown()
    try stage.settle("root", upstream == .skipped ? .fails(.transient) : .succeeds)
    try stage.settle("b")
    switch upstream {
    case .succeeded: try stage.settle("a")
    case .failed, .held: try stage.settle("a", .fails(.transient))
    case .cancelled:
      try stage.settle("a", .fails(.refused))
      try stage.decide()
      try stage.say(.cancelTask(stage.id("a")))
    case .skipped, .running: break
    }
    try stage.settleDown()
    let state = try stage.state("a")
    try #require(state.rawValue == upstream.rawValue)
    return stage
  }

  static let expected: [(Upstream, JoinRule, TaskState)] = [
    (.succeeded, .allSucceeded, .running), (.failed, .allSucceeded, .skipped),
    (.cancelled, .allSucceeded, .skipped), (.skipped, .allSucceeded, .skipped),
    (.held, .allSucceeded, .pending), (.running, .allSucceeded, .pending),
    (.succeeded, .allDone, .running), (.failed, .allDone, .running),
    (.cancelled, .allDone, .running), (.skipped, .allDone, .running),
    (.held, .allDone, .pending), (.running, .allDone, .pending),
    (.succeeded, .anySucceeded, .running), (.failed, .anySucceeded, .running),
    (.cancelled, .anySucceeded, .running), (.skipped, .anySucceeded, .running),
    (.held, .anySucceeded, .running), (.running, .anySucceeded, .running),
    (.succeeded, .anyFailed, .skipped), (.failed, .anyFailed, .running),
    (.cancelled, .anyFailed, .running), (.skipped, .anyFailed, .skipped),
    (.held, .anyFailed, .pending), (.running, .anyFailed, .pending),
  ]

  @Test(arguments: expected)
  func goesByItsRule(_ upstream: Upstream, _ rule: JoinRule, _ state: TaskState) throws {
    let stage = try Self.stage(upstream, rule)
    #expect(try stage.state("c") == state)
    if state == .pending {
      let reason = try #require(stage.look().reasons[stage.id("c")])
      #expect(reason.code == .dependencies)
      #expect(reason.values["tasks"] == ["a"])
    }
    if state == .skipped {
      #expect(try stage.task("c").reason?.code == .upstream)
    }
  }

  @Test func anySucceededIsImpossibleOnceAllHaveEndedOtherwise() throws {
    let never = RetryRule(attempts: 1)
    var stage = try Stage([
      try .named("a", retry: never, exhausted: .fail),
      try .named("b", retry: never, exhausted: .fail),
      try .named("c", after: ["a", "b"], when: .anySucceeded),
    ])
    try stage.perform("a", .fails(.transient))
    try stage.settleDown()
    #expect(try stage.state("c") == .pending)
    try stage.settle("b", .fails(.transient))
    try stage.settleDown()
    #expect(try stage.state("c") == .skipped)
    #expect(stage.runState == .failed)
  }

  @Test func aSkippedTaskGoesOnWhenWhatFailedSucceeds() throws {
    var stage = try Stage([
      try .named("a", retry: RetryRule(attempts: 1), exhausted: .fail),
      try .named("b", after: ["a"]), try .named("c", after: ["b"]),
    ])
    try stage.perform("a", .fails(.transient))
    try stage.settleDown()
    #expect(stage.runState == .failed)
    #expect(try stage.state("c") == .skipped)
    try stage.say(.retry(stage.id("a")))
    #expect(stage.runState == .active)
    try stage.perform("a")
    #expect(stage.runState == .active, "b and c have yet to run")
    try stage.perform("b")
    try stage.perform("c")
    #expect(stage.runState == .succeeded)
  }

  @Test func whatAFailedTaskOnceDeliveredIsNoInput() throws {
    let never = RetryRule(attempts: 1)
    var stage = try Stage([
      try .named("a", retry: never, exhausted: .fail),
      try .named("b", after: ["a"], when: .allDone),
    ])
    try stage.perform("a")
    try stage.perform("b")
    let before = try stage.task("b").attempts.last?.fingerprint
    #expect(stage.runState == .succeeded)
    try stage.say(.retry(stage.id("a")))
    try stage.perform("a", .fails(.transient))
    try stage.settleDown()
    #expect(try stage.state("a") == .failed)
    try stage.settle("b")
    #expect(try stage.task("b").attempts.last?.fingerprint != before)
    #expect(stage.runState == .failed)
  }
}
