import HeadwayCore
import Testing

/// What keeps tasks from moving besides other tasks and money, and what makes them move again.
@Suite struct WaitTests {
  @Test func aFreezeStopsDispatchUntilItIsThawed() throws {
    var stage = try Stage([try .named("a")])
    try stage.say(.freeze)
    #expect(try stage.verdict("a") == "wait frozen")
    try stage.decide()
    #expect(try stage.decide().isEmpty)
    try stage.say(.thaw)
    #expect(try stage.verdict("a") == "start")
  }

  @Test func aFreezeFileAloneFreezesAndBothMustGo() throws {
    var stage = try Stage([try .named("a")])
    try stage.say(.freeze)
    stage.board.main?.freezeFile = true
    try stage.say(.thaw)
    #expect(try stage.verdict("a") == "wait frozen")
    #expect(throws: VerbRefusal.self) { try stage.say(.thaw) }
    stage.board.main?.freezeFile = false
    #expect(try stage.verdict("a") == "start")
  }

  static let scopes: [(IncidentRecord.Scope, Bool)] = [
    (.all, true), (.commit(Stage.commit("c")), false),
  ]

  @Test(arguments: scopes)
  func anIncidentStopsItsScope(_ scope: IncidentRecord.Scope, _ stops: Bool) throws {
    var stage = try Stage([try .named("a")])
    let id = IncidentRecord.id(at: stage.now, about: "main")
    try stage.append(
      .incident(
        IncidentRecord(
          id: id, scope: scope, reason: "r", answer: "headway clear", opened: stage.now)))
    #expect(try stage.verdict("a") == (stops ? "wait incident" : "start"))
    try stage.say(.clear(incident: id))
    #expect(try stage.verdict("a") == "start")
    #expect(throws: VerbRefusal.self) { try stage.say(.clear(incident: id)) }
  }

  @Test func anExecutorsIncidentStopsOnlyItsTasks() throws {
    var stage = try Stage([try .named("a"), try .named("b", "writer")])
    try stage.append(
      .incident(
        IncidentRecord(
          id: IncidentRecord.id(at: stage.now, about: "writer"),
          scope: .executor(try #require(Name("writer"))), reason: "401", answer: "headway clear",
          opened: stage.now)))
    #expect(try stage.verdict("a") == "start")
    #expect(try stage.verdict("b") == "wait incident")
  }

  // MARK: Time limits

  @Test func aTaskThatIsNotDoneInTimeExpires() throws {
    let limits = Timeouts(finish: .hours(1))
    var stage = try Stage([try .named("a"), try .named("b", after: ["a"], timeouts: limits)])
    try stage.settleDown()
    #expect(stage.look().wake == stage.now + .hours(1), "somebody must wake up for it")
    stage.wait(.hours(1))
    #expect(try stage.verdict("b") == "expire finishTimeout")
    try stage.decide()
    #expect(try stage.state("b") == .expired)
    try stage.settle("a")
    #expect(stage.runState == .failed)
  }

  @Test func anExpiredTaskThatIsRetriedGetsItsTimeAnew() throws {
    var stage = try Stage([try .named("a", timeouts: Timeouts(finish: .hours(1)))])
    try stage.settleDown()
    try stage.settle("a", .fails(.refused))
    try stage.settleDown()
    stage.wait(.hours(2))
    try stage.say(.retry(stage.id("a")))
    #expect(try stage.verdict("a") == "start")
  }

  @Test func aResultThatIsAskedForAgainGetsItsTimeAnew() throws {
    var stage = try Stage([
      try .named("draft", timeouts: Timeouts(finish: .hours(1))),
      try .named(
        "sign", "creator", after: ["draft"],
        onReject: RejectionRule(retry: try #require(Name("draft")), times: 1)),
    ])
    try stage.perform("draft")
    try stage.settleDown()
    try stage.propose("sign")
    stage.wait(.days(2))
    try stage.reject("sign")
    #expect(try stage.verdict("draft") == "start")
  }

  // MARK: Stale results

  static func chain() throws -> [PlannedTask] {
    [
      try .named("a"), try .named("b", after: ["a"]), try .named("c", after: ["b"]),
      try .named("sign", "creator", after: ["b"]),
    ]
  }

  static func done() throws -> Stage {
    var stage = try Stage(chain())
    for name in ["a", "b", "c"] { try stage.perform(name, .succeeds(name)) }
    try stage.propose("sign")
    return stage
  }

  @Test func anotherOutputUpstreamReopensWhatRestsOnIt() throws {
    var stage = try Self.done()
    try stage.say(.retry(stage.id("a")))
    try stage.perform("a", .succeeds("a2"))
    let decisions = try stage.decide()
    #expect(decisions.map { "\($0.verdict.word) \($0.task.task)" } == ["reopen b"])
    #expect(try stage.state("c") == .succeeded, "not before b has ended")
    try stage.perform("b", .succeeds("b2"))
    #expect(try stage.verdict("c") == "reopen dependencies")
    try stage.perform("c")
    #expect(stage.runState == .active, "sign waits")
  }

  @Test func theSameOutputUpstreamReopensNothing() throws {
    var stage = try Self.done()
    try stage.say(.retry(stage.id("a")))
    try stage.perform("a", .succeeds("a"))
    #expect(try stage.decide().isEmpty)
    try stage.approve("sign")
    #expect(stage.runState == .succeeded)
  }

  @Test func aPersonIsAskedAgainOnlyAboutWhatStands() throws {
    var stage = try Self.done()
    try stage.say(.retry(stage.id("a")))
    try stage.judge("sign", .void(.superseded))
    #expect(try stage.verdict("sign") == "- dependencies")
    try stage.perform("a", .succeeds("a2"))
    try stage.settleDown()
    #expect(try stage.verdict("sign") == "- dependencies")
    try stage.settle("b", .succeeds("b2"))
    #expect(try stage.verdict("sign") == "propose")
    try stage.settleDown()
    try stage.propose("sign")
    #expect(try stage.task("sign").dispatched?.attempt == 2)
  }

  @Test func everythingThatWaitsSaysWhyAndForWhat() throws {
    var stage = try Self.done()
    try stage.settleDown()
    let reason = try #require(stage.look().reasons[stage.id("sign")])
    #expect(reason.code == .approval)
    #expect(reason.clears == .event("approval"))
    #expect(reason.values["role"] == "creator")
    #expect(stage.look().wake == stage.now + .days(7), "somebody must wake up when it lapses")
  }
}
