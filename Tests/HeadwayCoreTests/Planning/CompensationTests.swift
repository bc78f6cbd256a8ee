import HeadwayCore
import Testing

/// Effects are undone in reverse order, by a run of their own, when a person wants it.
@Suite struct CompensationTests {
  /// draft → publish → announce, and beside them bill; all but the draft have effects.
  static func tasks(work: String = "") throws -> [PlannedTask] {
    [
      try .named("draft", work: work),
      try .named("publish", "publisher", after: ["draft"], once: "publish:x", undo: "unpublish"),
      try .named("announce", "publisher", after: ["publish"], once: "announce:x", undo: "retract"),
      try .named("bill", "publisher", once: "bill:x"),
    ]
  }

  static func done() throws -> Stage {
    var stage = try Stage(try tasks())
    try stage.perform("draft")
    try stage.settleDown()
    try stage.settle("bill")
    try stage.perform("publish")
    try stage.perform("announce")
    #expect(stage.runState == .succeeded)
    return stage
  }

  private static func undo(_ stage: Stage) throws -> BoardRun {
    try #require(stage.board.runs.values.first { $0.record.cause.kind == .compensation })
  }

  @Test func theRadiusNamesEffectsLastFirst() throws {
    let stage = try Self.done()
    let run = try #require(Stage.launch.flatMap { stage.board.runs[$0] })
    let radius = run.blastRadius()
    #expect(radius.steps.map(\.task.task.text) == ["announce", "publish", "bill"])
    #expect(radius.steps.map { $0.compensation?.name.text } == ["retract", "unpublish", nil])
    #expect(radius.steps.map(\.isCertain) == [true, true, true])
    let later = run.blastRadius(from: Name("announce"))
    #expect(later.steps.map(\.task.task.text) == ["announce"])
  }

  @Test func aPersonHasARunUndone() throws {
    var stage = try Self.done()
    try stage.say(.compensate(try #require(Stage.launch), from: nil))
    let undo = try Self.undo(stage)
    #expect(undo.record.tasks.map(\.text) == ["undo-announce", "undo-publish"])
    #expect(undo.record.id.text.hasPrefix("undo-launch-3f9c2a-"))
    try stage.settleDown()
    #expect(try stage.state("undo-announce", run: undo.record.id) == .running)
    #expect(try stage.state("undo-publish", run: undo.record.id) == .pending)
    let order = try stage.task("undo-announce", run: undo.record.id)
    #expect(order.key == "article/retract")
    #expect(order.specification.inputs.count == 1, "what the effect delivered comes with it")
    try stage.settle("undo-announce", run: undo.record.id)
    try stage.perform("undo-publish", run: undo.record.id)
    #expect(try Self.undo(stage).record.state == .succeeded)
    #expect(throws: VerbRefusal.self) {
      try stage.say(.compensate(try #require(Stage.launch), from: nil))
    }
  }

  @Test func aFailedRunProposesAndAPersonAllows() throws {
    var stage = try Stage(
      try Self.tasks() + [try .named("last", after: ["announce"], exhausted: .fail)])
    try stage.perform("draft")
    try stage.settleDown()
    try stage.settle("bill")
    try stage.perform("publish")
    try stage.perform("announce")
    for _ in 0..<5 {
      try stage.perform("last", .fails(.internal))
      stage.wait(.hours(2))
    }
    try stage.settleDown()
    #expect(stage.runState == .failed)
    let launch = try #require(Stage.launch)
    #expect(stage.board.runs[launch]?.isLive == true, "it stays until its undo is proposed")
    try stage.append(stage.board.compensating(launch, .failed, at: stage.now))
    #expect(stage.board.runs[launch]?.isLive == false)
    #expect(stage.board.compensating(launch, .failed, at: stage.now) == nil, "proposed once")
    let undo = try Self.undo(stage)
    #expect(undo.tasksInOrder.allSatisfy { $0.record.state == .held })
    #expect(undo.tasksInOrder.allSatisfy { $0.record.reason?.code == .compensation })
    try stage.settleDown()
    #expect(try stage.state("undo-announce", run: undo.record.id) == .held, "nobody has said so")
    try stage.say(.compensate(launch, from: nil))
    try stage.settleDown()
    #expect(try stage.state("undo-announce", run: undo.record.id) == .running)
  }

  @Test func anEffectOfUnknownFateHasItsUndo() throws {
    var stage = try Stage([
      try .named("publish", "publisher", once: "publish:x", undo: "unpublish")
    ])
    try stage.perform("publish", .lost)
    let run = try #require(Stage.launch.flatMap { stage.board.runs[$0] })
    #expect(run.blastRadius().openSteps.map(\.isCertain) == [false])
  }

  @Test func whatSurelyDidNotHappenHasNothingToUndo() throws {
    var stage = try Stage([
      try .named("publish", "publisher", once: "publish:x", undo: "unpublish")
    ])
    try stage.perform("publish", .fails(.refused))
    let run = try #require(Stage.launch.flatMap { stage.board.runs[$0] })
    #expect(run.blastRadius().steps.isEmpty)
    #expect(throws: VerbRefusal.self) { try stage.say(.compensate(run.record.id, from: nil)) }
  }

  @Test func anEffectUnderWayIsNotUndoneMeanwhile() throws {
    var stage = try Stage([
      try .named("publish", "publisher", once: "publish:x", undo: "unpublish")
    ])
    try stage.settleDown()
    #expect(throws: VerbRefusal.self) {
      try stage.say(.compensate(try #require(Stage.launch), from: nil))
    }
  }

  @Test func theUndoIsWhatWasRegisteredWhenTheEffectBegan() throws {
    var stage = try Stage([
      try .named("draft"),
      try .named("publish", "publisher", after: ["draft"], once: "publish:x", undo: "unpublish"),
    ])
    try stage.perform("draft")
    try stage.settleDown()
    try stage.revise([
      try .named("draft"),
      try .named("publish", "publisher", after: ["draft"], once: "publish:x", undo: "other"),
    ])
    try stage.settle("publish")
    let run = try #require(Stage.launch.flatMap { stage.board.runs[$0] })
    #expect(run.blastRadius().openSteps.map { $0.compensation?.name.text } == ["unpublish"])
  }

  @Test func longNamesStayApart() throws {
    let long = String(repeating: "a", count: 47)
    var stage = try Stage([
      try .named(long + "b", "publisher", once: "one", undo: "unpublish"),
      try .named(long + "c", "publisher", once: "two", undo: "unpublish"),
    ])
    try stage.perform(long + "b")
    try stage.settle(long + "c")
    try stage.say(.compensate(try #require(Stage.launch), from: nil))
    let names = try Self.undo(stage).record.tasks
    #expect(Set(names).count == 2)
    #expect(names.allSatisfy { $0.text.count <= 48 })
  }
}
