import HeadwayCLI
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// `show`, `log`, `explain` and `inbox`.
@Suite struct StoryTests {
  @Test func showsARunWithItsTasks() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.writeArticle()
    let shown = await workshop.headway("show", "laun")
    #expect(shown.lines.first == "\(run)  active")
    #expect(shown.output.contains("  cause     brief briefs/launch.md"))
    #expect(shown.lines.contains { $0.hasPrefix("  draft     succeeded  ") })
    #expect(shown.lines.contains { $0.hasPrefix("  publish   pending") })
    let facts = try await workshop.headway("show", "launch", "--json").json
    #expect(facts["run"]?["id"]?.text == run.text)
    #expect(facts["tasks"]?.elements?.count == 7)
  }

  @Test func printsAnOutputByteForByte() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand(body: "Fetch milk, and no \u{1B}[31mred\u{1B}[0m wine.")
    let shown = await workshop.headway("show", "milk/fetch", "--output", "result.txt")
    #expect(shown.output == "Fetch milk, and no \u{1B}[31mred\u{1B}[0m wine.\n")
    let log = await workshop.headway("show", "\(run)/fetch.1", "--log")
    #expect(log.output.contains("on my way"))
    let wrong = await workshop.headway("show", "milk/fetch", "--output", "resul.text")
    #expect(wrong.status == .usage)
    #expect(wrong.errors.contains("did you mean `result.txt`?"))
  }

  @Test func showsATaskAndOneOfItsAttempts() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand()
    let task = await workshop.headway("show", "milk/send")
    #expect(task.lines.first == "\(run)/send  succeeded")
    #expect(task.output.contains("effect    external  once send:milk"))
    #expect(task.output.contains("headway show \(run)/send --output receipt.txt"))
    let attempt = await workshop.headway("show", "milk/send.1")
    #expect(attempt.lines.first == "\(run)/send.1  succeeded")
    #expect(attempt.output.contains("fetch/result.txt"))
    let none = await workshop.headway("show", "milk/send.2")
    #expect(none.status == .usage)
    #expect(none.errors.contains("its attempts are 1"))
  }

  @Test func suggestsTheNearestNameAndRefusesAnAmbiguousOne() async throws {
    let workshop = try await Workshop.open()
    let milk = try await workshop.sendErrand("milk")
    let mill = try await workshop.sendErrand("mill")
    let typo = await workshop.headway("show", "mulk")
    #expect(typo.status == .usage)
    #expect(typo.errors.contains("did you mean \(milk)?"))
    let both = await workshop.headway("show", "mil")
    #expect(both.status == .usage)
    #expect(both.errors.contains("several runs begin with `mil`"))
    #expect(both.errors.contains(milk.text) && both.errors.contains(mill.text))
    let task = await workshop.headway("explain", "milk/fecth")
    #expect(task.errors.contains("did you mean `fetch`?"))
    #expect(await workshop.headway("show", "milk/f").status == .success)
  }

  @Test func tellsTheStoryOfATask() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand()
    let all = await workshop.headway("log")
    #expect(all.lines.contains { $0.contains("genesis") })
    #expect(all.lines.contains { $0.hasSuffix("result    \(run)/send succeeded") })
    let some = await workshop.headway("log", "milk/fetch")
    #expect(some.lines.count == 2)
    #expect(some.lines[0].hasSuffix("\(run)/fetch succeeded"))
    #expect(some.lines[1].contains("start \(run)/fetch (ready)"))
    #expect(await workshop.headway("log", "-n", "1").lines.count == 1)
    #expect(await workshop.headway("log", "-n", "0").status == .usage)
    let facts = try await workshop.headway("log", "milk", "--json").json
    let last = try #require(facts.elements?.first)
    #expect(last["event"] == "result")
    #expect(last["trailers"]?["Headway-Task"] == ["send"])
  }

  @Test func explainsWhyATaskRanOnWhatAndAtWhatCost() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.writeArticle()
    let told = await workshop.headway("explain", "launch/research")
    #expect(told.lines.first == "\(run)/research  succeeded")
    #expect(told.flat.contains("because of the brief briefs/launch.md in commit"))
    #expect(told.flat.contains("nothing stood before it"))
    #expect(told.flat.contains("decisions/2026/11/24/"))
    #expect(told.flat.contains("with builtin/extractive worked"))
    #expect(told.flat.contains("isolation none"))
    #expect(told.flat.contains("It cost nothing"))
    #expect(told.flat.contains("files/sources/interviews.md"))
    #expect(told.flat.contains("memory/brand-voice.md"))
    #expect(told.flat.contains("grounded"))
    #expect(told.flat.contains("Now: done; the result of attempt 1 stands."))
    let publish = await workshop.headway("explain", "launch/publish")
    #expect(publish.flat.contains("Now: it does not run, because: after approve"))
    let facts = try await workshop.headway("explain", "launch/draft", "--json").json
    let attempt = try #require(facts["attempts"]?.elements?.first)
    #expect(attempt["pass"]?["planner"]?.integer == Int64(Planner.version))
    #expect(attempt["reasons"]?.elements?.first?["code"] == "ready")
    #expect(facts["lineage"]?.elements?.count == 2)
  }

  @Test func explainsWhyAResultIsReusedOrNot() async throws {
    let workshop = try await Workshop.open()
    try await workshop.writeArticle()
    func explained(_ task: String = "launch/research") async -> String {
      await workshop.headway("explain", task).flat
    }
    func edit(_ old: String, _ new: String) async throws {
      let brief = try await workshop.repository.git("show", "HEAD:briefs/launch.md")
        .replacing(old, with: new)
      // Git's output comes without its last newline.
      try await workshop.repository.commit("Edit", ["briefs/launch.md": brief + "\n"])
      await workshop.headway("tick")
    }
    #expect(
      await explained().contains(
        "Nothing that it reads has changed since attempt 1, so that result is reused."))
    try await edit("pipeline: article", "pipeline: article\npriority: 80")
    #expect(
      await explained().contains(
        "Nothing that it reads has changed since attempt 1, so that result is reused."))
    try await edit("A 900-word article", "A short article")
    let second = await explained()
    #expect(second.contains("It is other work than the attempt before: brief "), "\(second)")
    #expect(second.contains("since attempt 2, so that result is reused."))
    #expect(
      await explained("launch/outline").contains("It is other work than the attempt before: "))
    await workshop.headway("freeze", "--reason", "look first")
    try await edit("A short article", "A long article")
    let third = await explained()
    #expect(
      third.contains("Attempt 2 is not reused, because it worked on something else: brief "),
      "\(third)")
    #expect(third.contains(" → "))
    try await edit("A long article", "A short article")
    #expect(
      await explained().contains("Nothing that it reads has changed since attempt 2."))
    await workshop.headway("thaw")
    await workshop.headway("tick")
    #expect(await explained().contains("since attempt 2, so that result is reused."))
  }

  @Test func explainsWhoDidAnEffectBeforeAndWhatIsDifferentNow() async throws {
    let workshop = try await Workshop.open()
    let first = try await workshop.sendErrand(body: "Fetch milk.")
    try await workshop.repository.git("rm", "--quiet", "briefs/milk.md")
    try await workshop.repository.commit("Gone")
    await workshop.headway("tick")
    try await workshop.sendErrand(body: "Fetch oat milk.")
    let second = try #require(try await workshop.view().board.runsInOrder.last?.record.id)
    #expect(second != first)
    let told = await workshop.headway("explain", "\(second)/send")
    #expect(told.flat.contains("its effect was already done by \(first)/send.1"))
    #expect(told.flat.contains("Its effect was done by \(first)/send.1 on 2026-11-24"))
    #expect(told.flat.contains("fetch/result.txt was "))
    let facts = try await workshop.headway("explain", "\(second)/send", "--json").json
    let names = facts["earlier"]?["differences"]?.elements?.compactMap { $0["name"]?.text }
    #expect(names == ["brief.md", "fetch/result.txt"])
  }

  @Test func explainsWhoseSignatureIsAwaited() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.writeArticle()
    let proposal = try await workshop.proposal(of: run)
    let told = await workshop.headway("explain", "launch/approve")
    #expect(told.output.contains("Proposal 1, commit \(proposal.commit.short)"))
    #expect(told.output.contains("content  content/launch.md"))
    #expect(told.output.contains("0 of 1 approvals count."))
    #expect(told.output.contains("waits for the signature of a creator"))
  }

  @Test func listsWhatWaitsForMe() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.writeArticle()
    #expect(await workshop.headway("inbox").status == .success)
    let proposal = try await workshop.proposal(of: run)
    let inbox = await workshop.headway("inbox")
    #expect(inbox.lines.first == "\(run)/approve.1")
    #expect(inbox.output.contains("May Why small teams write things down be published?"))
    #expect(inbox.output.contains("decide   git merge --no-ff -S \(proposal.branch)"))
    try await workshop.repository.git("config", "user.signingkey", "key::ssh-ed25519 AAAAother")
    let nobody = await workshop.headway("inbox")
    #expect(nobody.lines.first?.contains("no key of people/") == true)
    #expect(nobody.output.contains(proposal.branch))
  }

  @Test func saysThatThereIsNoLedgerYet() async throws {
    let workshop = try await Workshop.open()
    for command in ["status", "log", "inbox", "replay", "trust"] {
      let answer = await workshop.headway(command)
      #expect(answer.status == .failed)
      #expect(answer.errors.contains("there is no branch headway/ledger yet"))
    }
  }
}
