import HeadwayCore
import Testing

/// External effects happen once, over attempts, edits and runs.
@Suite struct EffectTests {
  static let second = RunID("launch-000002")

  static func two() throws -> Stage {
    var stage = try Stage([try .named("publish", "publisher")])
    try stage.admit([try .named("publish", "publisher")], run: second)
    return stage
  }

  @Test func twoRunsThatWantTheSameEffectTakeTurns() throws {
    var stage = try Self.two()
    let decisions = try stage.decide()
    #expect(decisions.map(\.verdict.word) == ["start", "wait"])
    #expect(try stage.decide().isEmpty, "the wait was said the first time")
    let first = try #require(decisions.first).task.run
    let other = first == Self.second ? Stage.launch : Self.second
    #expect(try stage.verdict("publish", run: other) == "- effectBusy")
    try stage.settle("publish", run: first)
    #expect(try stage.verdict("publish", run: other) == "hold alreadyDone")
  }

  /// The program had its effect and then did not deliver what it promised.
  @Test(arguments: [FailureClass.badOutput, .truncated])
  func anEffectWithoutItsOutputIsNotTriedAgain(_ failure: FailureClass) throws {
    var stage = try Stage([try .named("publish", "publisher")])
    try stage.perform("publish", .fails(failure))
    try stage.settleDown()
    #expect(try stage.state("publish") == .held)
    #expect(try stage.task("publish").reason?.code == .uncertain)
  }

  @Test func aDoneEffectIsRepeatedOnceIfAPersonSaysSo() throws {
    var stage = try Self.two()
    try stage.settleDown()
    let busy = try #require(stage.board.running.first).record.run
    let other = busy == Self.second ? Stage.launch : Self.second
    try stage.settle("publish", run: busy)
    try stage.settleDown()
    let held = try stage.task("publish", run: other)
    #expect(held.state == .held)
    #expect(held.reason?.values["by"]?.text == "\(try stage.id("publish", run: busy)).1")
    try stage.say(.repeatEffect(held.id))
    #expect(try stage.task("publish", run: other).allowance?.by == "dana")
    try stage.decide()
    #expect(try stage.state("publish", run: other) == .running)
    #expect(try stage.task("publish", run: other).allowance == nil, "used up")
    try stage.settle("publish", .fails(.transient), run: other)
    stage.wait(.hours(1))
    #expect(try stage.verdict("publish", run: other) == "hold alreadyDone")
  }

  @Test func aDoneEffectCanBeAdopted() throws {
    var stage = try Self.two()
    try stage.settleDown()
    let busy = try #require(stage.board.running.first).record.run
    let other = busy == Self.second ? Stage.launch : Self.second
    try stage.settle("publish", run: busy)
    try stage.settleDown()
    try stage.say(
      .adopt(stage.id("publish", run: other), outputs: ["out.md": []]),
      blobs: ["out.md": Stage.blob("adopted")])
    #expect(try stage.state("publish", run: other) == .succeeded)
  }

  @Test func anEffectThatMayHaveHappenedStopsOtherRunsToo() throws {
    var stage = try Stage([try .named("publish", "publisher")])
    try stage.perform("publish", .lost)
    try stage.settleDown()
    try stage.say(.cancel(try #require(Stage.launch)))
    _ = stage.board.dropFinished()
    try stage.admit([try .named("publish", "publisher")], run: Self.second)
    #expect(try stage.verdict("publish", run: Self.second) == "hold uncertain")
    try stage.decide()
    try stage.say(.repeatEffect(stage.id("publish", run: Self.second)))
    #expect(try stage.verdict("publish", run: Self.second) == "start")
  }

  @Test func whatIsKnownOfAnEffectDoesNotDependOnTheOrderOfReading() throws {
    var stage = try Stage([try .named("publish", "publisher")])
    try stage.perform("publish", .lost)
    try stage.settleDown()
    try stage.say(.retry(stage.id("publish")))
    stage.wait(.minutes(1))
    try stage.perform("publish")
    let attempts = stage.files.values.filter { if case .attempt = $0 { true } else { false } }
    #expect(attempts.count == 2)
    for order in [attempts, attempts.reversed()] {
      var board = Board()
      for file in order { board.fold(file) }
      #expect(board.effects.values.map(\.attempt.number) == [2])
      #expect(board.effects.values.map(\.isCertain) == [true])
    }
  }

  @Test func anEditOfWhatWasPublishedDoesNotPublishAgain() throws {
    var stage = try Stage([
      try .named("draft"), try .named("publish", "publisher", after: ["draft"]),
    ])
    try stage.perform("draft")
    try stage.settleDown()
    // The run is still active when the edit lands.
    try stage.revise([
      try .named("draft", work: "2"), try .named("publish", "publisher", after: ["draft"]),
    ])
    try stage.settle("publish")
    try stage.perform("draft", .succeeds("other"))
    try stage.settleDown()
    #expect(try stage.state("publish") == .held)
    #expect(try stage.task("publish").reason?.code == .alreadyDone)
  }

  @Test func anEditDoesNotHideTheEffectThatIsUnderWay() throws {
    var stage = try Stage([try .named("publish", "publisher")])
    try stage.settleDown()
    try stage.revise([try .named("publish", "publisher", work: "2", once: "publish:other")])
    try stage.admit([try .named("publish", "publisher")], run: Self.second)
    #expect(try stage.verdict("publish", run: Self.second) == "wait effectBusy")
    try stage.settle("publish", .lost)
    #expect(try stage.verdict("publish", run: Self.second) == "hold uncertain")
    #expect(try stage.verdict("publish") == "hold uncertain")
  }

  static let doubtful: [Stage.End] = [.lost, .cancelled, .fails(.timeout)]

  @Test(arguments: doubtful.indices)
  func anEffectOfUnknownFateIsHeldHoweverLateItIs(_ index: Int) throws {
    var stage = try Stage([
      try .named("publish", "publisher", timeouts: Timeouts(finish: .hours(1)))
    ])
    try stage.settleDown()
    stage.wait(.hours(2))
    try stage.settle("publish", Self.doubtful[index])
    #expect(try stage.verdict("publish") == "hold uncertain")
  }

  @Test func anotherNameIsAnotherEffect() throws {
    var stage = try Stage([try .named("publish", "publisher")])
    try stage.admit([try .named("publish", "publisher", once: "publish:other")], run: Self.second)
    #expect(try stage.decide().map(\.verdict.word) == ["start", "start"])
  }
}
