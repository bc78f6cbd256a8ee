import HeadwayCore
import Testing

/// Edits that ask for paid work again and again.
@Suite struct EditTests {
  /// The other task keeps the run open: one that has ended takes no edits.
  private func tasks(_ executor: String = "writer", work: String) throws -> [PlannedTask] {
    [
      try .named("source", work: work), try .named("draft", executor, after: ["source"]),
      try .named("direct", executor, work: work), try .named("other"),
    ]
  }

  /// Both what is edited itself and what follows something edited.
  @Test(arguments: ["direct", "draft"])
  func paidWorkThatEditsAskForAgainAndAgainIsHeld(_ name: String) throws {
    var stage = try Stage(try tasks(work: "0"))
    try perform(&stage, "0")
    for edit in 1...3 {
      stage.wait(.minutes(10))
      try stage.revise(try tasks(work: "\(edit)"))
      try stage.perform("source", .succeeds("\(edit)"))
      guard edit < 3 else { break }
      for name in ["direct", "draft"] { try stage.perform(name, .succeeds("\(edit)")) }
    }
    try stage.settleDown()
    #expect(try stage.state(name) == .held)
    #expect(try stage.task(name).reason?.code == .edited)
    try stage.say(.release(stage.id(name)))
    #expect(try stage.verdict(name) == "start")
  }

  @Test func editsOverADayAndEditsOfFreeWorkHoldNothing() throws {
    for (executor, pause) in [("writer", Span.hours(2)), ("worker", .minutes(1))] {
      var stage = try Stage(try tasks(executor, work: "0"))
      try perform(&stage, "0")
      for edit in 1...6 {
        stage.wait(pause)
        try stage.revise(try tasks(executor, work: "\(edit)"))
        try perform(&stage, "\(edit)")
      }
    }
  }

  @Test func editsBeforeAnythingWasDoneCountForNothing() throws {
    var stage = try Stage(try tasks(work: "0"))
    for edit in 1...6 { try stage.revise(try tasks(work: "\(edit)")) }
    #expect(try stage.verdict("direct") == "start")
  }

  @Test func anotherAnswerUpstreamIsNoEdit() throws {
    var stage = try Stage(try tasks(work: "0"))
    try perform(&stage, "0")
    for answer in 1...4 {
      stage.wait(.minutes(1))
      try stage.say(.retry(stage.id("source")))
      try stage.perform("source", .succeeds("answer \(answer)"))
      try stage.perform("draft", .succeeds("\(answer)"))
    }
    #expect(try stage.task("draft").edits == [])
  }

  private func perform(_ stage: inout Stage, _ text: String) throws {
    for name in ["source", "direct", "draft"] { try stage.perform(name, .succeeds(text)) }
  }
}
