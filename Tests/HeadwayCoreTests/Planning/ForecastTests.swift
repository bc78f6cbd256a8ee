import HeadwayCore
import HeadwayTestSupport
import Testing

/// The planner played forward says what then happens.
@Suite struct ForecastTests {
  /// Two ways that meet, a signature, and an effect.
  private static func article(_ work: String = "", due: Instant? = nil) throws -> [PlannedTask] {
    [
      try .named("plan", work: work), try .named("text", after: ["plan"], work: work),
      try .named("image", after: ["plan"], work: work),
      try .named("join", after: ["text", "image"], work: work),
      try .named("sign", "creator", after: ["join"], work: work),
      try .named(
        "send", "publisher", after: ["sign"], work: work, once: "send:\(work)", deadline: due),
    ]
  }

  private static func run(_ name: String) throws -> RunID { try #require(RunID(name)) }

  private static func length(of task: TaskID) -> Span {
    switch task.task.text {
    case "plan": .minutes(3)
    case "text": .minutes(20)
    case "image": .minutes(7)
    case "join": .seconds(90)
    case "sign": .hours(2)
    default: .seconds(5)
    }
  }

  /// One run has taught the ledger how long everything takes.
  private static func stage(concurrency: Int) throws -> Stage {
    var stage = try Stage(
      try article("first"), rules: Stage.rules(concurrency: concurrency))
    _ = try stage.play(length)
    #expect(stage.board.runs.values.allSatisfy { $0.record.state == .succeeded })
    stage.wait(.hours(1))
    return stage
  }

  @Test(arguments: [1, 2, 3])
  func workThatTakesAsLongAsBeforeGoesExactlyAsForetold(concurrency: Int) throws {
    var stage = try Self.stage(concurrency: concurrency)
    try stage.admit(try Self.article("a"), run: try Self.run("alpha"))
    stage.wait(.minutes(1))
    try stage.admit(try Self.article("b"), run: try Self.run("beta"))
    let before = stage.board
    let forecast = stage.forecast()
    #expect(stage.board == before)
    #expect(forecast == stage.forecast())
    #expect(forecast == stage.forecast(.init(pace: .usual)))
    let courses = try stage.play(Self.length)
    #expect(forecast.isComplete && forecast.tasks.count == 12)
    for task in forecast.tasks {
      let course = try #require(courses[task.id])
      #expect(task.begins == course.begun, "\(task.id)")
      #expect(task.finish == course.ended, "\(task.id)")
      #expect(task.basis == .learned(1))
    }
    let ends = try forecast.runs.map { run in
      try run.tasks.map { try #require(courses[$0.id]?.ended) }.max()
    }
    #expect(forecast.runs.map(\.finish) == ends)
  }

  /// From the middle of things: attempts that run, a proposal that is open.
  @Test func itGoesOnFromWhatIsUnderWay() throws {
    var stage = try Self.stage(concurrency: 2)
    try stage.admit(try Self.article("a"), run: try Self.run("alpha"))
    try stage.admit([try .named("plan", work: "b")], run: try Self.run("beta"))
    let alpha = try Self.run("alpha")
    try stage.settleDown()
    stage.wait(.minutes(1))
    let start = stage.now
    func finish(_ task: String) throws -> Instant? {
      let id = try stage.id(task, run: alpha)
      return stage.forecast().tasks.first { $0.id == id }?.finish
    }
    #expect(try finish("plan") == start + .minutes(2))
    #expect(try finish("send") == start + .minutes(22) + .seconds(95) + .hours(2))
    // Longer than ever: nobody takes it to end this very moment.
    stage.wait(.minutes(10))
    #expect(try finish("plan") == stage.now + .seconds(45))
    for name in ["plan", "text", "image", "join"] { try stage.perform(name, run: alpha) }
    try stage.settleDown()
    try stage.propose("sign", run: alpha)
    stage.wait(.minutes(30))
    #expect(try finish("sign") == stage.now + .minutes(90))
  }

  @Test func lengthsThatVaryLieBetweenThePaces() throws {
    var (slow, usual) = (0, 0)
    for seed in 0..<40 {
      var random = SeededGenerator(seed: seed)
      var stage = try Stage(rules: Stage.rules(concurrency: 2))
      stage.tripsEvery = 50
      let chain = ["one", "two", "three"]
      func tasks(_ work: Int) throws -> [PlannedTask] {
        try chain.enumerated().map { place, name in
          try .named(name, after: place == 0 ? [] : [chain[place - 1]], work: "\(work)")
        }
      }
      for number in 0..<20 {
        try stage.admit(try tasks(number), run: try Self.run("run-\(number)"))
        _ = try stage.play { _ in .seconds(60 + Int64(random.below(120))) }
      }
      try stage.admit(try tasks(20), run: try Self.run("last"))
      let (likely, late) = (stage.forecast(), stage.forecast(.init(pace: .slow)))
      let ends = try stage.play { _ in .seconds(60 + Int64(random.below(120))) }
      let end = try #require(ends.values.compactMap(\.ended).max())
      if end <= (try #require(late.runs.first?.finish)) { slow += 1 }
      if end <= (try #require(likely.runs.first?.finish)) { usual += 1 }
    }
    // Three tasks in a row, each of which exceeds its 80th percentile once in five times.
    #expect(slow >= 32, "\(slow) of 40 ended by the slow forecast")
    #expect((10...30).contains(usual), "\(usual) of 40 ended by the usual forecast")
  }

  @Test func whatWillBeLateIsSaidAndByHowMuch() throws {
    var stage = try Self.stage(concurrency: 2)
    let due = stage.now + .hours(1)
    try stage.admit(try Self.article("a", due: due), run: try Self.run("alpha"))
    let send = try #require(stage.forecast().tasks.last)
    #expect(send.deadline == due)
    #expect(send.delay == .hours(1) + .minutes(24) + .seconds(35))
    let fast = try #require(stage.forecast(.init(signing: .minutes(5))).tasks.last)
    #expect(fast.finish != nil && fast.delay == nil)
  }

  @Test func nobodySignsAfterTheTimeForIt() throws {
    var stage = try Self.stage(concurrency: 2)
    try stage.admit(try Self.article("a"), run: try Self.run("alpha"))
    let forecast = stage.forecast(.init(signing: .days(8)))
    let ends = forecast.tasks.suffix(2).map(\.end)
    guard case .stands(.held, let expired?) = ends[0],
      case .stands(.pending, let waits?) = ends[1]
    else {
      Issue.record("\(ends)")
      return
    }
    #expect(expired.code == .approvalExpired && waits.code == .dependencies)
    #expect(forecast.isComplete && forecast.runs.first?.finish == nil)
    #expect(forecast.tasks[4].basis == .given)
  }

  @Test func whatIsNotKnownIsTakenFromThePipelineElseFromAStandard() throws {
    let stage = try Stage([
      try .named("quick", estimate: Estimate(duration: .seconds(7))), try .named("other"),
      try .named("sign", "creator", after: ["other"]),
    ])
    let tasks = stage.forecast().tasks
    #expect(tasks.map(\.basis) == [.estimate, .standard, .standard])
    #expect(
      tasks.map(\.finish)
        == [.seconds(7), .minutes(1), .hours(4) + .minutes(1)].map {
          stage.now + $0
        })
  }
}
