import HeadwayCore
import Testing

/// Who goes first, and what there is room for.
@Suite struct AdmissionTests {
  static func started(_ decisions: [Decision]) -> [String] {
    decisions.filter { $0.verdict.word == "start" }.map(\.task.task.text)
  }

  @Test func goesByBandThenDeadlineThenPlace() throws {
    var stage = try Stage(rules: Stage.rules(concurrency: 1))
    let soon = stage.now + .hours(1)
    try stage.admit([
      try .named("low-soon", priority: 10, deadline: soon), try .named("normal-b"),
      try .named("normal-a"), try .named("normal-late", deadline: soon + .hours(1)),
      try .named("normal-soon", deadline: soon), try .named("high", priority: 70),
      try .named("urgent", priority: 95), try .named("normal-69", priority: 69),
    ])
    var order: [String] = []
    for _ in 0..<8 {
      let next = try #require(Self.started(try stage.decide()).first)
      order.append(next)
      try stage.settle(next)
    }
    #expect(
      order == [
        "urgent", "high", "normal-soon", "normal-late", "normal-b", "normal-a", "normal-69",
        "low-soon",
      ])
  }

  @Test func anOlderRunGoesFirstAmongEquals() throws {
    var stage = try Stage(rules: Stage.rules(concurrency: 1))
    try stage.admit([try .named("draft")], run: RunID("zebra-000001"))
    stage.wait(.seconds(1))
    try stage.admit([try .named("draft")], run: RunID("aardvark-000001"))
    #expect(try stage.decide().first?.task.run == RunID("zebra-000001"))
  }

  @Test(arguments: 1...4)
  func neverHandsOutMoreThanThereIs(_ concurrency: Int) throws {
    var stage = try Stage(
      (0..<6).map { try .named("task-\($0)") } + [
        try .named("write-a", "writer"),
        try .named("write-b", "writer"),
      ],
      rules: Stage.rules(concurrency: concurrency, limit: 2))
    let decisions = try stage.decide()
    let started = Self.started(decisions)
    #expect(started.count == min(concurrency, 3))
    #expect(started.count { $0.hasPrefix("task") } <= 2)
    #expect(started.count { $0.hasPrefix("write") } <= 1)
    let reasons = Set(stage.look().reasons.values.map(\.code))
    #expect(reasons.isSubset(of: [.slots, .executorBusy]))
  }

  @Test func aBlockedHeadDoesNotKeepTheRestBack() throws {
    var stage = try Stage(
      [
        try .named("write-a", "writer", priority: 99),
        try .named("write-b", "writer", priority: 98),
        try .named("dear", "writer", priority: 97), try .named("plain"),
      ], rules: Stage.rules(limit: nil))
    #expect(Self.started(try stage.decide()) == ["write-a", "plain"])
    #expect(try stage.verdict("write-b") == "- executorBusy")
  }

  @Test func aPersonTakesNoSlot() throws {
    var stage = try Stage(
      [try .named("a"), try .named("sign", "creator")], rules: Stage.rules(concurrency: 1))
    #expect(try stage.decide().map(\.verdict.word).sorted() == ["propose", "start"])
  }

  @Test func anUnknownExecutorHolds() throws {
    var rules = Stage.rules()
    rules.executors = [:]
    let stage = try Stage([try .named("a")], rules: rules)
    let decision = try #require(stage.look().decisions.first)
    #expect(decision.verdict == .hold)
    #expect(decision.reasons.first?.code == .executorMissing)
  }

  // MARK: Money

  @Test func aRunStaysWithinItsBudgetWithWhatIsReserved() throws {
    var rules = Stage.rules(runCost: Stage.usd(250_000), worker: .upTo(Stage.usd(100_000)))
    rules.settle = .zero
    var stage = try Stage((0..<4).map { try .named("task-\($0)") }, rules: rules)
    let decisions = try stage.decide()
    #expect(Self.started(decisions) == ["task-0", "task-1"])
    #expect(
      decisions.filter { $0.verdict == .hold }.map { $0.reasons.first?.code } == [
        .runBudget, .runBudget,
      ])
    #expect(
      decisions.first?.verdict == .start(attempt: 1, reserved: Stage.usd(100_000)))
    // What was really spent makes room again, but a held task waits for a person or an edit.
    try stage.settle("task-0", .succeeds("a", cost: Stage.usd(10_000)))
    #expect(try stage.verdict("task-2") == "settled")
    try stage.say(.retry(stage.id("task-2")))
    #expect(try stage.verdict("task-2") == "start")
  }

  @Test func aLargerBudgetInTheBriefReleasesWhatItHeld() throws {
    let tasks = try [PlannedTask.named("a", "writer"), .named("b", "writer")]
    var stage = try Stage(tasks, budget: Stage.usd(50_000))
    try stage.settleDown()
    #expect(try stage.state("a") == .held)
    try stage.revise(tasks, budget: Stage.usd(500_000))
    #expect(try stage.state("a") == .pending)
    #expect(try stage.verdict("a") == "start")
  }

  @Test func failedAttemptsCostMoneyToo() throws {
    var stage = try Stage(
      [try .named("a", "writer", after: [])], rules: Stage.rules(runCost: Stage.usd(150_000)))
    try stage.perform("a", .fails(.badOutput, cost: Stage.usd(90_000)))
    #expect(try stage.verdict("a") == "hold runBudget")
  }

  @Test func aDayHasABudgetAndEnds() throws {
    var stage = try Stage(
      [try .named("a", "writer"), try .named("b", "writer")],
      rules: Stage.rules(dayCost: Stage.usd(150_000)))
    try stage.perform("a", .succeeds("a", cost: Stage.usd(90_000)))
    #expect(try stage.verdict("b") == "- dayBudget", "said when a started")
    #expect(try stage.decide().isEmpty)
    let midnight = try #require(stage.look().wake)
    #expect(!stage.look().isSteady, "a price may change before midnight")
    #expect(midnight.description.hasSuffix("T00:00:00.000Z"))
    #expect(midnight > stage.now)
    stage.now = midnight
    #expect(try stage.verdict("b") == "start")
  }

  static let refusals: [(Rules.Cost, Money?, Money?, String)] = [
    (.unknown, Stage.usd(1), Stage.usd(1), "hold unknownCost"),
    (.upTo(Stage.usd(1)), nil, Stage.usd(1), "hold noBudget"),
    (.upTo(Stage.usd(1)), Stage.usd(1), nil, "hold noBudget"),
    (.upTo(Stage.usd(1)), Stage.usd(1), Stage.usd(1), "start"), (.free, nil, nil, "start"),
  ]

  @Test(arguments: refusals)
  func paidWorkNeedsAPriceAndBudgets(
    _ cost: Rules.Cost, _ run: Money?, _ day: Money?, _ expected: String
  ) throws {
    var stage = try Stage(
      [try .named("a")], rules: Stage.rules(runCost: run, dayCost: day, worker: cost))
    #expect(try stage.verdict("a") == expected)
  }

  @Test func currenciesDoNotMix() throws {
    let euro = Money(micros: 1, currency: try #require(Currency("EUR")))
    var stage = try Stage([try .named("a")], rules: Stage.rules(worker: .upTo(euro)))
    #expect(try stage.verdict("a") == "hold noBudget")
    stage = try Stage([try .named("a", "writer")], budget: euro)
    #expect(try stage.verdict("a") == "hold noBudget")
  }

  @Test func paidWorkWaitsAMomentAfterTheCommit() throws {
    var stage = try Stage([try .named("a", "writer"), try .named("b")])
    stage.skipsSettling = false
    #expect(try stage.verdict("a") == "wait settling")
    #expect(try stage.verdict("b") == "start", "free work does not")
    let asked = stage.now
    try stage.decide()
    #expect(stage.look().wake == asked + .seconds(20))
    #expect(!stage.look().isSteady, "a policy may forbid it meanwhile")
    stage.wait(.seconds(19))
    #expect(try stage.verdict("a") == "- settling")
    stage.wait(.seconds(1))
    #expect(try stage.verdict("a") == "start")
    stage.now = asked
    stage.skipsSettling = true
    #expect(try stage.verdict("a") == "start")
  }
}
