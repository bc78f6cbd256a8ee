import Git
import HeadwayCLI
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

@Suite struct VerbTests {
  @Test func retriesWhatIsHeldOnceTheCauseIsGone() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand(body: "FAIL")
    let programs = ["executors/fetch.sh": "echo fetched >outputs/result.txt"]
    try await workshop.repository.commit("Open the shop", programs)
    let none = await workshop.headway("retry", "--held", "--executor", "sender")
    #expect(none.output == "There is nothing to retry.\n")
    let retried = await workshop.headway("retry", "--held", "--executor", "fetcher")
    #expect(retried.status == .success, "\(retried.errors)")
    #expect(retried.output == "✓ \(run)/fetch is tried again\n")
    #expect(try await workshop.view().run(run.text).record.state == .succeeded)
    let log = await workshop.headway("log", "milk")
    #expect(log.lines.contains { $0.hasSuffix("reopened  \(run)/fetch by Ada") })
  }

  @Test func refusesWithTheReasonAndAHint() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand(body: "FAIL")
    let refused = await workshop.headway("retry", "milk/send")
    #expect(refused.status == .failed)
    #expect(refused.errors.contains("error: \(run)/send has not run yet"))
    #expect(refused.errors.contains("hint: headway explain \(run)/send"))
    let facts = try await workshop.headway("retry", "milk/send", "--json").json
    #expect(facts.elements?.first?["done"] == false)
    #expect(await workshop.headway("retry").status == .usage)
    #expect(await workshop.headway("retry", "milk").status == .usage)
    #expect(
      await workshop.headway("retry", "--held", "--executor", "fetchr").errors
        .contains("did you mean `fetcher`?"))
    #expect(await workshop.headway("thaw").status == .success, "nothing is frozen, as wanted")
    #expect(await workshop.headway("clear").errors.contains("no incident is open"))
  }

  @Test func cancelsATaskAndARun() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand(body: "FAIL")
    let task = await workshop.headway("cancel", "milk/send", "--reason", "not today")
    #expect(task.output == "✓ \(run)/send is cancelled\n")
    #expect(await workshop.headway("explain", "milk/send").output.contains("cancelled by Ada"))
    let whole = await workshop.headway("cancel", "milk")
    #expect(whole.output == "✓ \(run) is cancelled\n")
    #expect(try await workshop.view().run(run.text).record.state == .cancelled)
    #expect(await workshop.headway("cancel", "milk").status == .failed)
  }

  @Test func adoptsAResultThatAPersonSupplies() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand(body: "FAIL")
    try workshop.repository.write("mine.txt", "my own milk\n")
    let unknown = await workshop.headway(
      "adopt", "milk/fetch", "--output", "results.txt=mine.txt", "--reason", "went myself")
    #expect(unknown.status == .usage)
    #expect(unknown.errors.contains("did you mean `result.txt`?"))
    let missing = await workshop.headway("adopt", "milk/fetch", "--reason", "went myself")
    #expect(missing.errors.contains("promises result.txt; give each with --output"))
    let adopted = await workshop.headway(
      "adopt", "milk/fetch", "--output", "result.txt=mine.txt", "--reason", "went myself")
    #expect(adopted.status == .success, "\(adopted.errors)")
    #expect(adopted.output == "✓ \(run)/fetch has its result: result.txt\n")
    #expect(
      await workshop.headway("show", "milk/fetch", "--output", "result.txt").output
        == "my own milk\n")
    #expect(
      await workshop.headway("explain", "milk/fetch").output
        .contains("A person supplied the result"))
    #expect(try await workshop.view().run(run.text).record.state == .succeeded)
  }

  @Test func repeatsADoneEffectOnlyWhenToldTo() async throws {
    let workshop = try await Workshop.open()
    try await workshop.sendErrand(body: "Fetch milk.")
    try await workshop.repository.git("rm", "--quiet", "briefs/milk.md")
    try await workshop.repository.commit("Gone")
    await workshop.headway("tick")
    try await workshop.sendErrand(body: "Fetch oat milk.")
    let run = try #require(try await workshop.view().board.runsInOrder.last?.record.id)
    #expect(await workshop.headway("repeat", "\(run)/send").status == .usage)
    let repeated = await workshop.headway("repeat", "\(run)/send", "--reason", "it was lost")
    #expect(repeated.status == .success, "\(repeated.errors)")
    #expect(try await workshop.view().run(run.text).record.state == .succeeded)
    #expect(await workshop.headway("repeat", "\(run)/send", "--reason", "more").status == .failed)
    #expect(await workshop.headway("replay").status == .success)
  }

  @Test func freezesAndThaws() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    #expect(await workshop.headway("freeze").status == .success)
    #expect(await workshop.headway("tick").status == .stopped)
    let run = try await workshop.sendFrozenErrand()
    #expect(try await workshop.view().task("\(run)/fetch").task.record.attempts.isEmpty)
    let thawed = await workshop.headway("thaw")
    #expect(thawed.output == "✓ dispatch goes on\n")
    #expect(try await workshop.view().run(run.text).record.state == .succeeded)
  }

  @Test func clearsTheOneOpenIncident() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    let view = try await workshop.view()
    let incident = IncidentRecord(
      id: IncidentRecord.id(at: workshop.now, about: "fetcher"),
      scope: .executor(try #require(Name("fetcher"))), reason: "401 since 10:04",
      answer: "headway clear fetcher", opened: workshop.now)
    let ledger = try await Ledger(
      site: view.site, index: LedgerIndex(path: view.site.folders.index), durability: .process,
      runner: "test")
    try await ledger.append(.incident(incident), at: workshop.now)
    try await ledger.flush()
    let status = await workshop.headway("status")
    #expect(status.output.contains("Stopped\n  \(incident.id): 401 since 10:04\n"))
    #expect(await workshop.headway("clear", "fetcherr").errors.contains("no open incident"))
    let cleared = await workshop.headway("clear", "fetcher")
    #expect(cleared.output == "✓ incident \(incident.id) is cleared\n")
    #expect(try await workshop.view().board.incidents.isEmpty)
  }

  @Test func waitsForTheHolderOfTheLockAndSaysSo() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    let site = try await Site.find(from: workshop.repository.path)
    let (heard, voice) = AsyncStream.makeStream(of: String.self)
    guard let lock = try FileLock.take(site.folders.lock) else {
      Issue.record("somebody holds the lock")
      return
    }
    async let frozen = workshop.headway(["freeze"]) { voice.yield($0) }
    for await line in heard where line.contains("Waiting for another tick") { break }
    _ = consume lock
    let answer = await frozen
    #expect(answer.status == .success, "\(answer.errors)")
    #expect(try await workshop.view().board.main?.freeze != nil)
  }

  @Test func takesNoVerbInACloneThatReads() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand(body: "FAIL")
    let clone = try await workshop.repository.clone("reader").repository
    for arguments in [["retry", "\(run)/fetch"], ["freeze"], ["cancel", "milk"]] {
      let answer = await workshop.headway(arguments, in: clone.path)
      #expect(answer.status == .failed)
      #expect(answer.errors.contains("this clone reads; "))
    }
  }
}
