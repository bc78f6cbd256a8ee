import HeadwayCLI
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// Verbs on many tasks: shown first, asked about, and done together.
@Suite struct SelectionTests {
  /// Three errands whose first step is held.
  private func shut() async throws -> (Workshop, [RunID]) {
    let workshop = try await Workshop.open()
    var runs: [RunID] = []
    for name in ["milk", "bread", "salt"] {
      runs.append(try await workshop.sendErrand(name, body: "FAIL"))
    }
    return (workshop, runs)
  }

  private func states(_ workshop: Workshop, _ runs: [RunID]) async throws -> [TaskState] {
    let view = try await workshop.view()
    var states: [TaskState] = []
    for run in runs { states.append(try await view.task("\(run)/fetch").task.record.state) }
    return states
  }

  @Test func asksBeforeItTouchesMoreThanOneTask() async throws {
    let (workshop, runs) = try await shut()
    let before = try await workshop.view().tip
    let mute = await workshop.headway("retry", "--held")
    #expect(mute.status == .usage)
    #expect(mute.errors.contains("headway retry, 3:"))
    #expect(mute.errors.contains("\(runs[0])/fetch"))
    #expect(mute.errors.contains("hint: --yes says that you mean it"))
    let shown = await workshop.headway("retry", "--held", "--dry-run")
    #expect(shown.status == .success && shown.output.contains("headway retry, 3:"))
    let no = await workshop.headway(["retry", "--held"], typing: "no")
    #expect(no.status == .failed && no.errors.contains("Go on? [y/N]"))
    #expect(try await workshop.view().tip == before, "nothing was written")
    try await workshop.repository.commit(
      "Open the shop", ["executors/fetch.sh": "echo fetched >outputs/result.txt"])
    let yes = await workshop.headway(["retry", "--held", "--reason", "open again"], typing: "y")
    #expect(yes.status == .success, "\(yes.errors)")
    #expect(yes.lines.count == 3)
    #expect(try await states(workshop, runs) == [.succeeded, .succeeded, .succeeded])
  }

  @Test func theWholeSetIsOneCommit() async throws {
    let (workshop, runs) = try await shut()
    let done = await workshop.headway("cancel", "--held", "--because", "invalidRequest", "--yes")
    #expect(done.status == .success, "\(done.errors)")
    let log = try await workshop.repository.git(
      "log", "--grep=Headway-Verb: cancel", "--format=%s|%(trailers:key=Headway-Run,valueonly)",
      "headway/ledger")
    #expect(log.hasPrefix("verb: cancel 3 by Ada|"))
    for run in runs { #expect(log.contains(run.text)) }
    #expect(log.split(separator: "\n").count { $0.contains("verb:") } == 1)
    let explained = await workshop.headway("explain", "\(runs[1])/fetch")
    #expect(explained.output.contains("cancel 3 by Ada"))
  }

  @Test func oneRefusalLeavesAllUntouched() async throws {
    let (workshop, runs) = try await shut()
    let refused = await workshop.headway(
      "retry", "\(runs[0])/fetch", "\(runs[1])/send", "--yes")
    #expect(refused.status == .failed)
    #expect(refused.errors.contains("\(runs[1])/send has not run yet"))
    #expect(refused.errors.contains("nothing was done"))
    #expect(try await states(workshop, runs) == [.held, .held, .held])
    let facts = try await workshop.headway(
      "retry", "\(runs[0])/fetch", "\(runs[1])/send", "--yes", "--json"
    ).json
    #expect(facts.elements?.count == 2)
    #expect(facts.elements?.allSatisfy { $0["done"] == false } == true)
  }

  @Test func narrowsDownByWhatTasksHaveInCommon() async throws {
    let (workshop, runs) = try await shut()
    let one = await workshop.headway("retry", "--held", "--run", "bread", "--dry-run")
    #expect(one.output.contains("headway retry, 1:") && one.output.contains(runs[1].text))
    let none = await workshop.headway("retry", "--held", "--because", "runBudget")
    #expect(none.output == "There is nothing to retry.\n")
    for (arguments, hint) in [
      (["--because", "invalidRequst"], "did you mean `invalidRequest`?"),
      (["--executor", "fetchr"], "did you mean `fetcher`?"),
      (["--pipeline", "errnd"], "did you mean `errand`?"),
    ] {
      let wrong = await workshop.headway(["retry", "--held"] + arguments)
      #expect(wrong.status == .usage && wrong.errors.contains(hint), "\(wrong.errors)")
    }
    #expect(await workshop.headway("retry", "milk/fetch", "--held").status == .usage)
  }

  @Test func holdsAndReleases() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    await workshop.headway("freeze")
    let run = try await workshop.sendFrozenErrand()
    #expect(await workshop.headway("hold", "milk").status == .usage, "a hold has a reason")
    let held = await workshop.headway("hold", "milk/send", "--reason", "not on a Friday")
    #expect(held.status == .success, "\(held.errors)")
    #expect(held.output.contains("\(run)/send is held; headway release \(run)/send"))
    await workshop.headway("thaw")
    let status = await workshop.headway("status")
    #expect(status.output.contains("\(run)/send  held by Ada: not on a Friday"))
    #expect(status.output.contains("→ headway release \(run)/send"))
    #expect(
      await workshop.headway("hold", "milk/send", "--reason", "again").status == .success)
    #expect(await workshop.headway("retry", "milk/send").errors.contains("held by Ada"))
    let released = await workshop.headway("release", "milk")
    #expect(released.output == "✓ \(run) is released\n")
    #expect(try await workshop.view().run(run.text).record.state == .succeeded)
    #expect(await workshop.headway("replay", "--all").status == .success)
  }

  @Test func freezingNowWithNothingRunningAsksNobody() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    #expect(await workshop.headway("freeze", "--now").status == .success)
    #expect(await workshop.headway("freeze").status == .success, "it is frozen, as wanted")
    #expect(await workshop.headway("thaw").status == .success)
  }
}
