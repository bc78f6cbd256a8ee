import Git
import HeadwayCLI
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// Many cases in one sitting, and one signed commit.
@Suite struct ReviewCommandTests {
  private func articles() async throws -> (Workshop, [String]) {
    let workshop = try await Workshop.open()
    for name in ["launch", "spring"] {
      let brief = """
        ---
        pipeline: article
        title: "Why \(name) matters"
        sources: [sources/interviews.md, sources/survey.md, sources/field-notes.md]
        ---
        A 900-word article for founders, argued from the interviews.

        """
      try await workshop.repository.commit("Brief", ["briefs/\(name).md": brief])
    }
    await workshop.headway("tick")
    var tasks: [String] = []
    for name in ["launch", "spring"] { tasks.append("\(try await workshop.run(name))/approve") }
    return (workshop, tasks)
  }

  private func state(_ workshop: Workshop, _ task: String) async throws -> TaskState {
    try await workshop.view().task(task).task.record.state
  }

  @Test func decidesByNameInOneSignedCommit() async throws {
    let (workshop, tasks) = try await articles()
    let before = try await workshop.repository.id("main")
    let mute = await workshop.headway("review")
    #expect(mute.status == .usage && mute.errors.contains("about 2 cases"), "\(mute.errors)")
    #expect(
      await workshop.headway("review", "--reject", tasks[1]).status == .usage,
      "a rejection has words")
    let done = await workshop.headway(
      "review", "--approve", tasks[0], "--reject", tasks[1], "--reject-reason", "Too long.")
    #expect(done.status == .success, "\(done.errors)")
    #expect(done.output.contains("✓ \(tasks[0]).1 approved\n✓ \(tasks[1]).1 rejected"))
    let commits = try await workshop.repository.git("log", "--format=%G? %s", "\(before)..main")
    #expect(commits.hasSuffix("Review: approve 1, reject 1") && !commits.contains("\n"))
    await workshop.headway("tick")
    #expect(try await state(workshop, tasks[0]) == .succeeded)
    #expect(try await state(workshop, tasks[1]) != .succeeded)
    let story = await workshop.headway("explain", tasks[1])
    #expect(story.output.contains("Too long."))
    let again = await workshop.headway("review", "--approve", tasks[0])
    #expect(again.status == .failed)
  }

  @Test func skippingDecidesNothing() async throws {
    let (workshop, tasks) = try await articles()
    let before = try await workshop.repository.id("main")
    let skipped = await workshop.headway(["review"], typing: "s")
    #expect(skipped.status == .success, "\(skipped.errors)")
    #expect(skipped.output == "Nothing was decided.\n")
    #expect(skipped.errors.contains("Case 2 of 2"))
    let almost = await workshop.headway(["review"], typing: "a")
    #expect(almost.output == "Nothing was decided.\n", "from medium up the name is typed")
    #expect(try await workshop.repository.id("main") == before)
    let one = await workshop.headway(["review"], typing: tasks[0])
    #expect(one.output.contains("\(tasks[0]).1 approved"))
    #expect(!one.output.contains(tasks[1]))
  }

  @Test func heldTasksAreDecidedInOneCommitOfTheLedger() async throws {
    let workshop = try await Workshop.open()
    var tasks: [String] = []
    for name in ["milk", "bread", "salt"] {
      tasks.append("\(try await workshop.sendErrand(name, body: "FAIL"))/fetch")
    }
    let count = { () async throws -> String in
      try await workshop.repository.git("rev-list", "--count", "headway/ledger")
    }
    let mute = await workshop.headway("review")
    #expect(mute.status == .usage && mute.errors.contains("about 3 cases"), "\(mute.errors)")
    let wrong = await workshop.headway("review", "--release", tasks[0])
    #expect(wrong.status == .failed && wrong.errors.contains("held for another reason"))
    let twice = await workshop.headway("review", "--retry", tasks[0], "--cancel", tasks[0])
    #expect(twice.status == .usage && twice.errors.contains("decided twice"))
    #expect(await workshop.headway("review", "--adopt", tasks[0]).status == .usage)
    await workshop.headway("hold", tasks[2], "--reason", "not now")
    let before = try #require(Int(try await count()))
    let done = await workshop.headway(
      "review", "--release", tasks[2], "--cancel", tasks[0], "--cancel", tasks[1], "--reason",
      "the shop is gone")
    #expect(done.status == .success, "\(done.errors)")
    #expect(done.output.contains("✓ \(tasks[0]) is cancelled"))
    let log = try await workshop.repository.git(
      "log", "--format=%s|%b", "-\(try #require(Int(try await count())) - before)",
      "headway/ledger")
    #expect(log.contains("release 1, cancel 2 by Ada|the shop is gone"), "\(log)")
    #expect(log.contains("Headway-Verb: release\nHeadway-Verb: cancel"))
    for task in tasks.prefix(2) {
      #expect(try await state(workshop, task) == .cancelled)
    }
    #expect(await workshop.headway("replay", "--all").status == .success)
  }

  @Test func eachHeldTaskIsShownWithWhatCanBecomeOfIt() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand(body: "FAIL")
    let tip = try await workshop.view().tip
    let skipped = await workshop.headway(["review"], typing: "r")
    #expect(skipped.output == "Nothing was decided.\n", "it is not held by a person")
    #expect(skipped.errors.contains("\(run)/fetch  Fetch milk"))
    #expect(skipped.errors.contains("[t]ry again, [c]ancel, [s]kip, [q]uit"))
    #expect(skipped.errors.contains("last attempt: "))
    #expect(try await workshop.view().tip == tip)
    let ended = await workshop.headway(["review", "--json"], typing: "c")
    #expect(ended.status == .success, "\(ended.errors)")
    let held = try #require(try ended.json["held"]?.elements?.first)
    #expect(held["verb"] == "cancel" && held["done"] == true)
    #expect(try await state(workshop, "\(run)/fetch") == .cancelled)
  }
}
