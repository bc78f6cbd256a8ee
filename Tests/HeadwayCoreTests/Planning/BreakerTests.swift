import HeadwayCore
import Testing

/// Failures of an executor are not failures of its tasks.
@Suite struct BreakerTests {
  static let key = IncidentRecord.Key(
    name: "ANTHROPIC_API_KEY", value: "sk-ant-0123456789abcdefx7Q", machineKey: [1, 2, 3])
  static let large = ModelName("acme/large")
  static let small = ModelName("acme/small")

  static func stage(tasks: Int, routes: [Rules.Route] = []) throws -> Stage {
    var rules = Stage.rules()
    let worker = try #require(Name("worker"))
    rules.executors[worker]?.routes = routes
    return try Stage(try (0..<tasks).map { try .named("t\($0)") }, rules: rules)
  }

  static func deadKey() -> Outage {
    Outage(scope: .key(key.name), kind: .authentication, cause: "401", keys: [key])
  }

  @Test(arguments: [FailureClass.authentication, .budgetExhausted, .unavailable])
  func fortyTasksAreOneIncidentAndNoneIsHeld(_ kind: FailureClass) throws {
    var stage = try Self.stage(tasks: 40)
    try stage.settleDown()
    for index in 0..<10 { try stage.settle("t\(index)", .fails(kind)) }
    try stage.settleDown()
    #expect(stage.board.incidents.count == 1)
    #expect(stage.board.running.isEmpty)
    for index in 0..<40 {
      #expect(try stage.state("t\(index)") == .pending)
      #expect(try stage.verdict("t\(index)") == "- breaker")
    }
    let incident = try #require(stage.board.incidents.values.first)
    let reason = try #require(stage.look().reasons[stage.id("t20")])
    #expect(reason.values["incident"] == .string(incident.id))
    #expect(reason.since == incident.opened)
    // No attempt counts: after the incident each task has all its retries.
    try stage.say(.clear(incident: incident.id))
    for attempt in 1...5 {
      try stage.settleDown()
      try stage.settle("t0", .fails(.transient))
      #expect(try stage.verdict("t0") == (attempt == 5 ? "hold exhausted" : "wait backOff"))
      stage.wait(.hours(1))
    }
  }

  @Test func anIncidentSaysWhoSinceWhenAndByWhichKey() throws {
    var stage = try Self.stage(tasks: 1, routes: [.init(model: Self.large, keys: [Self.key.name])])
    let writer = try #require(Name("writer"))
    stage.rules.executors[writer]?.routes = [.init(model: Self.small, keys: [Self.key.name])]
    stage.now = try #require(Instant(iso: "2026-11-23T10:04:59Z"))
    try stage.settleDown()
    try stage.settle("t0", .fails(.authentication), outages: [Self.deadKey()])
    let incident = try #require(stage.board.incidents.values.first)
    #expect(incident.id == "2026/11/23/100459-anthropic-api-key")
    #expect(
      incident.reason == "worker, writer: 401 since 10:04 UTC, key ANTHROPIC_API_KEY ends …x7Q")
    #expect(incident.breaker?.executors.map(\.text) == ["worker", "writer"])
    let text = String(decoding: incident.json.canonical, as: UTF8.self)
    #expect(!text.contains("fx7Q") && !text.contains("sk-ant"))
  }

  @Test(arguments: ["", "hunter2", "nineteen-characters", "with a blank and a line break\n"])
  func nothingOfAShortKeyIsShown(_ value: String) {
    let key = IncidentRecord.Key(name: "K", value: value, machineKey: [7])
    #expect(key.ending == nil)
    #expect(key.digest != nil)
  }

  @Test func aKeysDigestIsOfItsMachine() {
    let here = IncidentRecord.Key(name: "K", value: "secret", machineKey: [1])
    #expect(here == IncidentRecord.Key(name: "K", value: "secret", machineKey: [1]))
    #expect(
      here.digest != IncidentRecord.Key(name: "K", value: "secret", machineKey: [2]).digest)
    #expect(here.digest != IncidentRecord.Key(name: "K", value: "Secret", machineKey: [1]).digest)
    #expect(IncidentRecord.Key(name: "K", value: nil, machineKey: [1]).digest == nil)
  }

  @Test func aDeadServiceIsProbedByOneTaskAfterGrowingPauses() throws {
    var stage = try Self.stage(tasks: 3)
    try stage.settleDown()
    for index in 0..<3 { try stage.settle("t\(index)", .fails(.unavailable)) }
    for minutes in [1, 2, 4, 8, 16, 32, 60, 60] as [Int64] {
      try stage.settleDown()
      #expect(stage.board.running.isEmpty)
      #expect(stage.look().wake == stage.now + .minutes(minutes))
      stage.wait(Span(milliseconds: minutes * 60_000 - 1))
      #expect(try stage.decide().isEmpty)
      stage.wait(Span(milliseconds: 1))
      try stage.settleDown()
      let probes = stage.board.running.map(\.record)
      try #require(probes.count == 1, "half open: one goes first")
      #expect(probes[0].dispatched?.probes == stage.board.incidents.keys.sorted())
      try stage.settle(probes[0].task.text, .fails(.unavailable))
      #expect(stage.board.incidents.count == 1)
    }
    stage.wait(.hours(1))
    try stage.settleDown()
    let probe = try #require(stage.board.running.first).record.task.text
    try stage.settle(probe)
    #expect(stage.board.incidents.isEmpty)
    stage.wait(.minutes(1))
    try stage.settleDown()
    #expect(stage.board.running.count == 2, "and the others follow")
  }

  @Test func theOtherSidesPauseWins() throws {
    var stage = try Self.stage(tasks: 1)
    try stage.settleDown()
    let worker = try #require(Name("worker"))
    try stage.settle(
      "t0", .fails(.unavailable),
      outages: [
        Outage(
          scope: .executor(worker), kind: .unavailable, cause: "503", retryAfter: .minutes(20))
      ])
    #expect(stage.look().wake == stage.now + .minutes(20))
  }

  @Test func aDeadKeyIsNotProbedAndAnEmptyAccountByTheHour() throws {
    for (kind, wake) in [(FailureClass.authentication, nil), (.budgetExhausted, Span.hours(1))] {
      var stage = try Self.stage(tasks: 2)
      try stage.settleDown()
      try stage.settle("t0", .fails(kind))
      try stage.settle("t1", .fails(kind))
      try stage.settleDown()
      #expect(stage.look().wake == wake.map { stage.now + $0 })
    }
  }

  @Test func aProbeThatSaysNothingLeavesTheNextOneToAnother() throws {
    var stage = try Self.stage(tasks: 2)
    try stage.settleDown()
    for name in ["t0", "t1"] { try stage.settle(name, .fails(.unavailable)) }
    stage.wait(.minutes(1))
    try stage.settleDown()
    let first = try #require(stage.board.running.first).record.task.text
    try stage.settle(first, .fails(.transient))
    #expect(stage.board.incidents.count == 1)
    try stage.settleDown()
    #expect(stage.board.running.map(\.record.task.text) == [first == "t0" ? "t1" : "t0"])
  }

  // MARK: Chains

  static let chain = [
    Rules.Route(model: large, keys: [key.name]), Rules.Route(model: small, keys: ["OTHER"]),
  ]

  @Test func aFallbackServesWhileTheFirstModelIsDown() throws {
    var stage = try Self.stage(tasks: 4, routes: Self.chain)
    let worker = try #require(stage.rules.executors.values.first { $0.routes.count == 2 })
    let down = Outage(
      scope: .model(try #require(Self.large)), kind: .unavailable, cause: "acme/large 503")
    try stage.settleDown()
    try stage.settle("t0", outages: [down], model: "acme/small")
    #expect(stage.board.incidents.count == 1)
    for name in ["t1", "t2"] { try stage.settle(name, outages: [down], model: "acme/small") }
    #expect(stage.board.incidents.count == 1)
    #expect(stage.board.resting(worker, probing: []) == Set([Self.large].compactMap { $0 }))
    #expect(
      stage.board.resting(worker, probing: stage.board.incidents.keys.sorted()).isEmpty)
    try stage.say(.retry(stage.id("t0")))
    try stage.settleDown()
    #expect(try stage.task("t0").dispatched?.probes == [], "t3 and t0 go on without the model")
    try stage.settle("t0", model: "acme/small")
    #expect(stage.board.incidents.count == 1, "the fallback's answer says nothing of the first")
    stage.wait(.minutes(1))
    for name in ["t0", "t1"] { try stage.say(.retry(stage.id(name))) }
    try stage.settleDown()
    let probes = try ["t0", "t1"].flatMap { try #require(try stage.task($0).dispatched).probes }
    #expect(probes.count == 1, "one of them asks the first model again")
    let prober = try #require(
      try ["t0", "t1"].first { try stage.task($0).dispatched?.probes.isEmpty == false })
    try stage.settle(prober, model: "acme/large")
    #expect(stage.board.incidents.isEmpty)
  }

  @Test func aChainIsStoppedOnlyWhenNothingOfItServes() throws {
    var stage = try Self.stage(tasks: 2, routes: Self.chain)
    try stage.settleDown()
    let large = try #require(Self.large)
    let small = try #require(Self.small)
    try stage.settle(
      "t0", .fails(.budgetExhausted),
      outages: [
        Outage(scope: .model(large), kind: .unavailable, cause: "503"),
        Outage(scope: .key("OTHER"), kind: .budgetExhausted, cause: "402"),
      ], model: small.text)
    try stage.settleDown()
    #expect(stage.board.incidents.count == 2)
    #expect(try stage.verdict("t0") == "- breaker")
    #expect(stage.look().wake == stage.now + .minutes(1))
  }

  @Test func aDeadKeyIsNoReasonToShopForAnotherModel() throws {
    var stage = try Self.stage(tasks: 2, routes: Self.chain)
    try stage.settleDown()
    try stage.settle("t0", .fails(.authentication), outages: [Self.deadKey()])
    #expect(try stage.verdict("t0") == "- breaker")
  }

  @Test func aDeadKeyOfAFallbackStopsNothingWhileTheFirstServes() throws {
    var stage = try Self.stage(tasks: 2, routes: Self.chain.reversed())
    try stage.settleDown()
    try stage.settle("t0", .fails(.authentication), outages: [Self.deadKey()])
    #expect(try stage.verdict("t0") == "start")
  }

  @Test func whatWasUnderWayWhenASecretChangedOpensNothing() throws {
    var stage = try Self.stage(tasks: 1)
    try stage.settleDown()
    let attempt = try stage.attempt("t0", .fails(.authentication))
    let settlement = Settlement(
      attempt: attempt, outputs: [:], cause: Stage.commit("one"), policies: nil,
      outages: [Self.deadKey()])
    let dispatch = try #require(try stage.task("t0").dispatched)
    let entries = stage.board.breaking(
      after: settlement, dispatch: dispatch, rules: stage.rules,
      stale: [.key(Self.key.name)], at: stage.now)
    #expect(entries.isEmpty)
  }

  /// Should no incident stop it, a task does not come back at once for ever.
  @Test func aTaskThatMeetsOutagesWithoutABreakerSlowsDown() throws {
    var stage = try Self.stage(tasks: 1)
    try stage.perform("t0", .fails(.authentication))
    let first = try #require(stage.board.incidents.keys.first)
    try stage.say(.clear(incident: first))
    try stage.settleDown()
    try stage.settle("t0", .fails(.authentication), outages: [])
    #expect(try stage.verdict("t0") == "wait backOff")
    stage.wait(.seconds(15))
    #expect(try stage.verdict("t0") == "start")
  }
}
