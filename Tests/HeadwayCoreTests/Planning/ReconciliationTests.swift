import HeadwayCore
import Testing

/// What becomes of effects of unknown fate once somebody has looked.
@Suite struct ReconciliationTests {
  static let publisher = Set([Name("publisher")].compactMap { $0 })

  static func lost(_ timeouts: Timeouts = Timeouts()) throws -> Stage {
    var stage = try Stage([
      try .named("publish", "publisher", undo: "unpublish", timeouts: timeouts)
    ])
    try stage.perform("publish", .lost)
    try stage.settleDown()
    return stage
  }

  static func doubt(_ stage: Stage) throws -> Doubt {
    try #require(stage.board.doubts(askable: publisher).first)
  }

  static func finding(
    _ answer: EffectAnswer?, _ stage: Stage, about doubt: Doubt? = nil
  ) throws -> Finding {
    let doubt = try doubt ?? Self.doubt(stage)
    let task = try #require(stage.board[doubt.attempt.task]).record
    let result = AttemptRecord(
      id: AttemptID(task: task.id, number: task.nextAttempt), taskKey: task.key, key: doubt.key,
      effect: .external, fingerprint: doubt.fingerprint,
      executor: task.specification.executor, isolation: "none", model: nil, inputs: [],
      recalled: [], rendered: nil, started: stage.now, finished: stage.now, outcome: .succeeded,
      failure: nil, outputs: ["out.md": Stage.blob("found")], usage: nil, cost: nil, checks: [],
      confidence: nil, decision: try FilePath("ledger.json"), runner: "test/1", log: nil,
      reconciles: doubt.attempt.number)
    return Finding(
      doubt: doubt, executor: task.specification.executor,
      inquiry: Inquiry(
        attempt: doubt.attempt.number, answer: answer, message: "looked", at: stage.now),
      result: answer == .done
        ? Settlement(
          attempt: result, outputs: ["out.md": []], cause: Stage.commit("one"), policies: nil)
        : nil, cause: Stage.commit("one"), runner: "test/1")
  }

  static func answer(_ answer: EffectAnswer?, _ stage: inout Stage) throws {
    try stage.append(stage.board.reconciling(try finding(answer, stage)))
  }

  @Test func nobodyIsAskedWithoutAWayToLook() throws {
    let stage = try Self.lost()
    #expect(stage.board.doubts(askable: []).isEmpty)
    let doubt = try Self.doubt(stage)
    #expect(doubt.attempt.number == 1 && doubt.due <= stage.now)
  }

  @Test func doneSettlesTheTask() throws {
    var stage = try Self.lost()
    let key = try Self.doubt(stage).key
    try Self.answer(.done, &stage)
    let task = try stage.task("publish")
    #expect(task.state == .succeeded && task.accepted == 2)
    #expect(task.results == ["out.md": Stage.blob("found")])
    #expect(task.inquiries.map(\.answer) == [.done])
    #expect(stage.runState == .succeeded)
    #expect(stage.board.effects[key]?.isCertain == true)
    #expect(stage.board.durations.isEmpty, "nobody measured how long it took")
  }

  /// What was done is not what is wanted now: that is for a person to weigh.
  @Test func doneForWorkThatWasEditedSinceIsHeldAsDone() throws {
    var stage = try Self.lost()
    try stage.revise([try .named("publish", "publisher", work: "edited")])
    try stage.settleDown()
    #expect(try stage.task("publish").reason?.code == .uncertain)
    try Self.answer(.done, &stage)
    try stage.settleDown()
    #expect(try stage.state("publish") == .held)
    #expect(try stage.task("publish").reason?.code == .alreadyDone)
  }

  @Test func notDoneFreesItForAnotherTry() throws {
    var stage = try Self.lost()
    #expect(stage.board.runs[try #require(Stage.launch)]?.blastRadius().steps.count == 1)
    try Self.answer(.notDone, &stage)
    #expect(
      stage.board.runs[try #require(Stage.launch)]?.blastRadius().steps.isEmpty == true,
      "what did not happen needs no undoing")
    #expect(try stage.verdict("publish") == "start")
    try stage.perform("publish")
    #expect(stage.runState == .succeeded)
  }

  /// Nothing but the answer lets it go on, and it lets only this task go on.
  @Test func notDoneIsNoWordAboutOtherRuns() throws {
    var stage = try Self.lost()
    let other = RunID("launch-000002")
    try stage.admit([try .named("publish", "publisher")], run: other)
    try stage.settleDown()
    #expect(try stage.task("publish", run: other).reason?.code == .uncertain)
    let asking = stage.board.doubts(askable: Self.publisher).map(\.attempt.task.run)
    #expect(asking == [try #require(Stage.launch)], "only the run whose attempt is in doubt asks")
    try Self.answer(.notDone, &stage)
    try stage.settleDown()
    #expect(try stage.state("publish", run: other) == .held)
  }

  /// Whoever looks meanwhile may look too early.
  @Test func nobodyIsAskedWhileAnotherAttemptIsAtIt() throws {
    var stage = try Self.lost()
    let finding = try Self.finding(.notDone, stage)
    let other = RunID("launch-000002")
    try stage.admit([try .named("publish", "publisher")], run: other)
    try stage.settleDown()
    try stage.say(.repeatEffect(stage.id("publish", run: other)))
    try stage.settleDown()
    #expect(try stage.state("publish", run: other) == .running)
    #expect(stage.board.doubts(askable: Self.publisher).isEmpty)
    #expect(stage.board.reconciling(finding) == nil)
    stage.wait(.minutes(1))
    try stage.settle("publish", .lost, run: other)
    #expect(stage.board.doubts(askable: Self.publisher).isEmpty, "it is the other's to ask")
  }

  @Test func lossesCountHoweverOftenNothingWasDone() throws {
    var stage = try Self.lost()
    for _ in 1...3 {
      try Self.answer(.notDone, &stage)
      try stage.perform("publish", .lost)
      try stage.settleDown()
      #expect(try stage.task("publish").reason?.code == .uncertain)
    }
    try Self.answer(.notDone, &stage)
    try stage.settleDown()
    #expect(try stage.task("publish").reason?.code == .exhausted)
  }

  @Test func afterNotDoneAnotherFailureIsNoDoubt() throws {
    var stage = try Self.lost()
    try Self.answer(.notDone, &stage)
    try stage.perform("publish", .fails(.transient))
    #expect(try stage.verdict("publish") == "wait backOff")
    stage.wait(.hours(1))
    #expect(try stage.verdict("publish") == "start")
  }

  @Test func whatIsNotDoneMayBeLate() throws {
    var stage = try Self.lost(Timeouts(finish: .hours(1)))
    stage.wait(.hours(2))
    try Self.answer(.notDone, &stage)
    #expect(try stage.verdict("publish") == "expire finishTimeout")
  }

  @Test(arguments: [EffectAnswer.unknown, nil])
  func anythingElseLeavesItToAPersonAndIsAskedAgainAFewTimes(_ answer: EffectAnswer?) throws {
    var stage = try Self.lost()
    var pauses: [Span] = []
    for _ in 1...5 {
      let before = stage.now
      stage.now = max(stage.now, try Self.doubt(stage).due)
      pauses.append(stage.now - before)
      try Self.answer(answer, &stage)
      try stage.settleDown()
      #expect(try stage.state("publish") == .held)
    }
    #expect(pauses == [.zero, .minutes(1), .minutes(5), .minutes(20), .hours(1)])
    #expect(stage.board.doubts(askable: Self.publisher).isEmpty)
    let reason = try #require(try stage.task("publish").reason)
    #expect(reason.code == .uncertain && reason.values["asked"]?.integer == 5)
    try stage.say(.retry(stage.id("publish")))
    #expect(try stage.verdict("publish") == "start")
  }

  @Test func anAnswerThatComesTooLateIsNone() throws {
    let verbs: [(inout Stage) throws -> Void] = [
      { try $0.say(.retry($0.id("publish"))) },
      { try $0.say(.hold($0.id("publish"))) },
      { try $0.say(.holdRun(try #require(Stage.launch))) },
      { try $0.say(.cancel(try #require(Stage.launch))) },
      {
        try $0.say(
          .adopt($0.id("publish"), outputs: ["out.md": []]), blobs: ["out.md": Stage.blob("mine")])
      },
    ]
    for verb in verbs {
      for answer in EffectAnswer.allCases {
        var stage = try Self.lost()
        let finding = try Self.finding(answer, stage)
        try verb(&stage)
        #expect(stage.board.reconciling(finding) == nil)
      }
    }
  }

  @Test func anAnswerAboutAnotherEffectIsNone() throws {
    var stage = try Self.lost()
    let finding = try Self.finding(.notDone, stage)
    try stage.revise([try .named("publish", "publisher", work: "2", once: "publish:other")])
    #expect(stage.board.reconciling(finding) == nil)
    #expect(stage.board.doubts(askable: Self.publisher).isEmpty)
  }

  // MARK: What a program may answer

  private func given(_ text: String) throws -> EffectAnswer {
    try GivenAnswer(Array(text.utf8), about: "k1").answer
  }

  @Test func eachAnswerIsRead() throws {
    for answer in EffectAnswer.allCases {
      let text = #"{ "answer": "\#(answer.rawValue)", "key": "k1" }"#
      #expect(try given(text) == answer)
    }
    let long = try GivenAnswer(
      Array(#"{ "answer": "unknown", "key": "k1", "message": "a\nb\u202e" }"#.utf8), about: "k1")
    #expect(long.message == "a b")
  }

  static let hostile = [
    "", "done", "null", "[]", #""done""#, "{}", #"{ "answer": "done" }"#,
    #"{ "answer": "Done", "key": "k1" }"#, #"{ "answer": "notdone", "key": "k1" }"#,
    #"{ "answer": "notDone ", "key": "k1" }"#, #"{ "answer": true, "key": "k1" }"#,
    #"{ "answer": "notDone", "key": "k2" }"#, #"{ "answer": "notDone", "key": ["k1"] }"#,
    #"{ "answer": ["notDone"], "key": "k1" }"#,
    #"{ "answer": "unknown", "answer": "notDone", "key": "k1" }"#,
    #"{ "answer": "notDone", "key": "k1", "sure": false }"#,
    #"{ "answer": "notDone", "key": "k1", "message": 7 }"#,
    #"{ "answer": "notDone", "key": "k1" } { "answer": "done", "key": "k1" }"#,
    #"{ "answer": "notDone", "key": "k1" "#,
    #"{ "answer": "notDone", "key": "k1", "message": "\#(String(repeating: "x", count: 70_000))" }"#,
  ]

  @Test(arguments: hostile.indices) func whatIsNotExactlyAnAnswerIsNone(_ index: Int) {
    #expect(throws: GivenAnswer.Fault.self) { try given(Self.hostile[index]) }
  }
}
