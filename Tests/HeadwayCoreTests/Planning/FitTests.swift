import HeadwayCore
import Testing

/// What no model of an executor can take is not started.
@Suite struct FitTests {
  private static func stage(rooms: [Int64?]) throws -> Stage {
    var rules = Stage.rules(concurrency: 1)
    let worker = try #require(Name("worker"))
    rules.executors[worker]?.routes = rooms.map { .init(model: BreakerTests.large, room: $0) }
    return try Stage([try .named("large", priority: 90), try .named("small")], rules: rules)
  }

  @Test func whatFitsNoModelIsHeldAndTheNextTaskIsTried() throws {
    var stage = try Self.stage(rooms: [100, 40])
    let large = try stage.id("large")
    stage.sizes[large] = 301
    let decisions = try stage.decide()
    #expect(decisions.map(\.verdict.word) == ["hold", "start"])
    let reason = try #require(try stage.task("large").reason)
    #expect(reason.code == .tooLarge)
    #expect(reason.values["tokens"] == 101 && reason.values["room"] == 100)
    #expect(
      reason.clears == .event("smaller inputs or a larger window, then headway retry \(large)"))
    #expect(try stage.state("small") == .running)
    // Asked again nothing is different, until something is.
    try stage.settle("small")
    try stage.say(.retry(large))
    #expect(try stage.verdict("large") == "hold tooLarge")
    stage.sizes[large] = nil
    #expect(try stage.verdict("large") == "start")
  }

  @Test func oneModelThatTakesItIsEnough() throws {
    for rooms in [[40, 101], [101, 40], [40, nil]] as [[Int64?]] {
      var stage = try Self.stage(rooms: rooms)
      stage.sizes[try stage.id("large")] = 301
      #expect(try stage.verdict("large") == "start", "\(rooms)")
    }
    // Programs and people take what they are given.
    var stage = try Self.stage(rooms: [])
    stage.sizes[try stage.id("large")] = .max / 2
    #expect(try stage.verdict("large") == "start")
  }
}
