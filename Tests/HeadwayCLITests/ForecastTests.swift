import HeadwayCLI
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// `forecast` over a real ledger.
@Suite(.timeLimit(.minutes(10))) struct ForecastTests {
  @Test func tellsWhatWillEndWhenAndWhatItAsksOfPeople() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.writeArticle()
    workshop.advance(by: .hours(1))
    let tip = try await workshop.view().tip
    let text = await workshop.headway("forecast")
    #expect(text.status == .success, "\(text.errors)")
    #expect(text.flat.contains("Forecast from 2026-11-24"))
    #expect(text.flat.contains("\(run) 2026-11-24"))
    #expect(text.flat.contains("Asks people \(run)/approve creator asked"))
    #expect(text.flat.contains("(nobody has measured it)"))
    #expect(text.output.contains("Every attempt succeeds"))
    let facts = try await workshop.headway("forecast", "--json", "--wait", "90m").json
    let approve = try #require(facts["people"]?.elements?.first)
    #expect(approve["signed"]?.text == (workshop.now + .minutes(30)).description)
    #expect(approve["assumed"] == "given")
    let tasks = try #require(facts["tasks"]?.elements)
    #expect(
      tasks.map { $0["task"]?.text } == ["approve", "publish", "social"].map { "\(run)/\($0)" })
    #expect(tasks.allSatisfy { $0["end"] == "succeeded" })
    #expect(facts["complete"] == true && facts["ledger"]?.text == tip.hex)
    let one = await workshop.headway("forecast", "launch/publish")
    #expect(one.flat.contains("publish") && !one.output.contains("social"))
    #expect(try await workshop.view().tip == tip)
  }

  @Test func namesWhatDoesNotMoveAndRefusesWhatHasEnded() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand(body: "FAIL")
    let stuck = await workshop.headway("forecast", "milk")
    #expect(stuck.flat.contains("Does not move by itself \(run)/fetch"), "\(stuck.output)")
    #expect(stuck.flat.contains("and 1 task behind"))
    #expect(stuck.flat.contains("\(run) not by itself"))
    #expect(await workshop.headway("forecast", "--wait", "soon").status == .usage)
    let unknown = await workshop.headway("forecast", "mlik")
    #expect(unknown.status == .usage && unknown.errors.contains("milk"))
    await workshop.headway("cancel", "milk")
    let ended = await workshop.headway("forecast", run.text)
    #expect(ended.status != .success && ended.errors.contains("has ended"))
    let nothing = await workshop.headway("forecast")
    #expect(nothing.output.contains("Nothing is under way"))
  }

  @Test func aLongListIsCutAndJSONHasItAll() async throws {
    let workshop = try await Workshop.open()
    let items = (1...25).map(String.init).joined(separator: ", ")
    try await workshop.repository.commit(
      "Many",
      [
        "pipelines/many.json": """
        { "name": "many", "parameters": { "items": { "type": "array" } }, "tasks": {
          "one": { "each": "{{items}}", "executor": "fetcher", "intent": "Fetch {{item}}.",
                   "outputs": { "result.txt": {} } } } }
        """,
        "briefs/many.md":
          "---\npipeline: many\ntitle: Many\ndue: \(workshop.now)\nitems: [\(items)]\n---\nMany.\n",
      ])
    await workshop.headway("tick", "--for", "0s")
    let text = await workshop.headway("forecast")
    #expect(text.output.contains("and 5 more"), "\(text.output)\(text.errors)")
    #expect(text.output.contains(", late by 13m"))
    let facts = try await workshop.headway("forecast", "--json").json
    let late = (facts["tasks"]?.elements ?? []).filter { $0["late"]?["usual"]?.text != nil }
    #expect(late.count == 25)
  }
}
