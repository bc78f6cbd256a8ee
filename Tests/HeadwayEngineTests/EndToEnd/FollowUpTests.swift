import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Pipelines that the ends of runs set going.
@Suite(.timeLimit(.minutes(10))) struct FollowUpTests {
  static let digest = """
    { "name": "digest", "on": { "run": "note", "when": "succeeded" },
      "parameters": { "words": { "type": "integer" } },
      "tasks": { "sum": { "executor": "editor", "intent": "{{cause.run}} in {{words}} words",
                          "inputs": [{ "result": "note.md" }], "outputs": { "sum.md": {} } } } }
    """

  @Test func theEndOfARunStartsOneMoreWithWhatItDelivered() async throws {
    let shop = try await Workshop(adding: ["pipelines/digest.json": Self.digest])
    try await shop.submit("n", Project.brief("note", "Note", "Say it.", ["words: 70"]))
    let first = try await shop.run("n")
    let follower = try #require(
      try await shop.board().runsInOrder.first { $0.record.cause.kind == .run })
    #expect(follower.record.cause.path == "digest:\(first.record.id)")
    #expect(follower.record.cause.parent == first.record.id && follower.record.cause.depth == 1)
    #expect(follower.record.state == .succeeded)
    let task = try #require(follower.tasksInOrder.first?.record.specification)
    #expect(task.intent == "\(first.record.id) in 70 words")
    let write = try #require(Name("write"))
    let made = try #require(first.tasks[write]?.record.results["note.md"])
    #expect(
      task.inputs == [
        .delivered(
          AttemptID(task: TaskID(run: first.record.id, task: write), number: 1),
          output: "note.md", blob: made)
      ])
    // A run that is reopened and ends again is followed no second time.
    #expect(try await shop.type(.retry(try await shop.id(of: "n/write"))) == .done)
    #expect(try await shop.board().runs.values.count { $0.record.cause.kind == .run } == 1)
  }

  @Test(arguments: [digest.replacing("\"editor\"", with: "\"nobody\""), "{ \"name\": "])
  func whatCouldNotFollowFollowsOnceItsFileIsMended(_ broken: String) async throws {
    let shop = try await Workshop(adding: ["pipelines/digest.json": broken])
    try await shop.submit("n", Project.brief("note", "Note", "Say it.", ["words: 70"]))
    let first = try await shop.run("n")
    #expect(try await shop.board().intake?.followers.map(\.run) == [first.record.id])
    try await shop.repository.commit("Another file", ["notes.txt": "nothing"])
    try await shop.tick()
    #expect(try await shop.board().intake?.followers.map(\.run) == [first.record.id])
    for _ in 1...2 {
      try await shop.repository.commit(
        "Mend", ["pipelines/digest.json": Self.digest, "notes.txt": "\(shop.clock.now)"])
      try await shop.tick()
      let followers = try await shop.board().runs.values.filter { $0.record.cause.kind == .run }
      #expect(followers.map(\.record.cause.path) == ["digest:\(first.record.id)"])
      #expect(followers.map(\.record.state) == [.succeeded])
      #expect(try await shop.board().intake?.followers == [])
      shop.clock.advance(by: .seconds(1))
    }
    #expect(try await shop.board().main?.problems == [:])
  }

  @Test func aRowOfRunsHasAnEnd() async throws {
    var files: [String: String] = [:]
    for index in 1...5 {
      let before = index == 1 ? "note" : "f\(index - 1)"
      files["pipelines/f\(index).json"] = TriggerTests.pipeline(
        "f\(index)", on: #"{ "run": "\#(before)" }"#)
    }
    let shop = try await Workshop(adding: files)
    try await shop.submit("n", Project.brief("note", "Note"))
    let followers = try await shop.board().runs.values.map(\.record).filter {
      $0.cause.kind == .run
    }
    #expect(followers.map(\.cause.depth).sorted() == [1, 2, 3])
    let problems = try #require(try await shop.board().main?.problems["pipelines/f4.json"])
    #expect(problems.contains { $0.contains("`depth` allows 3") }, "\(problems)")
  }
}
