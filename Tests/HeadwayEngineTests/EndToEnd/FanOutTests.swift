import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Tasks that are done once for each item, from a commit to the last result.
@Suite(.timeLimit(.minutes(10))) struct FanOutRunTests {
  static let claims = """
    { "name": "claims", "parameters": { "claims": { "type": "array" } },
      "tasks": {
        "answer": { "each": "{{claims}}", "executor": "writer", "intent": "Answer {{item}}.",
                    "outputs": { "answer.md": {} } },
        "report": { "after": ["answer"], "executor": "editor", "outputs": { "report.md": {} } } } }
    """

  static func brief(_ claims: String) -> String {
    Project.brief("claims", "Claims", "Answer them.", ["claims: [\(claims)]"])
  }

  @Test func eachItemIsDoneOnceAndAnEditDoesOnlyWhatIsNew() async throws {
    let shop = try await Workshop(adding: ["pipelines/claims.json": Self.claims])
    try await shop.submit("c", Self.brief("a, b"))
    #expect(shop.staff.asked.sorted() == ["answer-a", "answer-b", "report"])
    let report = try #require(shop.staff.orders.last)
    #expect(
      report.inputs.map(\.name) == ["brief.md", "answer/a/answer.md", "answer/b/answer.md"])
    // The two run side by side, and either may be asked first.
    let answer = try #require(
      shop.staff.orders.first { $0.attempt.task.task.text == "answer-a" })
    #expect(answer.parameters["item"] == "a")
    #expect(try await shop.run("c").record.state == .succeeded)
  }

  @Test func itemsComeAndGoWithTheBrief() async throws {
    let shop = try await Workshop(adding: ["pipelines/claims.json": Self.claims])
    // `c` never ends well, so that the run goes on.
    shop.staff.script("writer") { order in
      order.attempt.task.task.text == "answer-c"
        ? .failing(.invalidRequest, "no such claim") : .delivering(Staff.outputs(of: order))
    }
    try await shop.submit("c", Self.brief("a, c"))
    #expect(try await shop.task("c/answer-c").record.state == .held)
    let asked = shop.staff.asked.count
    try await shop.submit("c", Self.brief("b, a"))
    #expect(shop.staff.asked.dropFirst(asked) == ["answer-b", "report"])
    let run = try await shop.run("c")
    #expect(run.record.state == .succeeded)
    #expect(run.tasks[try #require(Name("answer-c"))]?.record.state == .cancelled)
    #expect(run.tasks[try #require(Name("answer-a"))]?.record.attempts.count == 1)
  }

  @Test func noItemsLeaveNothingToWaitFor() async throws {
    let shop = try await Workshop(adding: ["pipelines/claims.json": Self.claims])
    try await shop.submit("c", Self.brief(""))
    #expect(shop.staff.asked == ["report"])
    #expect(try await shop.run("c").record.state == .succeeded)
  }

  @Test func aRunWithoutAnyTaskHasEndedAndIsFollowed() async throws {
    let only = """
      { "name": "only", "parameters": { "claims": { "type": "array" } },
        "tasks": { "answer": { "each": "{{claims}}", "executor": "writer",
                               "intent": "Answer {{item}}.", "outputs": { "answer.md": {} } } } }
      """
    let then = """
      { "name": "then", "on": { "run": "only", "when": "succeeded" },
        "tasks": { "tell": { "executor": "editor", "outputs": { "told.md": {} } } } }
      """
    let shop = try await Workshop(
      adding: ["pipelines/only.json": only, "pipelines/then.json": then])
    try await shop.submit("c", Project.brief("only", "Claims", "Answer them.", ["claims: []"]))
    #expect(try await shop.run("c").record.state == .succeeded)
    #expect(shop.staff.asked == ["tell"])
  }

  @Test func takingAnEditBackTakesTheResultsBack() async throws {
    let shop = try await Workshop(adding: ["pipelines/split.json": IntakeTests.split])
    func submit(_ words: Int) async throws {
      try await shop.submit(
        "split", Project.brief("split", "Split", "Say it plainly.", ["words: \(words)"]))
    }
    try await submit(100)
    let first = try await shop.task("split/left").record
    try await submit(200)
    #expect(shop.staff.asked.filter { $0 == "left" }.count == 2)
    let edit = try await shop.git("log", "-1", "--grep=revision 2", "--format=%b", "headway/ledger")
    #expect(edit.contains("reopened left: intent"), "\(edit)")
    #expect(edit.contains("parameter words 100 → 200"), "\(edit)")
    try await submit(100)
    #expect(shop.staff.asked.filter { $0 == "left" }.count == 2)
    let task = try await shop.task("split/left")
    #expect(task.record.accepted == 1 && task.record.results == first.results)
    let blob = try #require(first.results["left.md"])
    let stands = try await shop.git(
      "rev-parse", "headway/ledger:\(task.folder)/out/left.md")
    #expect(stands.contains(blob.hex))
  }
}
