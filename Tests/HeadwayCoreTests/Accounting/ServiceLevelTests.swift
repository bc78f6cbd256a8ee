import HeadwayCore
import Testing

/// End to end is from the commit to the end, whatever lies between.
@Suite struct ServiceLevelTests {
  private static func stage() throws -> Stage {
    try Stage([
      try .named("draft"), try .named("approve", "creator", after: ["draft"]),
      try .named("publish", "publisher", after: ["approve"]), try .named("aside"),
    ])
  }

  private static func measures(
    _ stage: Stage, committed: Instant? = nil
  ) throws -> [String: ServiceMeasure] {
    let run = try #require(Stage.launch.flatMap { stage.board.runs[$0] })
    let attempts = stage.files.values.compactMap { file in
      if case .attempt(let attempt, _) = file { attempt } else { nil }
    }
    let times = committed.map { [Stage.commit("one"): $0] } ?? [:]
    let found = run.serviceMeasures(attempts: attempts, committed: times, at: stage.now)
    return Dictionary(uniqueKeysWithValues: found.map { ($0.task.task.text, $0) })
  }

  @Test func peoplesTimeIsToldApartAndOnlyWhereItWasWaitedFor() throws {
    var stage = try Self.stage()
    try stage.settleDown()
    stage.wait(.minutes(3))
    try stage.settle("draft")
    try stage.settle("aside")
    try stage.settleDown()
    try stage.propose("approve")
    stage.wait(.hours(5))
    try stage.approve("approve")
    try stage.settleDown()
    stage.wait(.minutes(2))
    try stage.settle("publish")
    let measures = try Self.measures(stage)
    #expect(measures["draft"]?.length(at: stage.now) == .minutes(3))
    #expect(measures["draft"]?.people == .zero)
    #expect(measures["publish"]?.length(at: stage.now) == .hours(5) + .minutes(5))
    #expect(measures["publish"]?.people == .hours(5))
    #expect(measures["aside"]?.people == .zero)
  }

  @Test func whatIsNotDoneYetIsMeasuredUpToNow() throws {
    var stage = try Self.stage()
    try stage.perform("draft")
    try stage.settleDown()
    try stage.propose("approve")
    stage.wait(.days(2))
    let measures = try Self.measures(stage)
    #expect(measures["publish"]?.settled == nil)
    #expect(measures["publish"]?.length(at: stage.now) == .days(2))
    #expect(measures["publish"]?.people == .days(2))
  }

  @Test func whatIsHeldWaitsForPeople() throws {
    var stage = try Self.stage()
    try stage.settleDown()
    stage.wait(.minutes(2))
    try stage.settle("draft", .fails(.refused))
    try stage.settleDown()
    stage.wait(.hours(3))
    // While it is held, and once it is not.
    let during = try Self.measures(stage)
    #expect(during["publish"]?.people == .hours(3) && during["publish"]?.held == .hours(3))
    #expect(during["aside"]?.people == .zero)
    try stage.say(.retry(try stage.id("draft")))
    try stage.settleDown()
    stage.wait(.minutes(4))
    try stage.settle("draft")
    try stage.settleDown()
    try stage.propose("approve")
    stage.wait(.hours(1))
    try stage.approve("approve")
    try stage.settleDown()
    stage.wait(.minutes(1))
    try stage.settle("publish")
    let after = try Self.measures(stage)
    let publish = try #require(after["publish"])
    #expect(publish.people == .hours(4) && publish.held == .hours(3))
    #expect(publish.machine(at: stage.now) == .minutes(7))
    #expect(after["draft"]?.people == .hours(3))
    #expect(
      try stage.task("draft").holds
        == [.init(since: stage.now - .minutes(65) - .hours(3), until: stage.now - .minutes(65))])
  }

  @Test(arguments: ["adopt", "cancel", "release"])
  func everyWayOutOfAHoldIsCounted(_ word: String) throws {
    var stage = try Self.stage()
    let draft = try stage.id("draft")
    if word == "release" {
      try stage.say(.hold(draft))
    } else {
      try stage.perform("draft", .fails(.refused))
      try stage.settleDown()
    }
    stage.wait(.hours(2))
    switch word {
    case "adopt":
      try stage.say(
        .adopt(draft, outputs: ["out.md": [1]]), blobs: ["out.md": Stage.blob("by hand")])
    case "cancel": try stage.say(.cancelTask(draft))
    default: try stage.say(.release(draft))
    }
    #expect(
      try stage.task("draft").holds == [.init(since: stage.now - .hours(2), until: stage.now)])
  }

  @Test func timeBeginsWithTheCommitButNeverAfterItWasSeen() throws {
    var stage = try Self.stage()
    let seen = stage.now
    stage.wait(.minutes(1))
    try stage.perform("draft")
    let early = try Self.measures(stage, committed: seen - .minutes(9))
    #expect(early["draft"]?.length(at: stage.now) == .minutes(10))
    let late = try Self.measures(stage, committed: seen + .hours(9))
    #expect(late["draft"]?.length(at: stage.now) == .minutes(1))
  }

  @Test func levelsCountMissesAlsoOfWhatIsStillOpen() throws {
    let start = Instant(milliseconds: 0)
    func measure(_ target: Span?, _ length: Span?, people: Span = .zero) throws -> ServiceMeasure {
      ServiceMeasure(
        task: TaskID(run: try #require(Stage.launch), task: try #require(Name("draft"))),
        key: "article/draft", target: target, committed: start,
        settled: length.map { start + $0 }, people: people)
    }
    let measures = [
      try measure(.minutes(10), .minutes(5), people: .minutes(1)),
      try measure(.minutes(10), .minutes(20), people: .minutes(4)),
      try measure(.minutes(10), nil), try measure(nil, .minutes(1)),
    ]
    let level = try #require(
      ServiceLevel.levels(of: measures, at: start + .minutes(30)).first)
    #expect(level.settled == 3 && level.open == 1)
    #expect(level.measured == 3 && level.missed == 2)
    #expect(level.kept == 333)
    #expect(level.median == .minutes(5) && level.worst == .minutes(20))
    #expect(level.people == .minutes(1))
  }
}
