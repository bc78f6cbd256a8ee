import Git
import HeadwayCore
import HeadwayTestSupport

@testable import HeadwayEngine

/// A whole life of a repository, made up from a seed: what people do, how attempts end, where the
/// process dies, what becomes of files and of the clock.
struct History {
  let seed: Int
  var random: SeededGenerator
  let home: Home
  let world: World
  var papers: Papers
  var auditor = Auditor()
  var walk: LedgerWalk
  var outside = OutsideWorld()
  /// What stands on main at each commit that people made.
  var trees: [ObjectID: [String: String]] = [:]
  var requests = 0
  var orders: [AttemptID: WorkOrder] = [:]
  /// Everything goes well from now on.
  var isCalm = false
  /// A file of Headway's own is in the way of a write.
  var hasObstacle = false
  var wasRewritten = false
  var wasApproved = false
  var obstacle: String?
  var oldIndex: [String: [UInt8]] = [:]
  /// Orders whose decision has not been looked up yet, with the ledger's tip when they came.
  var unproven: [(attempt: AttemptID, tip: String)] = []
  var trace: [String] = []
  var faults: [String] = []
  var tally = Tally()
  /// How many ticks everything may take to come to its end once nothing goes wrong any more.
  var patience = 120

  /// What happened, for all seeds together.
  struct Tally: Sendable {
    var ticks = 0
    var commits = 0
    var crashes: [WritePoint: Int] = [:]
    var failures: [WritePoint: Int] = [:]
    var reached: [WritePoint: Int] = [:]
    var events: [String: Int] = [:]

    mutating func add(_ other: Tally) {
      ticks += other.ticks
      commits += other.commits
      crashes.merge(other.crashes, uniquingKeysWith: +)
      failures.merge(other.failures, uniquingKeysWith: +)
      reached.merge(other.reached, uniquingKeysWith: +)
      events.merge(other.events, uniquingKeysWith: +)
    }
  }

  /// Signatures are checked by a program, which takes its time: one history in six has them.
  static func isSigned(_ random: inout SeededGenerator) -> Bool { random.onceIn(6) }

  static let start = Instant(milliseconds: 1_795_600_000_000)

  init(seed: Int) throws {
    self.seed = seed
    random = SeededGenerator(seed: seed)
    let home = try Home()
    self.home = home
    world = World(
      at: Self.start, tip: { home.tip(Home.ledger) }, keep: { home.keep() })
    walk = LedgerWalk(home.store)
    papers = Papers(
      theme: .init(
        hasApprovals: Self.isSigned(&random), hasMoney: random.onceIn(2),
        tellsNews: random.onceIn(6), hasTriggers: random.onceIn(3)))
    papers.concurrency = 1 + random.below(4)
    papers.runCost = 30 + random.below(200)
    papers.dayCost = 60 + random.below(300)
  }

  var how: String {
    "run again with HEADWAY_SEED=\(seed) swift test --filter HeadwaySimulationTests"
  }

  /// Lives to the end; everything that was wrong is in `faults`.
  mutating func live() async throws {
    try await found()
    for _ in 0..<(2 + random.below(6)) where faults.isEmpty {
      for _ in 0..<random.below(4) { try await personActs() }
      if random.onceIn(3) { try damage() }
      try await tick(meeting: mishap())
      try clearObstacles()
      passTime()
    }
    try await comeToRest()
    try await checkEnd()
  }

  private mutating func found() async throws {
    var files = papers.first(&random)
    for name in papers.pipelines {
      files["pipelines/\(name).json"] = papers.pipeline(name, &random)
    }
    try await commit(files)
    tell("founded at \(home.tip(Home.main).prefix(8))")
  }

  /// Where the next tick dies or cannot write, if it does.
  private mutating func mishap() -> World.Mishap? {
    guard !random.onceIn(4) else { return nil }
    var points = WritePoint.allCases
    // Some points are reached only after something of their own has happened.
    if wasRewritten { points = [.tipRescued] }
    if wasApproved { points = [.beforeTidying] }
    if papers.theme.hasApprovals { points += [.proposalMade, .beforeTidying] }
    if auditor.board.opening == nil { points = [.anchorPinned, .beforeFlush, .beforeIndex] }
    (wasRewritten, wasApproved) = (false, false)
    let (point, turn) = (random.pick(points), 1 + random.below(random.pick([1, 1, 2, 4, 10])))
    let isRare = points.count == 1 || point == .beforeAnswer
    return World.Mishap(
      kind: random.onceIn(4) ? .fault : .crash, point: point, hit: isRare ? 1 : turn)
  }

  private mutating func passTime() {
    let span: Span
    switch random.below(12) {
    case 0..<5: span = .seconds(Int64(random.below(120)))
    case 5..<9: span = .minutes(Int64(random.below(120)))
    case 9: span = .hours(Int64(random.below(72)))
    case 10: span = Span(milliseconds: -Int64(random.below(7_200_000)))
    default: span = .zero
    }
    world.turn(by: span)
    tell("the clock goes on by \(span)")
  }

  mutating func tell(_ line: String) { trace.append(line) }

  mutating func count(_ event: String) { tally.events[event, default: 0] += 1 }

  mutating func fault(_ what: String) {
    faults.append(what)
    tell("FAULT: \(what)")
  }
}
