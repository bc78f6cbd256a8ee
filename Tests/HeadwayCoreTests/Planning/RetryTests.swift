import HeadwayCore
import Testing

@Suite struct RetryTests {
  static let lone = TaskID("launch-3f9c2a/draft")

  /// The formula of the design, worked out apart from the planner.
  static func delay(_ n: Int, base: Int64, factor: Int64, cap: Int64) throws -> Int64 {
    var full = base
    for _ in 1..<n { full = min(cap, full * factor) }
    full = min(cap, full)
    let digest = Digest(parts: [try #require(lone).description, "retry", String(n)])
    let bits = try #require(UInt64(digest.hex.prefix(12), radix: 16))
    return full / 2 + Int64((Double(bits) / Double(1 << 48) * Double(full) / 2).rounded(.down))
  }

  @Test(arguments: 1...8)
  func backsOffByTheSameHashedDelayEveryTime(_ n: Int) throws {
    let stage = try Stage([try .named("draft")])
    let delay = Planner.delay(of: try stage.task("draft"), after: n)
    #expect(
      try delay.milliseconds == Self.delay(n, base: 15_000, factor: 2, cap: 3_600_000))
    #expect(delay.milliseconds >= 7_500)
    #expect(delay <= .hours(1))
  }

  /// Written down once: a change of these is a new version of the planner.
  @Test func theDelaysOfOneTaskAreThese() throws {
    let stage = try Stage([try .named("draft")])
    let delays = try (1...4).map { Planner.delay(of: try stage.task("draft"), after: $0) }
    for (delay, full) in zip(delays, [15_000, 30_000, 60_000, 120_000]) {
      #expect((Int64(full / 2)...Int64(full)).contains(delay.milliseconds))
    }
    #expect(delays == delays.sorted())
  }

  @Test func aBaseOfNothingWaitsForNothing() throws {
    let rule = RetryRule(attempts: 5, base: .zero, factor: 2, cap: .hours(1))
    let stage = try Stage([try .named("draft", retry: rule)])
    #expect(Planner.delay(of: try stage.task("draft"), after: 3) == .zero)
    let steep = RetryRule(attempts: 5, base: .seconds(1), factor: .max, cap: .hours(1))
    let other = try Stage([try .named("draft", retry: steep)])
    #expect(Planner.delay(of: try other.task("draft"), after: 3) >= .minutes(30))
  }

  static let retried: [FailureClass] = [.transient, .timeout, .internal]

  @Test(arguments: retried)
  func repeatsAndHoldsWhenRetriesAreUsedUp(_ kind: FailureClass) throws {
    var stage = try Stage([try .named("draft", retry: RetryRule(attempts: 3))])
    for n in 1...2 {
      try stage.perform("draft", .fails(kind))
      let delay = Planner.delay(of: try stage.task("draft"), after: n)
      #expect(try stage.verdict("draft") == "wait backOff")
      try stage.decide()
      #expect(stage.look().wake == stage.now + delay)
      #expect(stage.look().isSteady, "nothing but the clock has a say before it is due")
      stage.now = stage.now + delay - Span(milliseconds: 1)
      #expect(try stage.verdict("draft") == "- backOff", "the wait stands on the ledger already")
      stage.wait(Span(milliseconds: 1))
      #expect(try stage.verdict("draft") == "start")
    }
    try stage.perform("draft", .fails(kind))
    #expect(try stage.verdict("draft") == "hold exhausted")
    try stage.decide()
    #expect(try stage.state("draft") == .held)
    #expect(stage.runState == .active)
    try stage.say(.retry(stage.id("draft")))
    #expect(try stage.verdict("draft") == "start")
    #expect(try stage.task("draft").nextAttempt == 4)
  }

  @Test func failsInsteadWhereThePipelineSaysSo() throws {
    var stage = try Stage([
      try .named("draft", retry: RetryRule(attempts: 1), exhausted: .fail)
    ])
    try stage.perform("draft", .fails(.transient))
    #expect(try stage.verdict("draft") == "fail exhausted")
    try stage.decide()
    #expect(stage.runState == .failed)
  }

  static let permanent: [(FailureClass, ReasonCode)] = [
    (.refused, .refused), (.invalidRequest, .invalidRequest),
  ]

  @Test(arguments: permanent)
  func holdsAtOnce(_ kind: FailureClass, _ code: ReasonCode) throws {
    var stage = try Stage([try .named("draft", exhausted: .fail)])
    try stage.perform("draft", .fails(kind))
    #expect(try stage.verdict("draft") == "hold \(code)")
  }

  @Test(arguments: [FailureClass.badOutput, .truncated])
  func asksTwiceMoreForBetterOutput(_ kind: FailureClass) throws {
    var stage = try Stage([try .named("draft")])
    for _ in 1...2 {
      try stage.perform("draft", .fails(kind))
      #expect(try stage.verdict("draft") == "start")
    }
    try stage.perform("draft", .fails(kind))
    #expect(try stage.verdict("draft") == "hold badOutput")
  }

  @Test func aRateLimitWaitsWithoutUsingAnAttempt() throws {
    var stage = try Stage([try .named("draft", retry: RetryRule(attempts: 2))])
    for _ in 1...6 {
      try stage.perform("draft", .fails(.rateLimited, retryAfter: .hours(2)))
      #expect(try stage.verdict("draft") == "wait rateLimited")
      try stage.decide()
      #expect(stage.look().wake == stage.now + .hours(2), "what the other side asks for wins")
      stage.wait(.hours(2))
    }
    try stage.perform("draft", .fails(.transient))
    #expect(try stage.verdict("draft") == "wait backOff", "no attempt was used up before")
  }

  @Test(arguments: retried)
  func whatTheOtherSideAsksForWinsOverTheBackOff(_ kind: FailureClass) throws {
    var stage = try Stage([try .named("draft")])
    try stage.perform("draft", .fails(kind, retryAfter: .minutes(40)))
    try stage.decide()
    #expect(stage.look().wake == stage.now + .minutes(40))
    stage.wait(.minutes(40))
    try stage.perform("draft", .fails(kind, retryAfter: .zero))
    try stage.decide()
    let own = Planner.delay(of: try stage.task("draft"), after: 2)
    #expect(stage.look().wake == stage.now + own, "nobody is asked again at once")
    stage.wait(own)
    try stage.perform("draft", .fails(kind, retryAfter: .days(300)))
    #expect(try stage.verdict("draft") == "hold exhausted", "nobody waits for a year")
  }

  /// Each budget is its own: what one kind of failure has used up says nothing about another.
  @Test func budgetsAreCountedApart() throws {
    var stage = try Stage([try .named("draft", retry: RetryRule(attempts: 3))])
    let ends: [Stage.End] = [
      .fails(.badOutput), .lost, .fails(.transient), .fails(.rateLimited), .cancelled,
      .fails(.badOutput), .fails(.timeout), .lost,
    ]
    for end in ends {
      try stage.perform("draft", end)
      try stage.settleDown()
      #expect(try stage.state("draft") == .pending || stage.state("draft") == .running)
      stage.wait(.hours(1))
    }
    try stage.perform("draft", .fails(.badOutput))
    #expect(try stage.verdict("draft") == "hold badOutput")
  }

  @Test func aRateLimitWaitsForADayAtMost() throws {
    var stage = try Stage([try .named("draft")])
    for _ in 1...3 {
      try stage.perform("draft", .fails(.rateLimited, retryAfter: .hours(8)))
      try stage.settleDown()
      #expect(try stage.state("draft") == .pending)
      stage.wait(.hours(8))
    }
    try stage.perform("draft", .fails(.rateLimited, retryAfter: .hours(8)))
    #expect(try stage.verdict("draft") == "hold exhausted")
  }

  static let interruptions: [Stage.End] = [.lost, .cancelled, .fails(.cancelled)]

  @Test(arguments: interruptions.indices)
  func lostMachinesHaveABudgetOfTheirOwn(_ index: Int) throws {
    var stage = try Stage([try .named("draft", retry: RetryRule(attempts: 1))])
    for _ in 1...3 {
      try stage.perform("draft", Self.interruptions[index])
      #expect(try stage.verdict("draft") == "start")
    }
    try stage.perform("draft", Self.interruptions[index])
    #expect(try stage.verdict("draft") == "hold exhausted")
  }

  static let cutOff: [Stage.End] = [.lost, .cancelled, .fails(.timeout)]

  @Test(arguments: cutOff.indices)
  func anEffectOfUnknownFateWaitsForAPerson(_ index: Int) throws {
    var stage = try Stage([try .named("publish", "publisher")])
    try stage.perform("publish", Self.cutOff[index])
    #expect(try stage.verdict("publish") == "hold uncertain")
    try stage.decide()
    // An edit is no word about what happened outside.
    try stage.revise([try .named("publish", "publisher", work: "edited")])
    #expect(try stage.verdict("publish") == "hold uncertain")
    try stage.decide()
    try stage.say(.retry(stage.id("publish")))
    #expect(try stage.verdict("publish") == "start")
    try stage.perform("publish")
    #expect(stage.runState == .succeeded)
  }

  @Test func anEffectThatNeverBeganIsTriedAgain() throws {
    var stage = try Stage([try .named("publish", "publisher")])
    try stage.perform("publish", .fails(.cancelled))
    #expect(try stage.verdict("publish") == "start")
  }
}
