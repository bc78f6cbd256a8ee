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
}
