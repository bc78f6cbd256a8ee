import HeadwayCore
import HeadwayTestSupport
import Testing

/// What a board holds of the past, and what it does where it does not know.
@Suite struct PastTests {
  private func entry(
    _ number: Int, at seconds: Int64, took duration: Int64 = 5
  ) throws -> RecentDurations.Entry {
    let id = TaskID(run: try #require(Stage.launch), task: try #require(Name("draft")))
    return RecentDurations.Entry(
      finished: Instant(milliseconds: seconds * 1_000),
      attempt: AttemptID(task: id, number: number), duration: .seconds(duration))
  }

  @Test func keepsTheLastTwentyInWhateverOrderTheyCome() throws {
    // Every two finish at one instant; then the attempt decides.
    let all = try (1...30).map { try entry($0, at: Int64($0 / 2)) }
    var random = SeededGenerator(seed: 5)
    for _ in 0..<20 {
      let shuffled = (all + all.prefix(12)).shuffled(using: &random)
      #expect(RecentDurations(shuffled).entries == Array(all.suffix(RecentDurations.limit)))
    }
  }

  @Test func learnsFromSuccessAlone() throws {
    var stage = try Stage([try .named("a"), try .named("b", retry: RetryRule(attempts: 1))])
    try stage.settleDown()
    stage.wait(.seconds(40))
    try stage.settle("a")
    try stage.settle("b", .fails(.transient))
    #expect(stage.board.durations["article/a"]?.entries.map(\.duration) == [.seconds(40)])
    #expect(stage.board.durations["article/b"] == nil)
    // What a person did in its place took no time that anybody measured.
    try stage.settleDown()
    let b = try stage.id("b")
    try stage.say(.adopt(b, outputs: ["out.md": []]), blobs: ["out.md": Stage.blob("adopted")])
    #expect(try stage.state("b") == .succeeded && stage.board.durations["article/b"] == nil)
  }

  @Test func decidesNothingAboutATaskWhosePastIsNotKnown() throws {
    let stage = try Stage([try .named("post", "publisher"), try .named("other")])
    var bare = Board(reach: .keys(.init()))
    for file in stage.files.values.sorted(by: {
      ($0.path.count, $0.path) < ($1.path.count, $1.path)
    }) { bare.fold(file) }
    let plan = Planner(board: bare, rules: stage.rules, moment: stage.moment).plan()
    #expect(plan.unread == [try stage.id("post")])
    #expect(plan.decisions.map(\.task) == [try stage.id("other")])
    let keys = bare.missing(for: bare.tasksInOrder.map(\.record))
    #expect(keys.effects.count == 1 && keys.durations == ["article/post", "article/other"])
    bare.take(effects: [:], durations: [:], for: keys)
    let again = Planner(board: bare, rules: stage.rules, moment: stage.moment).plan()
    #expect(again == stage.look() && again.unread.isEmpty)
  }

  @Test func narrowingForgetsNoKeyOfATaskOnTheBoard() throws {
    var stage = try Stage([try .named("post", "publisher", once: "one")])
    try stage.perform("post")
    try stage.admit(
      [try .named("post", "publisher", once: "one"), try .named("more", "publisher", once: "two")],
      run: RunID("second-00000a"))
    var board = stage.board
    board.narrow()
    #expect(board.effects == stage.board.effects)
    #expect(board.missing(for: board.tasksInOrder.map(\.record)).isEmpty)
    #expect(!board.knows(effect: "another") && !board.knows(durations: "another/task"))
    _ = board.dropFinished()
    let third = try Stage.plan(
      [try .named("late", "publisher", once: "three")], run: RunID("third-00000b"))
    let entry = Admission(plan: third, commit: Stage.commit("one"), at: stage.now).entry
    #expect(board.missing(for: entry.files).effects.count == 1)
  }
}
