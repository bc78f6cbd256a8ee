import HeadwayCLI
import HeadwayCore
import HeadwayTestSupport
import Testing

/// `cost` and `sla` over a real ledger.
@Suite(.timeLimit(.minutes(10))) struct AccountingTests {
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
    #expect(Set(rows.map { $0["basis"]?.text }) == ["author"], "nobody signed the brief")
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
    let pipeline = await workshop.headway("sla", "--pipeline", "artcle")
    #expect(pipeline.status == .usage && pipeline.errors.contains("did you mean `article`?"))
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

  @Test func whoSignedTheBriefPaysWhateverItsAuthorIsCalled() async throws {
    let workshop = try await Workshop.open()
    let repository = workshop.repository
    try repository.write(
      "briefs/milk.md", "---\npipeline: errand\ntitle: Fetch milk\n---\nMilk.\n")
    try await repository.git("add", "briefs/milk.md")
    try await repository.git(
      "commit", "-q", "-S", "-m", "Milk", "--author", "Mallory <mallory@example.org>")
    // What comes after it, and is not signed, asked for nothing.
    try await repository.commit("Aside", ["notes.txt": "nothing"])
    await workshop.headway("tick")
    let facts = try await workshop.headway("cost", "--by", "person", "--json").json
    let row = try #require(facts["rows"]?.elements?.first)
    #expect(facts["rows"]?.elements?.count == 1)
    #expect(row["person"] == "ada" && row["basis"] == "signature")
    #expect(facts["by"]?.elements?.map(\.text) == ["person", "basis"])
    // Without a signature the author's address is all there is.
    try await repository.commit(
      "Bread", ["briefs/bread.md": "---\npipeline: errand\ntitle: Bread\n---\nBread.\n"])
    try await repository.git(
      "commit", "-q", "--amend", "--no-edit", "--author", "Mallory <mallory@example.org>")
    await workshop.headway("tick")
    let csv = await workshop.headway("cost", "--by", "run,person", "--csv")
    #expect(csv.output.contains(",mallory@example.org,author,"), "\(csv.output)")
    #expect(csv.output.contains(",ada,signature,"))
  }
}
