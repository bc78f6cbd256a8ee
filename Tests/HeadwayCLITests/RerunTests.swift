import HeadwayCLI
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// Doing it once more, with open eyes.
@Suite struct RerunCommandTests {
  @Test func showsWhatDiffersAsksAndRunsAgain() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand()
    let same = await workshop.headway("rerun", "milk", "--dry-run")
    #expect(same.output.contains("Nothing is different from then"), "\(same.output)\(same.errors)")
    try await workshop.repository.commit(
      "Faster", ["executors/send.sh": "echo sent quickly >outputs/receipt.txt"])
    await workshop.headway("tick")
    let before = try await workshop.view().tip
    let shown = await workshop.headway("rerun", "milk", "--from", "send", "--dry-run")
    #expect(shown.output.contains("executors/send.sh"))
    #expect(shown.output.contains("fetch  runs: its work is not the same as then"))
    #expect(await workshop.headway("rerun", "milk").status == .usage, "nobody is asked")
    #expect(await workshop.headway(["rerun", "milk"], typing: "n").status == .failed)
    #expect(try await workshop.view().tip == before)
    let done = await workshop.headway(["rerun", "milk", "--reason", "new sender"], typing: "y")
    #expect(done.status == .success, "\(done.errors)")
    #expect(done.output == "✓ what \(run) did is done again, in a run of its own\n")
    let view = try await workshop.view()
    let next = try #require(view.board.runsInOrder.last)
    #expect(next.record.generation == 2 && next.record.id != run)
    let send = try #require(next.tasksInOrder.first { $0.record.task.text == "send" })
    #expect(send.record.reason?.code == .alreadyDone)
    #expect(await workshop.headway("rerun", next.record.id.text).errors.contains("is not finished"))
    #expect(await workshop.headway("replay", "--all").status == .success)
  }

  @Test func keepsResultsWhoseWorkIsTheSame() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand()
    let done = await workshop.headway("rerun", "milk", "--from", "send", "--yes", "--json")
    #expect(done.status == .success, "\(done.errors)")
    #expect(done.errors.contains("keeps the result of \(run)/fetch.1"))
    let next = try #require(try await workshop.view().board.runsInOrder.last)
    let fetch = try #require(next.tasksInOrder.first { $0.record.task.text == "fetch" })
    #expect(fetch.record.state == .succeeded)
    let attempts = try await workshop.view().attempts(of: fetch)
    let told = await workshop.headway("explain", "\(next.record.id)/fetch")
    #expect(told.flat.contains("Its result was taken over from \(run)/fetch.1"), "\(told.output)")
    #expect(attempts.map { $0.inputs.map(\.from) } == [["\(run)/fetch.1"]])
    #expect(
      await workshop.headway("show", "\(next.record.id)/fetch", "--output", "result.txt").status
        == .success)
    #expect(
      await workshop.headway("rerun", "milk", "--from", "sent", "--dry-run").status == .usage)
  }

  @Test func showsWhatDiffersForARunOfAFileToo() async throws {
    let workshop = try await Workshop.open()
    try await workshop.repository.commit(
      "Watch",
      [
        "pipelines/count.json": """
        { "name": "count", "on": { "paths": "claims/*.json", "identity": "{{json.id}}" }, "tasks": {
          "fetch": { "executor": "counter", "intent": "{{json.amount}}",
                     "outputs": { "result.txt": {} } } } }
        """,
        "executors/counter.json":
          #"{ "name": "counter", "kind": "command", "run": ["/bin/sh", "executors/count.sh"] }"#,
        "executors/count.sh": "cat intent.txt >outputs/result.txt",
      ])
    await workshop.headway("tick")
    for amount in [3, 4] {
      try await workshop.repository.commit(
        "Claim", ["claims/a.json": #"{ "id": 7, "amount": \#(amount) }"#])
      await workshop.headway("tick", "--now")
      workshop.advance(by: .minutes(5))
    }
    let run = try await workshop.run("count-7")
    let shown = await workshop.headway("rerun", run.text, "--dry-run")
    #expect(shown.status == .success, "\(shown.errors)")
    #expect(shown.output.contains("claims/a.json"))
    #expect(shown.flat.contains("fetch: intent 3 → 4"), "\(shown.output)")
    let done = await workshop.headway(["rerun", run.text], typing: "y")
    #expect(done.status == .success, "\(done.errors)")
    #expect(try await workshop.view().finishedRuns(limit: 9).first?.generation == 2)
  }
}
