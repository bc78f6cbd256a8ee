import HeadwayCLI
import HeadwayCore
import HeadwayTestSupport
import Testing

/// `cost` and `sla` over a real ledger.
@Suite(.timeLimit(.minutes(3))) struct AccountingTests {
  @Test func costsAreToldByWhoAskedAndByTask() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.writeArticle()
    let facts = try await workshop.headway("cost", "--by", "person,task", "--json").json
    let rows = try #require(facts["rows"]?.elements)
    #expect(Set(rows.map { $0["person"]?.text }) == ["ada"])
    #expect(
      Set(rows.compactMap { $0["task"]?.text })
        == ["article/research", "article/outline", "article/draft", "article/edit"])
    #expect(rows.allSatisfy { $0["attempts"]?.integer == 1 && $0["unknown"]?.integer == 0 })
    let byRun = await workshop.headway("cost", "--by", "run", "--csv")
    #expect(byRun.output == "run,attempts,unknown,micros,currency\r\n\(run),4,0,0,USD\r\n")
    let text = await workshop.headway("cost")
    #expect(text.flat.contains("article 0.00 USD 4"))
  }

  @Test func anUnknownDimensionIsAnsweredWithTheNearest() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    let answer = await workshop.headway("cost", "--by", "pipelines")
    #expect(answer.status == .usage)
    #expect(answer.errors.contains("did you mean `pipeline`?"))
    let time = await workshop.headway("sla", "--since", "yesterday")
    #expect(time.status == .usage)
    #expect(time.errors.contains("`yesterday` is no time"))
  }

  @Test func levelsAreMeasuredFromTheCommit() async throws {
    let workshop = try await Workshop.open()
    _ = try await workshop.writeArticle()
    workshop.advance(by: .hours(1))
    let facts = try await workshop.headway("sla", "--json").json
    let classes = try #require(facts["classes"]?.elements)
    let publish = try #require(classes.first { $0["class"] == "article/publish" })
    #expect(publish["open"]?.integer == 1)
    #expect(classes.first { $0["class"] == "article/draft" }?["settled"]?.integer == 1)
    let csv = await workshop.headway("sla", "--csv", "--pipeline", "article")
    #expect(csv.output.hasPrefix("class,target,settled,open,measured,missed,median,p90,worst"))
    #expect(csv.output.contains("article/publish,,0,1,0,0,,,,"))
    #expect(await workshop.headway("sla", "--misses").status == .success)
  }
}
