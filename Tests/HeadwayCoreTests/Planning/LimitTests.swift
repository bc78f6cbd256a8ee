import HeadwayCore
import HeadwayTestSupport
import Testing

/// Places by key, rates, quotas, and the budgets of tasks and pipelines.
@Suite struct LimitTests {
  // MARK: Places by key

  @Test func aKeyHasItsPlacesOverAllRunsAndKeepsNobodyElseBack() throws {
    let limits = TaskLimits(concurrency: ["customer:acme": 1])
    var stage = try Stage([
      try .named("a", limits: limits), try .named("b", limits: limits), try .named("c"),
    ])
    #expect(AdmissionTests.started(try stage.decide()) == ["a", "c"])
    #expect(try stage.verdict("b") == "- keyBusy")
    try stage.settle("a")
    #expect(try stage.verdict("b") == "start")
  }

  static let projectKeys = [
    "executor:worker", "pipeline:article", "model:acme/large", "provider:acme",
  ]

  @Test(arguments: projectKeys)
  func theProjectLimitsWhatItNames(_ key: String) throws {
    var rules = Stage.rules()
    rules.keys = [key: 2]
    let worker = try #require(Name("worker"))
    rules.executors[worker]?.routes = [.init(model: ModelName("acme/large"))]
    var stage = try Stage((0..<4).map { try .named("t\($0)") }, rules: rules)
    #expect(AdmissionTests.started(try stage.decide()) == ["t0", "t1"])
    let reason = try #require(stage.look().reasons[stage.id("t2")])
    #expect(reason.code == .keyBusy)
    #expect(reason.values["key"] == .string(key))
  }

  @Test func anEditDoesNotFreeThePlaceOfWhatRuns() throws {
    let acme = TaskLimits(concurrency: ["customer:acme": 1])
    var stage = try Stage([try .named("a", limits: acme)])
    try stage.settleDown()
    try stage.revise([try .named("a", work: "2", limits: TaskLimits())])
    try stage.admit([try .named("b", limits: acme)], run: RunID("launch-000002"))
    #expect(try stage.verdict("b", run: RunID("launch-000002")) == "- keyBusy")
  }

  // MARK: Rates

  /// Starts at random moments, as early as the rate lets them or later.
  @Test(arguments: 0..<40)
  func noWindowHoldsMoreThanRateAndBurst(_ seed: Int) {
    var random = SeededGenerator(seed: seed)
    let rate = Rate(
      count: 1 + random.below(40), per: .seconds(Int64(1 + random.below(90))),
      burst: 1 + random.below(6))
    var (now, next) = (Instant(milliseconds: 1_000_000), Instant?.none)
    var starts: [Int64] = []
    for _ in 0..<400 {
      let opens = rate.opens(after: next, at: now)
      if random.onceIn(3) { now = now + Span(milliseconds: Int64(random.below(5_000))) }
      now = max(now, opens)
      next = rate.next(after: next, startingAt: now)
      starts.append(now.milliseconds)
    }
    for first in starts.indices {
      for last in starts[first...].indices {
        let (length, count) = (Double(starts[last] - starts[first]), last - first + 1)
        let most =
          Double(rate.burst) + length * Double(rate.count) / Double(rate.per.milliseconds)
        guard Double(count) > most + 1e-6 else { continue }
        Issue.record("\(count) starts in \(length) ms of \(rate), seed \(seed)")
        return
      }
    }
  }

  @Test func aRateLetsItsBurstGoAndThenOneByOne() throws {
    var rules = Stage.rules()
    let worker = try #require(Name("worker"))
    rules.executors[worker]?.rate = Rate(count: 30, per: .minutes(1), burst: 2)
    var stage = try Stage((0..<4).map { try .named("t\($0)") }, rules: rules)
    #expect(AdmissionTests.started(try stage.decide()) == ["t0", "t1"])
    let reason = try #require(stage.look().reasons[stage.id("t2")])
    #expect(reason.code == .rate)
    #expect(reason.clears == .at(stage.now + .seconds(2)))
    #expect(stage.look().wake == stage.now + .seconds(2))
    #expect(try stage.decide().isEmpty, "a rate's waits can be derived")
    stage.wait(.seconds(2))
    #expect(AdmissionTests.started(try stage.decide()) == ["t2"])
    rules.executors[worker]?.rate = Rate(count: 1_000, per: .seconds(1))
    stage.rules = rules
    stage.wait(Span(milliseconds: 1))
    #expect(AdmissionTests.started(try stage.decide()) == ["t3"], "raised, it holds at once")
  }

  // MARK: Quotas

  static func quota(
    _ limit: Int, _ window: QuotaWindow = .sliding(.hours(24)), amount: Int = 1,
    key: String = "customer:acme", onExceed: ExceedRule = .wait
  ) throws -> TaskLimits {
    TaskLimits(quotas: [
      QuotaRule(
        name: try #require(Name("refunds")), key: key, amount: amount, limit: limit,
        window: window, onExceed: onExceed)
    ])
  }

  @Test func aQuotaCountsWhatRunsAndWhatSucceededUntilItsWindowEnds() throws {
    let limits = try Self.quota(2)
    var stage = try Stage((0..<3).map { try .named("t\($0)", limits: limits) })
    let begun = stage.now
    #expect(AdmissionTests.started(try stage.decide()) == ["t0", "t1"])
    try stage.settle("t0")
    stage.wait(.hours(1))
    let reason = try #require(stage.look().reasons[stage.id("t2")])
    #expect(reason.code == .quota)
    #expect(reason.clears == .at(begun + .hours(24)))
    try stage.settle("t1", .fails(.refused))
    #expect(try stage.verdict("t2") == "start", "what failed gives its unit back")
  }

  @Test func aQuotaOpensWhenItsWindowEnds() throws {
    let limits = try Self.quota(1)
    var stage = try Stage((0..<2).map { try .named("t\($0)", limits: limits) })
    try stage.perform("t0")
    let opens = try #require(stage.look().wake)
    stage.now = opens
    #expect(try stage.verdict("t1") == "start")
    // Another customer has a quota of its own.
    try stage.admit(
      [try .named("x", limits: try Self.quota(1, key: "customer:bolt"))],
      run: RunID("launch-000002"))
    #expect(try stage.verdict("x", run: RunID("launch-000002")) == "start")
  }

  @Test func aQuotaMayHoldAndOneThatCanNeverBeMetHolds() throws {
    var stage = try Stage([
      try .named("a", limits: try Self.quota(1, onExceed: .hold)),
      try .named("b", limits: try Self.quota(1, onExceed: .hold)),
      try .named("c", limits: try Self.quota(3, amount: 4, key: "other")),
    ])
    try stage.settleDown()
    #expect(try stage.task("b").reason?.code == .quota)
    #expect(try stage.state("b") == .held)
    #expect(try stage.state("c") == .held)
  }

  static let ends: [(QuotaWindow.CalendarUnit, String, String, String)] = [
    (.day, "UTC", "2026-11-23T10:15:30Z", "2026-11-24T00:00:00Z"),
    (.week, "UTC", "2026-11-23T10:15:30Z", "2026-11-30T00:00:00Z"),
    (.week, "UTC", "2026-11-29T23:59:59Z", "2026-11-30T00:00:00Z"),
    (.month, "UTC", "2026-12-23T10:15:30Z", "2027-01-01T00:00:00Z"),
    (.quarter, "UTC", "2026-11-23T10:15:30Z", "2027-01-01T00:00:00Z"),
    (.quarter, "UTC", "2026-02-28T10:15:30Z", "2026-04-01T00:00:00Z"),
    (.year, "UTC", "2026-11-23T10:15:30Z", "2027-01-01T00:00:00Z"),
    (.day, "Europe/Berlin", "2026-11-23T23:30:00Z", "2026-11-24T23:00:00Z"),
    // The day on which Berlin's clocks go forward has 23 hours.
    (.day, "Europe/Berlin", "2026-03-28T23:30:00Z", "2026-03-29T22:00:00Z"),
    (.month, "Australia/Lord_Howe", "2026-03-31T20:00:00Z", "2026-04-30T13:30:00Z"),
  ]

  @Test(arguments: ends)
  func aCalendarWindowEndsWhereItsZoneSays(
    _ unit: QuotaWindow.CalendarUnit, _ zone: String, _ now: String, _ end: String
  ) throws {
    let window = QuotaWindow.calendar(unit, try #require(Zone(zone)))
    let now = try #require(Instant(iso: now))
    #expect(window.end(at: now) == Instant(iso: end))
  }

  // MARK: Money

  @Test func aTaskStaysWithinItsOwnBudget() throws {
    let limits = TaskLimits(cost: Stage.usd(150_000))
    var stage = try Stage([try .named("a", "writer", limits: limits)])
    try stage.perform("a", .fails(.badOutput, cost: Stage.usd(90_000)))
    #expect(try stage.verdict("a") == "hold taskBudget")
    try stage.settleDown()
    try stage.revise([try .named("a", "writer", limits: TaskLimits(cost: Stage.usd(300_000)))])
    #expect(try stage.verdict("a") == "start", "an edit may raise it")
  }

  @Test func aPipelineHasADayOfItsOwn() throws {
    var rules = Stage.rules()
    let article = try #require(Name("article"))
    rules.pipelines[article] = .init(runCost: Stage.usd(500_000), dayCost: Stage.usd(150_000))
    var stage = try Stage([try .named("a", "writer"), try .named("b", "writer")], rules: rules)
    try stage.perform("a", .succeeds("a", cost: Stage.usd(90_000)))
    #expect(try stage.verdict("b") == "- pipelineBudget", "said when a started")
    stage.now = try #require(stage.look().wake)
    #expect(try stage.verdict("b") == "start")
    rules.pipelines[article] = .init(runCost: Stage.usd(100_000))
    stage.rules = rules
    #expect(try stage.verdict("b") == "hold runBudget", "less than the project gives")
  }
}
