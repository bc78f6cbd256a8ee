import HeadwayCore
import Testing

/// What stops work stops it in a forecast too, for as long as it would.
@Suite struct ForecastObstacleTests {
  private func end(of task: String, in forecast: Forecast) throws -> Forecast.End {
    try #require(forecast.tasks.first { $0.id.task.text == task }?.end)
  }

  private func standing(_ end: Forecast.End) -> ReasonCode? {
    if case .stands(_, let reason) = end { reason?.code } else { nil }
  }

  @Test func aBudgetThatIsUsedUpPutsWorkOffUntilMidnight() throws {
    var stage = try Stage(
      try (0..<4).map { try .named("t\($0)") },
      rules: Stage.rules(
        runCost: Stage.usd(9_000_000), dayCost: Stage.usd(2_000_000),
        worker: .upTo(Stage.usd(1_000_000))))
    stage.now = try #require(Instant(iso: "2026-11-23T20:00:00Z"))
    let midnight = try #require(Instant(iso: "2026-11-24T00:00:00Z"))
    let forecast = stage.forecast()
    #expect(forecast.tasks.map(\.cost) == Array(repeating: Stage.usd(1_000_000), count: 4))
    #expect(forecast.runs.first?.cost == Stage.usd(4_000_000))
    #expect(forecast.tasks.map(\.begins) == [stage.now, stage.now, midnight, midnight])
    // Work that lately cost a tenth of what it may needs no second day.
    let cheap = stage.forecast(costs: [
      "article/t0": [Stage.usd(100_000)], "article/t1": [.zero(.usd)],
    ])
    #expect(cheap.tasks.map(\.cost.micros) == [100_000, 0, 1_000_000, 1_000_000])
    #expect(try #require(cheap.tasks[2].begins) < midnight)
  }

  @Test func aBreakerClosesAtItsProbeAndADeadKeyStaysDead() throws {
    for kind in [FailureClass.unavailable, .authentication] {
      var stage = try BreakerTests.stage(tasks: 3)
      try stage.settleDown()
      try stage.settle("t0", .fails(kind))
      let probe = stage.board.incidents.values.first?.breaker?.probe
      let forecast = stage.forecast()
      let end = try end(of: "t0", in: forecast)
      if let probe {
        #expect(kind == .unavailable)
        let finish = forecast.tasks.first?.finish
        #expect(try #require(finish) >= probe)
        #expect(forecast.runs.first?.finish != nil)
      } else {
        #expect(kind == .authentication && standing(end) == .breaker)
      }
      #expect(forecast.isComplete)
    }
  }

  @Test func whatIsHeldFrozenOrUnpricedStandsWithItsReason() throws {
    var stage = try Stage([
      try .named("first"), try .named("held", after: ["first"]),
      try .named("behind", after: ["held"]), try .named("dear", "writer"),
    ])
    let writer = try #require(Name("writer"))
    stage.rules.executors[writer]?.cost = .unknown
    try stage.say(.hold(try stage.id("held")))
    let forecast = stage.forecast()
    #expect(try end(of: "first", in: forecast) == .succeeds(stage.now + .minutes(1)))
    #expect(standing(try end(of: "held", in: forecast)) == .byPerson)
    #expect(standing(try end(of: "behind", in: forecast)) == .dependencies)
    #expect(standing(try end(of: "dear", in: forecast)) == .unknownCost)
    try stage.say(.freeze)
    #expect(standing(try end(of: "first", in: stage.forecast())) == .frozen)
  }

  @Test func conditionsOnWhatIsNotKnownYetAreTakenToHold() throws {
    let condition = try Condition("ask/out.md:amount > 10")
    let ask = try #require(Name("ask"))
    func tasks(_ work: String) throws -> [PlannedTask] {
      [
        try .named("ask", work: work, fields: ["amount": .number]),
        try .named(
          "large", after: ["ask"],
          condition: TaskCondition(
            condition, source: .field(task: ask, output: "out.md", path: "amount"))),
      ]
    }
    var stage = try Stage(try tasks("one"))
    #expect(stage.forecast().tasks.map(\.finish).contains(nil) == false)
    // What is known decides, and once it is to be worked out again nobody knows any more.
    try stage.perform("ask", .succeeds(#"{ "amount": 3 }"#))
    stage.wait(.seconds(1))
    let skipped = stage.forecast()
    guard case .ends(.skipped, stage.now, _) = try end(of: "large", in: skipped) else {
      Issue.record("\(skipped)")
      return
    }
    try stage.settleDown()
    try stage.admit(try tasks("one"), run: RunID("other"))
    #expect(stage.forecast().runs.map(\.id.text) == ["other"])
  }

  @Test func aProposalThatRestsOnOldWorkIsMadeAnew() throws {
    var stage = try Stage([
      try .named("text"), try .named("sign", "creator", after: ["text"]),
    ])
    try stage.settleDown()
    stage.wait(.minutes(1))
    try stage.perform("text")
    try stage.settleDown()
    try stage.propose("sign")
    stage.wait(.minutes(10))
    try stage.revise([
      try .named("text", work: "changed"), try .named("sign", "creator", after: ["text"]),
    ])
    let tasks = stage.forecast().tasks
    #expect(tasks.map(\.id.task.text) == ["text", "sign"])
    #expect(tasks.map(\.begins) == [stage.now, stage.now + .minutes(1)])
    #expect(tasks.last?.finish == stage.now + .minutes(1) + .hours(4))
  }

  @Test func anAttemptThatIsBeingStoppedEndsWithItsRun() throws {
    var stage = try Stage([try .named("text"), try .named("next", after: ["text"])])
    try stage.settleDown()
    try stage.say(.cancel(try #require(Stage.launch)))
    let forecast = stage.forecast()
    guard case .ends(.cancelled, stage.now, _) = try end(of: "text", in: forecast) else {
      Issue.record("\(forecast)")
      return
    }
  }

  @Test func aForecastThatReachesTooFarIsCutAndSaysSo() throws {
    var stage = try Stage(
      try (0..<50).map { try .named("t\($0)") }, rules: Stage.rules(concurrency: 1))
    let cut = stage.forecast(.init(looks: 500))
    #expect(!cut.isComplete)
    #expect(cut.tasks.count == 50)
    #expect(cut.tasks.contains { $0.end == .open(.pending) })
    #expect(cut.tasks.contains { $0.finish != nil })
    let near = stage.forecast(.init(horizon: .minutes(10)))
    #expect(near.tasks.count { $0.finish != nil } == 10)
    #expect(stage.forecast().isComplete)
    stage.rules.concurrency = 0
    #expect(standing(try end(of: "t0", in: stage.forecast())) == .slots)
  }
}
