import HeadwayCore
import Testing

/// An edit of a brief is a revision of its run.
@Suite struct RevisionTests {
  static func tasks(draft: String = "", publish: String = "") throws -> [PlannedTask] {
    [
      try .named("research"), try .named("draft", after: ["research"], work: draft),
      try .named("publish", after: ["draft"], work: publish),
    ]
  }

  @Test func theSameWorkKeepsItsResult() throws {
    var stage = try Stage(Self.tasks())
    try stage.perform("research")
    try stage.perform("draft")
    try stage.revise(Self.tasks(publish: "more"))
    #expect(try stage.state("research") == .succeeded)
    #expect(try stage.state("draft") == .succeeded)
    #expect(try stage.task("draft").revision == 2)
    #expect(stage.board.runs.values.first?.record.revisions.map(\.number) == [1, 2])
    try stage.perform("publish")
    #expect(stage.runState == .succeeded)
  }

  @Test func changedWorkIsDoneAgainAndItsFollowersIfItComesOutOtherwise() throws {
    var stage = try Stage(Self.tasks())
    for name in ["research", "draft"] { try stage.perform(name) }
    try stage.revise(Self.tasks(draft: "shorter"))
    #expect(try stage.state("draft") == .pending)
    #expect(try stage.task("draft").accepted == nil)
    try stage.perform("draft", .succeeds("short"))
    try stage.perform("publish")
    #expect(try stage.task("draft").attempts.map(\.number) == [1, 2])
    #expect(stage.runState == .succeeded)
  }

  @Test func whatRunsKeepsItsWorkAndIsAskedForAgain() throws {
    var stage = try Stage(Self.tasks())
    try stage.perform("research")
    try stage.settleDown()
    let before = try stage.task("draft").dispatched
    try stage.revise(Self.tasks(draft: "shorter"))
    #expect(try stage.task("draft").dispatched == before)
    try stage.settle("draft")
    #expect(try stage.verdict("draft") == "reopen dependencies")
  }

  @Test func anEditStartsWithFreshRetriesAndWithoutOldFeedback() throws {
    var stage = try Stage([try .named("draft", retry: RetryRule(attempts: 1))])
    try stage.perform("draft", .fails(.transient))
    try stage.settleDown()
    #expect(try stage.state("draft") == .held)
    try stage.revise([try .named("draft", work: "2", retry: RetryRule(attempts: 1))])
    #expect(try stage.verdict("draft") == "start")
    #expect(try stage.task("draft").settledBefore == 1)
  }

  @Test func anAddedTaskComesLast() throws {
    var stage = try Stage([try .named("a")])
    try stage.settleDown()
    stage.wait(.minutes(1))
    try stage.revise([try .named("b"), try .named("a")])
    let added = try stage.task("b")
    #expect(added.ordinal == 1)
    #expect(added.revision == 2)
    #expect(added.admitted == stage.now)
    #expect(try stage.verdict("b") == "start")
  }

  @Test func aRemovedTaskIsNoPartOfTheRun() throws {
    var stage = try Stage([try .named("a"), try .named("b", after: ["a"])])
    try stage.perform("a")
    try stage.revise([try .named("a")])
    #expect(try stage.state("b") == .cancelled)
    #expect(try stage.task("b").reason?.code == .taskRemoved)
    #expect(stage.runState == .succeeded, "what was removed does not cancel it")
  }

  @Test func aRemovedTaskThatHadSucceededIsNotDoneAgain() throws {
    var stage = try Stage([
      try .named("a"), try .named("old", "publisher", after: ["a"]), try .named("c", after: ["a"]),
    ])
    try stage.perform("a")
    try stage.perform("old")
    try stage.revise([try .named("a", work: "2"), try .named("c", after: ["a"])])
    #expect(try stage.state("old") == .succeeded)
    try stage.settle("c")
    try stage.perform("a", .succeeds("a2"))
    try stage.perform("c")
    #expect(try stage.task("old").attempts.count == 1)
    #expect(stage.runState == .succeeded)
    #expect(throws: VerbRefusal.self) { try stage.say(.retry(stage.id("old"))) }
  }

  @Test func aRemovedTaskThatRunsEndsAndIsNotRetried() throws {
    var stage = try Stage([try .named("a"), try .named("b")])
    try stage.settleDown()
    try stage.revise([try .named("b")])
    try stage.settle("a", .fails(.transient))
    #expect(try stage.state("a") == .cancelled)
    try stage.settle("b")
    #expect(stage.runState == .succeeded)
  }

  @Test func aTaskThatComesBackKeepsWhatItDid() throws {
    let all = try [PlannedTask.named("a"), .named("b"), .named("c", after: ["a"])]
    var stage = try Stage(all)
    try stage.perform("b")
    try stage.revise([all[0]])
    #expect(try stage.state("c") == .cancelled)
    try stage.revise(all)
    #expect(try stage.state("b") == .succeeded)
    #expect(try stage.state("c") == .pending)
    try stage.settle("a")
    try stage.perform("c")
    #expect(stage.runState == .succeeded)
  }

  @Test func removingTheLastOpenTaskEndsTheRun() throws {
    var stage = try Self.proposed()
    try stage.revise([try .named("draft")])
    #expect(try stage.state("sign") == .cancelled)
    #expect(try stage.task("sign").attempts.map(\.outcome) == [.cancelled])
    #expect(stage.runState == .succeeded)
  }

  static func proposed() throws -> Stage {
    var stage = try Stage([try .named("draft"), try .named("sign", "creator", after: ["draft"])])
    try stage.perform("draft")
    try stage.settleDown()
    try stage.propose("sign")
    return stage
  }

  @Test func anEndedRunIsNotRevised() throws {
    var stage = try Stage([try .named("a")])
    try stage.perform("a")
    let plan = try Stage.plan([try .named("a", work: "2")], run: Stage.launch)
    #expect(
      stage.board.revising(Admission(plan: plan, commit: Stage.commit("x"), at: stage.now)) == nil)
  }
}
