import HeadwayCore
import Testing

/// Time limits, and what they make of work that is late.
@Suite struct TimeLimitTests {
  static let soon = Timeouts(start: .minutes(30), finish: .hours(1))

  @Test func aReadyTaskThatDoesNotStartInTimeExpires() throws {
    var stage = try Stage([
      try .named("a"), try .named("b", after: ["a"], timeouts: Timeouts(start: .minutes(30))),
    ])
    try stage.settleDown()
    stage.wait(.hours(2))
    #expect(try stage.verdict("b") == "- dependencies", "it is not ready yet")
    try stage.settle("a")
    stage.rules = Stage.rules(concurrency: 0)
    #expect(try stage.verdict("b") == "- slots")
    #expect(stage.look().wake == stage.now + .minutes(30), "somebody must wake up for it")
    stage.wait(.minutes(30))
    #expect(try stage.verdict("b") == "expire startTimeout")
    try stage.decide()
    #expect(stage.runState == .failed)
    stage.rules = Stage.rules()
    try stage.say(.retry(stage.id("b")))
    #expect(try stage.verdict("b") == "start")
  }

  @Test func theFirstEndThatLetsItGoOnMakesATaskReady() throws {
    var stage = try Stage([
      try .named("a"), try .named("b"),
      try .named(
        "c", after: ["a", "b"], when: .anySucceeded, timeouts: Timeouts(start: .minutes(30))),
    ])
    try stage.settleDown()
    stage.wait(.hours(1))
    try stage.settle("a")
    stage.rules = Stage.rules(concurrency: 0)
    stage.wait(.minutes(20))
    try stage.settle("b")
    stage.wait(.minutes(10))
    #expect(try stage.verdict("c") == "expire startTimeout")
  }

  @Test func aResultThatIsTakenUpAgainMakesReadyOnlyThen() throws {
    let limit = Timeouts(start: .minutes(30))
    func tasks(_ work: String) throws -> [PlannedTask] {
      [
        try .named("a", work: work), try .named("b", after: ["a"]),
        try .named("c", after: ["b"], timeouts: limit), try .named("open"),
      ]
    }
    var stage = try Stage(try tasks("1"))
    for name in ["a", "b"] { try stage.perform(name) }
    try stage.perform("c")
    stage.wait(.hours(5))
    // The same output, so that b's result is taken up and c's work stays the same.
    try stage.revise(try tasks("2"))
    try stage.perform("a", .succeeds("other"))
    try stage.perform("b", .succeeds("other"))
    stage.rules = Stage.rules(concurrency: 0)
    try stage.settleDown()
    #expect(try stage.verdict("c") == "- slots", "five hours have passed, but not for c")
    stage.wait(.minutes(30))
    #expect(try stage.verdict("c") == "expire startTimeout")
  }

  @Test func aRetryIsNoSecondStart() throws {
    var stage = try Stage([try .named("a", timeouts: Timeouts(start: .minutes(1)))])
    try stage.perform("a", .fails(.transient))
    stage.wait(.minutes(5))
    #expect(try stage.verdict("a") == "start")
  }

  static let doubtful: [Stage.End] = [.lost, .cancelled, .fails(.timeout)]

  @Test(arguments: doubtful.indices)
  func anEffectOfUnknownFateIsHeldHoweverLateItIs(_ index: Int) throws {
    var stage = try Stage([try .named("publish", "publisher", timeouts: Self.soon)])
    try stage.settleDown()
    stage.wait(.hours(2))
    try stage.settle("publish", Self.doubtful[index])
    #expect(try stage.verdict("publish") == "hold uncertain")
    try stage.decide()
    // Nor does it expire once an edit has asked for it anew.
    try stage.revise([
      try .named("publish", "publisher", work: "edited", timeouts: Self.soon)
    ])
    stage.wait(.hours(2))
    #expect(try stage.verdict("publish") == "hold uncertain")
  }

  @Test func givesUpWhenTheNextTryCannotFinishInTime() throws {
    // The pause is at least 15 and at most 30 minutes.
    for (limit, verdict) in [(Int64(14), "expire finishTimeout"), (31, "wait backOff")] {
      var stage = try Stage([
        try .named(
          "a", retry: RetryRule(base: .minutes(30)), timeouts: Timeouts(finish: .minutes(limit)))
      ])
      try stage.perform("a", .fails(.transient))
      #expect(try stage.verdict("a") == verdict)
    }
    var late = try Stage([try .named("a", timeouts: Timeouts(finish: .hours(2)))])
    try late.perform("a", .fails(.rateLimited, retryAfter: .hours(3)))
    #expect(try late.verdict("a") == "expire finishTimeout")
    try late.decide()
    #expect(try late.task("a").reason?.values["next"]?.text == "\(late.now + .hours(3))")
  }

  /// Whatever it failed of, and however soon the next try could begin.
  @Test(arguments: [Stage.End.fails(.transient), .fails(.badOutput), .lost])
  func givesUpWhenSuchWorkUsuallyTakesTooLong(_ end: Stage.End) throws {
    let limits = Timeouts(finish: .hours(1))
    let again = RunID("again-3f9c2b")
    var stage = try Stage([try .named("a", timeouts: limits)])
    try stage.settleDown()
    stage.wait(.minutes(50))
    try stage.settle("a")
    try stage.admit([try .named("a", timeouts: limits)], run: again)
    try stage.settleDown()
    stage.wait(.minutes(11))
    try stage.settle("a", end, run: again)
    #expect(try stage.verdict("a", run: again) == "expire finishTimeout")
  }

  // MARK: Clocks

  @Test func timeInWhichNobodyLookedIsGivenBack() throws {
    var stage = try Stage([try .named("a"), try .named("b", after: ["a"], timeouts: Self.soon)])
    try stage.settleDown()
    stage.wait(.minutes(20))
    let asleep = stage.now
    stage.wait(.days(3))
    stage.unheard = [Pause(asleep: asleep, woke: stage.now)]
    #expect(try stage.verdict("b") == "- dependencies")
    #expect(stage.look().wake == stage.now + .minutes(40))
    stage.wait(.minutes(40))
    #expect(try stage.verdict("b") == "expire finishTimeout")
  }

  @Test func pausesAddUpAndOthersChangeNothing() {
    let start = Instant(milliseconds: 0)
    let limit = start + .hours(10)
    func pause(_ from: Int64, _ to: Int64) -> Pause {
      Pause(asleep: start + .hours(from), woke: start + .hours(to))
    }
    #expect([pause(-5, -1)].extending(limit, since: start) == limit)
    #expect([pause(10, 20)].extending(limit, since: start) == limit, "it had passed before")
    #expect([pause(-5, 2)].extending(limit, since: start) == start + .hours(12))
    #expect([pause(1, 3), pause(11, 21)].extending(limit, since: start) == start + .hours(22))
    #expect(
      [pause(1, 30)].extending(limit, since: start, grace: .hours(24)) == start + .hours(54))
  }

  @Test func whatIsNoStretchOfTimeIsNoPause() {
    let now = Instant(milliseconds: 0)
    for woke in [now, now - .hours(1)] {
      #expect(Pause(json: Pause(asleep: now, woke: woke).json) == nil)
    }
    #expect(Pause(json: ["asleep": "yesterday", "woke": "today"]) == nil)
  }

  @Test func anAttemptMustEndBeforeItsTaskHasTo() throws {
    let stage = try Stage([try .named("a", timeouts: Timeouts(finish: .hours(1)))])
    let task = try stage.task("a")
    let start = stage.now + .minutes(10)
    #expect(task.deadline(of: .hours(5), from: start, unheard: []) == stage.now + .hours(1))
    #expect(task.deadline(of: .minutes(5), from: start, unheard: []) == start + .minutes(5))
    let pause = Pause(asleep: start, woke: stage.now + .hours(3))
    #expect(
      task.deadline(of: .hours(5), from: pause.woke, unheard: [pause])
        == pause.woke + .minutes(50))
  }
}
