import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// What becomes of briefs that are written, mended, edited, moved and deleted.
@Suite(.timeLimit(.minutes(10))) struct IntakeTests {
  /// Two tasks side by side of which one reads a parameter, and a person behind them.
  static let split = """
    { "name": "split", "publishes": ["content/"],
      "parameters": { "words": { "type": "integer", "default": 100 } },
      "tasks": {
        "left": { "executor": "writer", "intent": "Write {{words}} words.", "outputs": { "left.md": {} } },
        "right": { "executor": "editor", "intent": "Write.", "outputs": { "right.md": {} } },
        "approve": { "after": ["left", "right"], "executor": "creator",
                     "propose": { "left.md": "content/{{slug}}.md" },
                     "approval": {} } } }
    """

  @Test func aBadBriefIsAProblemAndTheOthersGoOn() async throws {
    let shop = try await Workshop()
    try await shop.repository.commit(
      "Two",
      [
        "briefs/bad.md": Project.brief("nota", "Bad"),
        "briefs/good.md": Project.brief("note", "Good"),
      ])
    let report = try await shop.tick()
    #expect(!report.isStopped)
    #expect(try await shop.run("good").record.state == .succeeded)
    let problems = try #require(try await shop.board().main?.problems["briefs/bad.md"])
    #expect(problems.contains { $0.contains("note") }, "\(problems)")
    // The pipeline arrives later; the brief itself is as it was.
    try await shop.repository.commit(
      "Pipeline",
      ["pipelines/nota.json": Project.note.replacing("\"note\"", with: "\"nota\"")])
    try await shop.tick()
    #expect(try await shop.run("bad").record.state == .succeeded)
    #expect(try await shop.board().main?.problems == [:])
  }

  @Test func anEditRunsAgainOnlyWhatItChanges() async throws {
    let shop = try await Workshop(adding: ["pipelines/split.json": Self.split])
    func brief(_ fields: String...) -> String {
      Project.brief("split", "Split", "Say it plainly.", fields)
    }
    try await shop.submit("split", brief("words: 100"))
    #expect(shop.staff.asked.sorted() == ["left", "right"])
    let run = try await shop.run("split").record.id
    // Neither the due date nor the priority is work.
    try await shop.submit("split", brief("words: 100", "priority: 80", "due: 2027-01-01"))
    #expect(shop.staff.asked.count == 2)
    #expect(try await shop.run("split").record.priority == 80)
    #expect(try await shop.proposal("split/approve").hasSuffix("/approve.1"))

    try await shop.submit("split", brief("words: 200", "priority: 80"))
    #expect(shop.staff.asked.dropFirst(2) == ["left"])
    let edited = try await shop.run("split")
    #expect(edited.record.id == run)
    #expect(edited.record.revisions.count == 3)
    #expect(try await shop.task("split/right").record.attempts.count == 1)
  }

  @Test func addAndEditBetweenTwoTicksIsOneRevision() async throws {
    let shop = try await Workshop()
    try await shop.tick()
    try await shop.repository.commit("One", ["briefs/n.md": Project.brief("note", "First")])
    try await shop.repository.commit("Two", ["briefs/n.md": Project.brief("note", "Second")])
    try await shop.tick()
    let run = try await shop.run("n").record
    #expect(run.revisions.count == 1 && run.title == "Second")
    #expect(shop.staff.asked == ["gather", "write"])
  }

  @Test func aRenameEndsOneRunAndBeginsAnother() async throws {
    let shop = try await Workshop()
    try await shop.submit("old", Project.brief("article", "Launch"))
    try await shop.git("mv", "briefs/old.md", "briefs/new.md")
    try await shop.repository.commit("Rename")
    try await shop.tick()
    #expect(try await shop.run("old").record.state == .cancelled)
    #expect(try await shop.state(of: "old/approve") == "cancelled briefDeleted")
    #expect(try await shop.run("new").record.state == .active)
    // What the deleted brief proposed is worth nothing any more.
    try await shop.merge(try await shop.proposal("old/approve"))
    try await shop.tick()
    #expect(try shop.effects == [])
  }

  @Test func aBriefEditedAfterItsEffectDoesNotHaveItAgain() async throws {
    let shop = try await Workshop()
    try await shop.submit("n", Project.brief("announce", "News"))
    #expect(try shop.effects.count == 1)
    try await shop.submit("n", Project.brief("announce", "News", "Corrected."))
    #expect(try await shop.state(of: "n/publish") == "held alreadyDone")
    #expect(try await shop.state(of: "n/draft") == "succeeded")
    #expect(try shop.effects.count == 1)
    let id = try await shop.id(of: "n/publish")
    let outputs = ["receipt.json": Array("{ \"done\": true }\n".utf8)]
    #expect(try await shop.type(.adopt(id, outputs: outputs)) == .done)
    #expect(try await shop.run("n").record.state == .succeeded)
    #expect(try shop.effects.count == 1)
  }

  @Test func aBriefWrittenAgainAfterItsEffectDoesNotHaveItAgain() async throws {
    let shop = try await Workshop()
    try await shop.submit("n", Project.brief("announce", "News"))
    try await shop.git("rm", "--quiet", "briefs/n.md")
    try await shop.repository.commit("Gone")
    try await shop.tick()
    try await shop.submit("n", Project.brief("announce", "News"))
    let run = try await shop.run("n").record
    #expect(run.generation == 2)
    #expect(try await shop.state(of: "n/publish") == "held alreadyDone")
    #expect(try shop.effects.count == 1)
    // A person may say that it should happen once more, and only once.
    let id = try await shop.id(of: "n/publish")
    #expect(try await shop.type(.repeatEffect(id)) == .done)
    #expect(try await shop.state(of: "n/publish") == "succeeded")
    #expect(try shop.effects.count == 2)
    try await shop.submit("n", Project.brief("announce", "News", "Third."))
    #expect(try await shop.state(of: "n/publish") == "held alreadyDone")
    #expect(try shop.effects.count == 2)
  }

  @Test func budgetsHoldPaidWork() async throws {
    let shop = try await Workshop()
    shop.staff.script("thinker") { order in
      .delivering(Staff.outputs(of: order), cost: Money(micros: 600_000, currency: .usd))
    }
    try await shop.submit("a", Project.brief("paid", "A"))
    // 0.60 spent and up to 0.50 more would pass the run's 1.00.
    #expect(try await shop.state(of: "a/think") == "succeeded")
    #expect(try await shop.state(of: "a/more") == "held runBudget")
    try await shop.submit("a", Project.brief("paid", "A", "Say it plainly.", ["budget: 1.20 USD"]))
    #expect(try await shop.state(of: "a/more") == "succeeded")
    // 1.20 of the day's 1.50: the next one waits for midnight.
    try await shop.submit("b", Project.brief("paid", "B"))
    #expect(try await shop.state(of: "b/think") == "pending dayBudget")
    #expect(shop.staff.asked.count == 2)
    shop.clock.advance(by: .days(1))
    try await shop.tick()
    #expect(try await shop.state(of: "b/think") == "succeeded")
  }

  @Test func paidWorkWaitsForTheCommitToSettle() async throws {
    let shop = try await Workshop()
    try await shop.repository.commit("Brief", ["briefs/a.md": Project.brief("paid", "A")])
    let report = try await shop.tick(settled: false)
    #expect(try await shop.state(of: "a/think") == "pending settling")
    #expect(report.next == Workshop.start + .seconds(20))
    shop.clock.advance(by: .seconds(20))
    try await shop.tick(settled: false)
    #expect(try await shop.state(of: "a/think") == "succeeded")
  }
}
