import HeadwayCore
import Testing

/// Deadlines that will be missed, were missed, or will be met after all: each told once.
@Suite struct WarningTests {
  static func told(_ stage: inout Stage) throws -> [String] {
    let plan = stage.look()
    try stage.decide(plan)
    return plan.warnings.map { "\($0.warning.code) \($0.task.task)" }
  }

  @Test func isToldWhenTheTimeGetsShortAndWhenItIsOver() throws {
    var stage = try Stage()
    let due = stage.now + .hours(1)
    try stage.say(.freeze)
    try stage.admit([try .named("a", deadline: due)])
    #expect(try Self.told(&stage) == [])
    // A minute's work: 45 minutes before the quarter begins, then 14 that still suffice.
    let quarter = try #require(stage.look().wake)
    #expect(quarter == due - .minutes(16) + Span(milliseconds: 1))
    stage.now = quarter
    #expect(try Self.told(&stage) == [], "there is little time, but enough")
    let late = try #require(stage.look().wake)
    #expect(late == due - .minutes(1) + Span(milliseconds: 1))
    stage.now = late
    #expect(try Self.told(&stage) == ["atRisk a"])
    #expect(try Self.told(&stage) == [], "once")
    #expect(stage.look().wake == due)
    stage.now = due
    #expect(try Self.told(&stage) == ["missed a"])
    stage.wait(.days(1))
    #expect(try Self.told(&stage) == [])
    #expect(try stage.task("a").warnings.map(\.code) == [.atRisk, .missed])
    let notices = stage.board.notices(rules: stage.rules, at: stage.now)
    #expect(notices.filter { $0.kind == .deadline }.count == 1, "the last word")
  }

  @Test func aLaterDeadlineIsGoodNews() throws {
    var stage = try Stage([
      try .named("a", deadline: Instant(milliseconds: 1_795_000_030_000))
    ])
    try stage.say(.freeze)
    #expect(try Self.told(&stage) == ["atRisk a"])
    let later = stage.now + .days(1)
    try stage.revise([try .named("a", deadline: later)])
    #expect(try Self.told(&stage) == ["recovered a"])
    #expect(try stage.task("a").warnings.last?.deadline == later)
    #expect(try Self.told(&stage) == [])
  }

  @Test func theLastTaskOfAChainSpeaksForItAndItsWholePathCounts() throws {
    let half = Estimate(duration: .minutes(30))
    var stage = try Stage()
    let due = stage.now + .minutes(80)
    try stage.say(.freeze)
    try stage.admit([
      try .named("a", deadline: due, estimate: half),
      try .named("b", after: ["a"], deadline: due, estimate: half),
      try .named("c", after: ["b"], deadline: due, estimate: half),
    ])
    #expect(try Self.told(&stage) == ["atRisk c"])
    let warning = try #require(try stage.task("c").warnings.first)
    #expect(warning.expected == stage.now + .minutes(90))
  }

  @Test func whatRunsAsItShouldIsNoRisk() throws {
    let half = Estimate(duration: .minutes(30))
    var stage = try Stage()
    let due = stage.now + .minutes(31)
    try stage.admit([try .named("a", deadline: due, estimate: half)])
    try stage.decide()
    stage.wait(.minutes(29))
    #expect(try Self.told(&stage) == [], "slack is short, but it will be in time")
    stage.wait(.minutes(2))
    #expect(try Self.told(&stage) == ["missed a"])
  }

  @Test func whatGoesBeforeItInTheQueueCounts() throws {
    let half = Estimate(duration: .minutes(30))
    var stage = try Stage(rules: Stage.rules(concurrency: 1))
    let due = stage.now + .hours(2)
    try stage.admit(
      try (0..<5).map { try .named("u\($0)", priority: 90, estimate: half) } + [
        try .named("a", deadline: due, estimate: half)
      ])
    try stage.decide()
    #expect(try Self.told(&stage) == [], "not yet: three quarters of the time are left")
    stage.now = try #require(stage.look().wake)
    #expect(stage.now < due)
    #expect(try Self.told(&stage) == ["atRisk a"])
    let warning = try #require(try stage.task("a").warnings.first)
    #expect(warning.expected == stage.now + .minutes(150), "four before it, and its own half hour")
  }
}
