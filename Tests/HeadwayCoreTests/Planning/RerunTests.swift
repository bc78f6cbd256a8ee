import HeadwayCore
import Testing

/// A new run takes a result over only where the work is exactly the same.
@Suite struct RerunTests {
  private static let tasks: [(String, [String])] = [
    ("a", []), ("b", ["a"]), ("c", ["b"]), ("d", ["a"]),
  ]

  private static func plan(_ works: [String: String] = [:]) throws -> [PlannedTask] {
    try tasks.map { try .named($0.0, after: $0.1, work: works[$0.0] ?? "same") }
  }

  private static func done() throws -> Stage {
    var stage = try Stage(plan())
    for (name, _) in tasks { try stage.perform(name) }
    try stage.settleDown()
    return stage
  }

  private static func rerun(
    _ stage: Stage, from: String?, _ works: [String: String] = [:]
  ) throws -> Rerun? {
    let earlier = try #require(Self.earlier(stage))
    let plan = try Stage.plan(
      Self.plan(works), run: RunID("launch-aaaaaa"), generation: 2)
    return Rerun(
      earlier, as: Admission(plan: plan, commit: Stage.commit("now"), at: stage.now),
      from: from.flatMap { Name($0) })
  }

  /// Folded from the files: the board itself lets go of what has finished.
  private static func earlier(_ stage: Stage) -> BoardRun? {
    var board = Board()
    for case .run(let run) in stage.files.values { board.fold(.run(run)) }
    for file in stage.files.values { if case .task = file { board.fold(file) } }
    return Stage.launch.flatMap { board.runs[$0] }
  }

  private static func fates(_ rerun: Rerun?) throws -> [String] {
    try #require(rerun).tasks.map { part in
      switch part.fate {
      case .takenOver: "\(part.task) kept"
      case .runs(let why): "\(part.task) \(why)"
      }
    }
  }

  @Test func withoutABeginningEverythingRuns() throws {
    let stage = try Self.done()
    #expect(
      try Self.fates(Self.rerun(stage, from: nil)) == [
        "a asked", "b asked", "c asked", "d asked",
      ])
  }

  @Test func whatLiesBeforeAndBesideIsKept() throws {
    let stage = try Self.done()
    #expect(
      try Self.fates(Self.rerun(stage, from: "b")) == ["a kept", "b asked", "c asked", "d kept"])
    #expect(try Self.rerun(stage, from: "nobody") == nil)
  }

  @Test func whatChangedRunsAgainWithAllThatFollows() throws {
    let stage = try Self.done()
    let rerun = try Self.rerun(stage, from: "c", ["a": "other"])
    #expect(try Self.fates(rerun) == ["a changed", "b upstream", "c asked", "d upstream"])
    let differences = try #require(rerun).differences.map(\.what)
    #expect(differences.contains { $0.hasPrefix("a: ") })
    #expect(!differences.contains { $0.hasPrefix("b: ") })
  }

  @Test func keptResultsStandAndOnlyTheRestRuns() throws {
    var stage = try Self.done()
    let rerun = try #require(try Self.rerun(stage, from: "b"))
    let cause = VerbCause(by: "dana", reason: "new house style", at: stage.now, runner: "t/1")
    let entry = rerun.entry(cause, anchor: Stage.anchor)
    #expect(entry.event == .run)
    #expect(entry.value(.person) == "dana" && entry.value(.verb) == "rerun")
    #expect(entry.body.contains("taken over: a, d"))
    try stage.append(entry)
    let run = RunID("launch-aaaaaa")
    try stage.settleDown()
    #expect(try stage.state("a", run: run) == .succeeded)
    #expect(try stage.state("b", run: run) == .running, "nothing that is kept is reopened")
    #expect(try stage.task("d", run: run).attempts.count == 1)
    try stage.settle("b", run: run)
    try stage.perform("c", run: run)
    try stage.settleDown()
    #expect(stage.board.runsInOrder.first { $0.record.id == run }?.record.state == .succeeded)
  }

  @Test func aSignatureSpeaksForItsOwnRun() throws {
    func tasks() throws -> [PlannedTask] {
      try [.named("a"), .named("sign", "creator", after: ["a"]), .named("b", after: ["sign"])]
    }
    var stage = try Stage(tasks())
    try stage.perform("a")
    try stage.settleDown()
    try stage.propose("sign")
    try stage.approve("sign")
    try stage.perform("b")
    try stage.settleDown()
    let plan = try Stage.plan(tasks(), run: RunID("launch-aaaaaa"), generation: 2)
    let rerun = Rerun(
      try #require(Self.earlier(stage)),
      as: Admission(plan: plan, commit: Stage.commit("now"), at: stage.now), from: Name("b"))
    #expect(try Self.fates(rerun) == ["a kept", "sign signature", "b asked"])
  }
}
