import HeadwayCore
import Testing

/// What a person holds goes no further until it is released, and nothing of it is lost.
@Suite struct HoldTests {
  private static func chain() throws -> Stage {
    try Stage([
      .named("a", retry: RetryRule(attempts: 3)), .named("b", after: ["a"]),
      .named("c", after: ["b"]),
    ])
  }

  private static func reason(_ name: String, _ stage: Stage) throws -> Reason? {
    Standings(stage.look(), at: stage.now).reason(of: try stage.task(name))
  }

  @Test func aPendingTaskIsHeldAtOnceAndReleasedToWhereItWas() throws {
    var stage = try Self.chain()
    try stage.say(.hold(stage.id("b")))
    #expect(try stage.state("b") == .held)
    let reason = try #require(try Self.reason("b", stage))
    #expect(reason.code == .byPerson)
    #expect(reason.values["by"] == "dana" && reason.values["reason"] == "because")
    #expect(reason.clears == .event("headway release launch-3f9c2a/b"))
    try stage.perform("a")
    try stage.settleDown()
    #expect(try stage.state("b") == .held)
    try stage.say(.release(stage.id("b")))
    try stage.perform("b")
    try stage.perform("c")
    #expect(stage.runState == .succeeded)
  }

  @Test func whatRunsIsFinishedAndWhatFollowsIsKept() throws {
    var stage = try Self.chain()
    try stage.settleDown()
    try stage.say(.hold(stage.id("a")))
    #expect(try stage.state("a") == .running)
    try stage.settle("a")
    try stage.settleDown()
    #expect(try stage.state("a") == .succeeded)
    #expect(try stage.state("b") == .pending)
    let reason = try #require(try Self.reason("b", stage))
    #expect(reason.code == .byPerson)
    #expect(reason.clears == .event("headway release launch-3f9c2a/a"))
    try stage.say(.release(stage.id("a")))
    try stage.settleDown()
    #expect(try stage.state("b") == .running)
  }

  @Test func anAttemptThatFailsUnderAHoldIsNotTriedAgain() throws {
    var stage = try Self.chain()
    try stage.settleDown()
    try stage.say(.hold(stage.id("a")))
    try stage.settle("a", .fails(.transient))
    stage.wait(.hours(2))
    try stage.settleDown()
    #expect(try stage.state("a") == .held)
    #expect(throws: VerbRefusal.self) { try stage.say(.retry(stage.id("a"))) }
    try stage.say(.release(stage.id("a")))
    try stage.settleDown()
    #expect(try stage.state("a") == .running)
  }

  @Test func aHeldRunStartsNothingMore() throws {
    var stage = try Self.chain()
    try stage.settleDown()
    try stage.say(.holdRun(try #require(Stage.launch)))
    try stage.settle("a")
    try stage.settleDown()
    #expect(try stage.state("b") == .pending)
    #expect(try Self.reason("b", stage)?.clears == .event("headway release launch-3f9c2a"))
    #expect(try Self.reason("c", stage)?.code == .dependencies)
    try stage.say(.hold(stage.id("c")))
    try stage.say(.releaseRun(try #require(Stage.launch)))
    try stage.perform("b")
    try stage.perform("c")
    #expect(stage.runState == .succeeded)
  }

  @Test func holdingTwiceIsHoldingOnce() throws {
    var stage = try Self.chain()
    let cause = VerbCause(by: "dana", reason: "", at: stage.now, runner: "test/1")
    let again: [Verb] = [.hold(try stage.id("b")), .holdRun(try #require(Stage.launch))]
    for verb in again { try stage.say(verb) }
    for verb in again {
      #expect(try stage.board.carryingOut(all: [verb], cause) == nil)
    }
    try stage.say(.releaseRun(try #require(Stage.launch)))
    #expect(
      try stage.board.carryingOut(all: [.release(stage.id("b")), .thaw], cause) == nil)
  }

  @Test func aReleaseMendsNothing() throws {
    var stage = try Self.chain()
    try stage.perform("a", .fails(.invalidRequest))
    try stage.settleDown()
    #expect(try stage.state("a") == .held)
    #expect(throws: VerbRefusal.self) { try stage.say(.release(stage.id("a"))) }
  }

  @Test func cancellingWhatRunsEndsItHoweverItEnds() throws {
    for end in [Stage.End.cancelled, .fails(.transient), .lost] {
      var stage = try Self.chain()
      try stage.settleDown()
      try stage.say(.cancelTask(stage.id("a")))
      #expect(try stage.state("a") == .running)
      try stage.settle("a", end)
      #expect(try stage.state("a") == .cancelled)
      #expect(try stage.task("a").reason?.code == .cancelledByPerson)
      try stage.settleDown()
      #expect(stage.runState == .cancelled)
    }
    var stage = try Self.chain()
    try stage.settleDown()
    try stage.say(.cancelTask(stage.id("a")))
    try stage.settle("a")
    #expect(try stage.state("a") == .succeeded, "a result that is there stays")
    #expect(try stage.task("a").reason == nil)
  }

  @Test func aCancelledRunSaysOfEveryTaskWhoEndedIt() throws {
    var stage = try Self.chain()
    try stage.settleDown()
    try stage.say(.cancel(try #require(Stage.launch)))
    try stage.settle("a", .cancelled)
    for name in ["a", "b", "c"] {
      let task = try #require(
        stage.files.values.compactMap { file -> TaskRecord? in
          if case .task(let task, _) = file, task.task.text == name { task } else { nil }
        }.first)
      #expect(task.state == .cancelled)
      #expect(task.reason?.code == .cancelledByPerson)
      #expect(task.reason?.values["by"] == "dana")
    }
  }
}

/// Several verbs are one commit, or none.
@Suite struct VerbSetTests {
  @Test func oneEntryNamesEveryTask() throws {
    var stage = try Stage([
      .named("a", retry: RetryRule(attempts: 1)), .named("b", retry: RetryRule(attempts: 1)),
    ])
    try stage.settleDown()
    try stage.settle("a", .fails(.transient))
    try stage.settle("b", .fails(.transient))
    try stage.settleDown()
    let cause = VerbCause(by: "dana", reason: "The shop is open.", at: stage.now, runner: "t/1")
    let verbs: [Verb] = [.retry(try stage.id("a")), .retry(try stage.id("b"))]
    let entry = try #require(try stage.board.carryingOut(all: verbs, cause))
    #expect(entry.event == .reopened)
    #expect(entry.subject == "retry 2 by dana")
    #expect(entry.body == "The shop is open.\nlaunch-3f9c2a/a\nlaunch-3f9c2a/b")
    #expect(
      entry.trailers.map { "\($0.key.rawValue) \($0.value)" } == [
        "Verb retry", "Person dana", "Run launch-3f9c2a", "Task a", "Task b", "Runner t/1",
      ])
    try stage.append(entry)
    try stage.settleDown()
    #expect(try stage.state("a") == .running)
    #expect(try stage.state("b") == .running)
  }

  @Test func oneRefusalRefusesAll() throws {
    var stage = try Stage([.named("a"), .named("b")])
    try stage.perform("a")
    let cause = VerbCause(by: "dana", reason: "", at: stage.now, runner: "t/1")
    let verbs: [Verb] = [.cancelTask(try stage.id("b")), .cancelTask(try stage.id("a"))]
    do {
      _ = try stage.board.carryingOut(all: verbs, cause)
      Issue.record("carried out")
    } catch {
      #expect(error.description == "launch-3f9c2a/a has succeeded already")
    }
  }

  @Test func laterVerbsSeeWhatEarlierOnesDid() throws {
    var stage = try Stage([.named("a"), .named("b")])
    let cause = VerbCause(by: "dana", reason: "", at: stage.now, runner: "t/1")
    let verbs: [Verb] = [.cancelTask(try stage.id("a")), .cancelTask(try stage.id("b"))]
    try stage.append(try stage.board.carryingOut(all: verbs, cause))
    #expect(stage.runState == .cancelled, "the second one ended the run")
  }
}
