import HeadwayCLI
import HeadwayCore
import HeadwayTestSupport
import Testing

@Suite struct StatusTests {
  @Test func tellsFirstWhatWaitsWithItsExpiryAndTheExactCommand() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.writeArticle()
    let proposal = try await workshop.proposal(of: run)
    let status = await workshop.headway("status")
    #expect(status.status == .success)
    let lines = status.lines
    #expect(lines.first == "Waits for you, ada")
    #expect(lines[1].hasPrefix("  \(run)/approve.1  risk medium  creator"))
    #expect(lines[1].contains("until 2026-12-01"))
    #expect(lines[1].hasSuffix("(in 7 days)"))
    #expect(
      lines[2].trimmingPrefix { $0 == " " } == "→ git merge --no-ff -S \(proposal.branch)")
    #expect(lines.contains { $0.hasPrefix("Spent today: 0.00 USD of 5.00 USD") })
    #expect(lines.contains { $0.hasPrefix("  \(run)/publish  after approve") })
    #expect(lines.last == "approvals: advisory")
  }

  @Test func givesTheFactsOfEveryUnfinishedTaskAsJSON() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.writeArticle()
    try await workshop.proposal(of: run)
    let facts = try await workshop.headway("status", "--json").json
    let tasks = try #require(facts["tasks"]?.elements)
    #expect(tasks.map { $0["task"]?.text } == ["approve", "publish", "social"])
    #expect(tasks.map { $0["state"]?.text } == ["waiting", "pending", "pending"])
    #expect(
      tasks.map { $0["reason"]?["code"]?.text } == ["approval", "dependencies", "dependencies"])
    #expect(tasks[1]["reason"]?["values"]?["tasks"] == ["approve"])
    #expect(tasks.allSatisfy { $0["clears"]?.text?.isEmpty == false })
    #expect(facts["waits"]?.elements?.first?["mine"] == true)
    #expect(facts["me"] == "ada")
    #expect(facts["approvals"] == "advisory")
    #expect(facts["home"] == true)
  }

  @Test func namesTheRemoteBranchInACloneAndSaysWhoSchedules() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.writeArticle()
    let proposal = try await workshop.proposal(of: run)
    let clone = try await workshop.repository.clone("reader").repository
    let status = await workshop.headway("status", in: clone.path)
    #expect(status.status == .success)
    // Nobody's key is set up there, so everything that waits is told.
    #expect(status.lines.first == "Waits for a signature")
    #expect(status.output.contains("git merge --no-ff -S origin/\(proposal.branch)"))
    #expect(status.output.contains("this clone reads; "))
    #expect(status.output.contains(" schedules\n"))
    let tick = await workshop.headway("tick", in: clone.path)
    #expect(tick.status == .success)
    #expect(tick.errors.contains("reads"))
  }

  @Test func tellsWhatIsHeldWithTheOneCommandThatClearsIt() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand(body: "FAIL")
    let status = await workshop.headway("status")
    #expect(status.lines.first == "Nothing waits for you.")
    let heading = try #require(status.lines.firstIndex(of: "Held"))
    #expect(
      status.lines[heading + 1].contains("the executor says that what was asked makes no sense"))
    #expect(status.lines[heading + 2].hasSuffix("→ headway retry \(run)/fetch"))
  }

  @Test func tellsWhatIsWrongWithFilesAndThatEverythingIsFrozen() async throws {
    let workshop = try await Workshop.open()
    try await workshop.repository.commit("Bad", ["executors/fetcher.json": "{ \"name\": }"])
    await workshop.headway("tick")
    let frozen = await workshop.headway("freeze", "--reason", "a look at the books")
    #expect(frozen.status == .success)
    let status = await workshop.headway("status")
    #expect(status.output.contains("Problems in files\n  executors/fetcher.json:1:"))
    #expect(status.output.contains("frozen by Ada just now: a look at the books"))
    #expect(status.output.contains("→ headway thaw"))
  }

  @Test func tellsOnceWhatFinishedSinceTheLastLook() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    await workshop.headway("status")
    let run = try await workshop.sendErrand()
    workshop.advance(by: .hours(2))
    let first = await workshop.headway("status")
    #expect(first.output.contains("Finished since 2 h ago\n  \(run)  succeeded"))
    #expect(first.output.contains("2 attempts settled\n"))
    let second = await workshop.headway("status")
    #expect(!second.output.contains("Finished"))
  }

  @Test func saysThatNothingWakesHeadwayWhenSomethingIsDue() async throws {
    let workshop = try await Workshop.open()
    try await workshop.repository.commit(
      "Flaky", ["executors/fetch.sh": "echo 'the line is busy' >&2; exit 1"])
    try await workshop.repository.commit(
      "Slow",
      [
        "pipelines/errand.json": """
        { "name": "errand", "on": { "briefs": true }, "tasks": {
          "fetch": { "executor": "fetcher", "intent": "Fetch.", "outputs": { "result.txt": {} },
                     "retry": { "attempts": 3, "base": "2h" } } } }
        """
      ])
    try await workshop.sendErrand()
    workshop.advance(by: .minutes(10))
    let status = await workshop.headway("status")
    #expect(status.output.contains("attempt 1 failed; the next one comes later"))
    #expect(status.output.contains("next due 2026-11-24 "))
    let facts = try await workshop.headway("status", "--json").json
    #expect(facts["wake"]?["next"]?.text != nil)
    #expect(facts["wake"]?["hooks"] == false)
  }

  @Test func makesHostileTextVisible() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand("milk")
    try await workshop.repository.commit(
      "Hostile", ["pipelines/\u{202E}gnp\u{1B}[2J.json": "{"])
    await workshop.headway("tick")
    await workshop.headway("freeze", "--reason", "\u{1B}[2Jgone\nSpent today: nothing")
    for arguments in [["status"], ["show", "milk"], ["explain", "milk/fetch"], ["log"]] {
      let answer = await workshop.headway(arguments)
      #expect(answer.status == .success, "\(arguments): \(answer.errors)")
      #expect(!answer.output.contains("\u{1B}"))
      #expect(!answer.output.contains("\u{202E}"))
    }
    let status = await workshop.headway("status")
    #expect(status.output.contains("<U+001B>[2Jgone<U+000A>Spent today: nothing"))
    #expect(status.output.contains("<U+202E>gnp"))
    #expect(await workshop.headway("show", "\(run)/\u{1B}[2J").errors.contains("<U+001B>"))
  }

  @Test func tellsManyTasksWithOneReasonInOneLine() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    await workshop.headway("freeze")
    for name in ["a", "b", "c", "d", "e", "f"] {
      try await workshop.repository.commit(
        "Errand", ["briefs/\(name).md": "---\npipeline: errand\ntitle: T\n---\nMilk.\n"])
    }
    await workshop.headway("tick")
    let status = await workshop.headway("status")
    #expect(status.output.contains("6 tasks  dispatch is frozen"), "\(status.output)")
    #expect(status.output.contains("6 tasks  after fetch"))
    let all = await workshop.headway("status", "--all")
    #expect(all.lines.count { $0.contains("/fetch  dispatch is frozen") } == 6)
    let facts = try await workshop.headway("status", "--json").json
    #expect(facts["tasks"]?.elements?.count == 12)
    let groups = try #require(facts["groups"]?.elements)
    #expect(groups.map { $0["count"] } == [6, 6])
    #expect(groups.map { $0["code"] } == ["frozen", "dependencies"])
  }

  @Test func saysWhyNothingIsPlannedWithoutSettings() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    await workshop.headway("freeze")
    let run = try await workshop.sendFrozenErrand()
    try await workshop.repository.commit("Oops", ["headway.json": "{"])
    await workshop.headway("tick")
    let status = await workshop.headway("status")
    #expect(status.output.contains("\(run)/fetch  headway.json cannot be read"))
    let facts = try await workshop.headway("status", "--json").json
    #expect(
      facts["tasks"]?.elements?.allSatisfy { $0["reason"]?["code"] == "noSettings" } == true)
  }

  @Test func derivesWhyAPendingTaskDoesNotStart() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    await workshop.headway("freeze")
    let run = try await workshop.sendFrozenErrand()
    let frozen = await workshop.headway("status")
    #expect(frozen.output.contains("\(run)/fetch  dispatch is frozen"))
    #expect(frozen.output.contains("headway thaw"))
  }
}

extension String {
  fileprivate func trimmingPrefix(_ drop: (Character) -> Bool) -> String {
    String(self.drop(while: drop))
  }
}
