import HeadwayCore
import Testing

extension LedgerEntry {
  func value(_ key: LedgerTrailer.Key) -> String? { trailers.first { $0.key == key }?.value }
  var paths: [String] { files.map(\.path) }
  func task(_ name: String) -> TaskRecord? {
    for case .task(let task, _) in files where task.task.text == name { return task }
    return nil
  }
}

/// What each event writes, and what follows from it.
@Suite struct EntryTests {
  static func article(times: Int = 2) throws -> [PlannedTask] {
    [
      try .named("draft"),
      try .named(
        "sign", "creator", after: ["draft"],
        onReject: RejectionRule(retry: try #require(Name("draft")), times: times)),
      try .named("publish", "publisher", after: ["sign"]),
    ]
  }

  static func proposed(times: Int = 2) throws -> Stage {
    var stage = try Stage(article(times: times))
    try stage.perform("draft")
    try stage.settleDown()
    try stage.propose("sign")
    return stage
  }

  @Test func aResultTellsWhatRanOnWhatAndForHowMuch() throws {
    var stage = try Stage([try .named("draft", "writer")])
    try stage.settleDown()
    stage.wait(.seconds(12))
    let attempt = try stage.attempt("draft", .succeeds("text", cost: Stage.usd(21_300)))
    let entry = try #require(
      stage.board.settling(
        Settlement(
          attempt: attempt, outputs: ["out.md": Array("two words".utf8)],
          kept: ["log": Array("ok".utf8)], cause: Stage.commit("one"), policies: nil)))
    #expect(entry.event == .result)
    #expect(entry.subject == "launch-3f9c2a/draft succeeded")
    #expect(entry.body == "2 words by writer in 12.0s for 0.0213 USD.")
    #expect(entry.value(.run) == "launch-3f9c2a")
    #expect(entry.value(.task) == "draft")
    #expect(entry.value(.attempt) == "1")
    #expect(entry.value(.state) == "succeeded")
    #expect(entry.value(.cost) == "0.0213 USD")
    #expect(entry.value(.duration) == "12.0s")
    #expect(entry.value(.decision)?.hasPrefix("decisions/") == true)
    #expect(entry.value(.effect) == nil)
    let folder = try #require(stage.board[stage.id("draft")]).folder
    #expect(
      entry.paths == [
        "\(folder.dropLast("/tasks/00/draft".count))/run.json", "\(folder)/attempt-1.json",
        "\(folder)/task.json",
      ])
    #expect(
      entry.attachments.map(\.path.text) == ["\(folder)/attempt-1.log", "\(folder)/out/out.md"])
  }

  @Test func anOutputThatIsNotMadeAgainIsTakenAway() throws {
    var stage = try Stage([try .named("draft", optional: true)])
    try stage.perform("draft")
    try stage.say(.retry(stage.id("draft")))
    try stage.settleDown()
    let made = try stage.attempt("draft", .succeeds)
    let empty = AttemptRecord(
      id: made.id, taskKey: made.taskKey, key: made.key, effect: made.effect,
      fingerprint: made.fingerprint,
      executor: made.executor, isolation: "none", model: nil, inputs: [], recalled: [],
      rendered: nil, started: made.started, finished: made.finished, outcome: .succeeded,
      failure: nil, outputs: [:], usage: nil, cost: nil, checks: [], confidence: nil,
      decision: made.decision, runner: "test/1", log: nil)
    let entry = try #require(
      stage.board.settling(
        Settlement(attempt: empty, outputs: [:], cause: Stage.commit("one"), policies: nil)))
    #expect(entry.attachments.map(\.content) == [.removed])
    #expect(entry.body.hasPrefix("Done by"))
  }

  // MARK: Approval

  @Test func anApprovalBringsTheBlobsThatStandOnMain() throws {
    var stage = try Self.proposed()
    let content = try #require(stage.board[stage.id("sign")]?.proposal?.content)
    let edited = content.mapValues { _ in Stage.blob("edited") }
    let entry = try #require(try stage.judgement("sign", .approved(content: edited)))
    #expect(entry.event == .approval)
    #expect(entry.body == "With edits of the approver.")
    #expect(entry.value(.person) == "dana")
    try stage.append(entry)
    let task = try stage.task("sign")
    #expect(task.state == .succeeded)
    #expect(task.results == ["out.md": Stage.blob("edited")])
    #expect(task.attempts.map(\.number) == [1])
    #expect(try stage.verdict("publish") == "start")
    #expect(try stage.judgement("sign", .approved(content: edited)) == nil, "decided already")
    #expect(try stage.judgement("sign", .expired) == nil)
  }

  @Test func aRejectionIsFeedbackForTheTaskThatItNames() throws {
    var stage = try Self.proposed()
    let dana = try #require(Name("dana"))
    let entry = try #require(
      try stage.judgement("sign", .rejected(by: dana, message: "Shorter, please.")))
    #expect(entry.event == .rejection)
    #expect(entry.body == "Shorter, please.")
    #expect(entry.attachments.map(\.path.name) == ["feedback.md"])
    try stage.append(entry)
    #expect(try stage.state("draft") == .pending)
    let feedback = try #require(try stage.task("draft").feedback)
    try stage.perform("draft", .succeeds("shorter"))
    #expect(try stage.task("draft").feedback == feedback, "the result rests on it")
    try stage.settleDown()
    #expect(try stage.state("draft") == .succeeded, "done once, not again without the feedback")
    #expect(try stage.task("sign").dispatched?.attempt == 2)
    try stage.propose("sign")
    try stage.approve("sign")
    try stage.perform("publish")
    #expect(stage.runState == .succeeded)
  }

  @Test func aRejectionBeyondTheRuleHolds() throws {
    var stage = try Self.proposed(times: 1)
    try stage.reject("sign")
    try stage.perform("draft", .succeeds("second"))
    try stage.settleDown()
    try stage.propose("sign")
    try stage.reject("sign")
    #expect(try stage.state("sign") == .held)
    #expect(try stage.task("sign").reason?.code == .rejected)
    #expect(try stage.state("draft") == .succeeded)
    try stage.say(.retry(stage.id("sign")))
    #expect(try stage.task("sign").rejections == 0)
    #expect(try stage.verdict("sign") == "propose")
  }

  @Test func aRejectionDoesNotTouchAnAttemptUnderWay() throws {
    var stage = try Self.proposed()
    try stage.say(.retry(stage.id("draft")))
    try stage.settleDown()
    #expect(try stage.state("draft") == .running)
    try stage.reject("sign")
    #expect(try stage.state("draft") == .running)
    try stage.settle("draft", .succeeds("without the feedback"))
    #expect(try stage.verdict("draft") == "reopen dependencies")
    try stage.perform("draft")
    #expect(try stage.task("draft").attempts.map(\.number) == [1, 2, 3])
  }

  @Test func aVoidProposalIsMadeAgain() throws {
    var stage = try Self.proposed()
    try stage.judge("sign", .void(.targetChanged))
    #expect(try stage.task("sign").attempts.last?.outcome == .cancelled)
    #expect(try stage.verdict("sign") == "propose")
    try stage.settleDown()
    #expect(try stage.task("sign").dispatched?.attempt == 2)
  }

  static let endings: [(ProposalStatus, ReasonCode)] = [
    (.expired, .approvalExpired), (.withdrawn, .withdrawn),
  ]

  @Test(arguments: endings)
  func aProposalThatLapsesHolds(_ status: ProposalStatus, _ code: ReasonCode) throws {
    var stage = try Self.proposed()
    try stage.judge("sign", status)
    #expect(try stage.state("sign") == .held)
    #expect(try stage.task("sign").reason?.code == code)
    try stage.say(.retry(stage.id("sign")))
    try stage.settleDown()
    #expect(try stage.task("sign").dispatched?.attempt == 2)
  }

  @Test func anApprovalCanBeWithdrawnBeforeItIsUsed() throws {
    var stage = try Self.proposed()
    try stage.approve("sign")
    try stage.judge("sign", .withdrawn)
    #expect(try stage.state("sign") == .held)
    #expect(try stage.task("sign").attempts.count == 1, "the outcome of the attempt stays")
    #expect(try stage.verdict("publish") == "- dependencies")
  }

  @Test func moreApproversKeepItOpen() throws {
    var stage = try Self.proposed()
    let entry = try #require(try stage.judgement("sign", .open))
    #expect(entry.event == .approval)
    try stage.append(entry)
    #expect(try stage.state("sign") == .waiting)
    #expect(try stage.task("sign").reason?.values["approvers"] == ["dana"])
  }

  // MARK: Verbs

  @Test func cancellingARunEndsWhatDoesNotRun() throws {
    var stage = try Self.proposed()
    let run = try #require(Stage.launch)
    try stage.say(.cancel(run))
    #expect(stage.runState == .cancelled)
    #expect(try stage.state("draft") == .succeeded)
    #expect(try stage.state("sign") == .cancelled)
    #expect(try stage.state("publish") == .cancelled)
    #expect(stage.look().decisions.isEmpty)
    #expect(throws: VerbRefusal.self) { try stage.say(.cancel(run)) }
    #expect(try stage.judgement("sign", .expired) == nil, "nobody waits for it any more")
    // Its number is used: what is asked for again gets another branch.
    try stage.say(.retry(stage.id("sign")))
    try stage.settleDown()
    #expect(try stage.task("sign").dispatched?.attempt == 2)
    try stage.propose("sign")
    #expect(stage.board[try stage.id("sign")]?.proposal?.attempt.number == 2)
  }

  @Test func aRunningAttemptSettlesAfterItsRunWasCancelled() throws {
    var stage = try Stage([try .named("a"), try .named("b"), try .named("c")])
    try stage.settleDown()
    let run = try #require(Stage.launch)
    let cause = VerbCause(by: "dana", reason: "r", at: stage.now, runner: "test/1")
    let entry = try stage.board.cancelling(run, .briefDeleted, .cancelled, cause)
    #expect(entry.value(.run) == "launch-3f9c2a")
    try stage.append(entry)
    try stage.settle("a", .cancelled)
    try stage.settle("b")
    #expect(try stage.state("a") == .cancelled)
    #expect(try stage.state("b") == .succeeded)
    #expect(stage.board.runs[run]?.isLive == true, "c still runs")
    try stage.settle("c", .lost)
    #expect(stage.board.dropFinished() == [run])
  }

  @Test func cancellingTheLastTaskEndsTheRun() throws {
    var stage = try Stage([try .named("a")])
    #expect(throws: VerbRefusal.self) { try stage.say(.cancelTask(stage.id("nobody"))) }
    try stage.say(.cancelTask(stage.id("a")))
    #expect(stage.runState == .cancelled)
    #expect(throws: VerbRefusal.self) { try stage.say(.cancelTask(stage.id("a"))) }
    try stage.say(.retry(stage.id("a")))
    #expect(stage.runState == .active)
    try stage.settleDown()
    #expect(throws: VerbRefusal.self) { try stage.say(.retry(stage.id("a"))) }
  }

  @Test func adoptionDeliversWhatWasPromisedAndNothingElse() throws {
    var stage = try Stage([try .named("a"), try .named("b", after: ["a"])])
    let id = try stage.id("a")
    let given: [String: [UInt8]] = ["out.md": Array("mine".utf8)]
    #expect(throws: VerbRefusal.self, "it is not held") {
      try stage.say(.adopt(id, outputs: given))
    }
    try stage.perform("a", .fails(.refused))
    try stage.settleDown()
    #expect(throws: VerbRefusal("launch-3f9c2a/a promises out.md; give each with --output")) {
      try stage.say(.adopt(id, outputs: [:]))
    }
    #expect(throws: VerbRefusal("launch-3f9c2a/a promises no output ../../x")) {
      try stage.say(.adopt(id, outputs: given.merging(["../../x": []]) { first, _ in first }))
    }
    try stage.say(.adopt(id, outputs: given), blobs: ["out.md": Stage.blob("mine")])
    #expect(try stage.task("a").accepted == 2)
    #expect(try stage.verdict("b") == "start")
  }

  @Test func adoptionAsksForNoOptionalOutput() throws {
    var stage = try Stage([try .named("a", optional: true)])
    try stage.perform("a", .fails(.refused))
    try stage.settleDown()
    try stage.say(.adopt(stage.id("a"), outputs: [:]))
    #expect(stage.runState == .succeeded)
  }

  @Test func adoptingAFailedTaskRevivesItsRun() throws {
    var stage = try Stage([
      try .named("a", retry: RetryRule(attempts: 1), exhausted: .fail),
      try .named("b", after: ["a"]),
    ])
    try stage.perform("a", .fails(.transient))
    try stage.settleDown()
    #expect(stage.runState == .failed)
    try stage.say(
      .adopt(stage.id("a"), outputs: ["out.md": []]), blobs: ["out.md": Stage.blob("a")])
    #expect(stage.runState == .active)
    try stage.perform("b")
    #expect(stage.runState == .succeeded)
  }

  @Test func nobodyAdoptsASignature() throws {
    var stage = try Self.proposed()
    try stage.judge("sign", .expired)
    #expect(throws: VerbRefusal.self) {
      try stage.say(.adopt(stage.id("sign"), outputs: [:]))
    }
  }

  @Test func verbsNameWhoSaidThemAndWhy() throws {
    let stage = try Stage([try .named("a")])
    let cause = VerbCause(by: "dana", reason: "Not now.", at: stage.now, runner: "test/1")
    let entry = try stage.board.carryingOut(.freeze, cause)
    #expect(entry.event == .verb)
    #expect(entry.subject == "freeze by dana")
    #expect(entry.body == "Not now.")
    #expect(entry.value(.verb) == "freeze")
    #expect(entry.value(.person) == "dana")
    #expect(entry.value(.runner) == "test/1")
  }
}
