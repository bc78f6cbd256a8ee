import Git
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// A check that cannot fail checks nothing: each question is asked of a ledger that was sound and
/// then got the fault which the question is about.
@Suite struct AuditorTests {
  /// What a few real histories wrote.
  private static func ledgers() async throws -> [[LedgerStep]] {
    var ledgers: [[LedgerStep]] = []
    let signing = (1..<100).filter { seed in
      var random = SeededGenerator(seed: seed)
      return History.isSigned(&random)
    }
    for seed in Array(1..<8) + signing.prefix(4) {
      var history = try History(seed: seed)
      try await history.live()
      var walk = LedgerWalk(history.home.store)
      guard let tip = ObjectID(hex: history.home.tip(Home.ledger)) else { continue }
      ledgers.append(try await walk.steps(to: tip) ?? [])
    }
    return ledgers
  }

  private static func faults(of steps: [LedgerStep]) -> [String] {
    var auditor = Auditor()
    for step in steps { auditor.take(step) }
    return auditor.takeViolations()
  }

  @Test func everyQuestionFindsItsFault() async throws {
    let ledgers = try await Self.ledgers()
    for steps in ledgers { #expect(Self.faults(of: steps) == []) }
    for mutation in Mutation.all {
      var isFound = false
      for steps in ledgers {
        guard let spoilt = mutation.apply(to: steps) else { continue }
        isFound = Self.faults(of: spoilt).contains { $0.contains(mutation.fault) }
        if isFound { break }
      }
      #expect(isFound, "nobody notices: \(mutation.fault)")
    }
  }

  @Test func aBoardThatStandsForNothingIsNoticed() async throws {
    // Somewhere on the way something waited, in one history or another.
    var auditor = Auditor()
    var seen: Set<String> = []
    for seed in 4..<12 where seen.count < 2 {
      var history = try History(seed: seed)
      try await history.live()
      let steps = try await Self.steps(of: history)
      auditor = Auditor()
      for step in steps {
        auditor.take(step)
        let board = auditor.board
        guard let rules = steps.compactMap(\.rules).last else { continue }
        let moment = Moment(
          time: board.latest, slots: 0, executors: [:], runners: [], skipsSettling: true)
        var plan = Planner(board: board, rules: rules, moment: moment).plan()
        if !plan.decisions.isEmpty { seen.insert("undecided") }
        note(Standing.faults(of: board, plan: plan, at: board.latest), "undecided", &seen)
        plan.decisions = []
        plan.reasons = [:]
        note(Standing.faults(of: board, plan: plan, at: board.latest), "without a reason", &seen)
      }
    }
    #expect(seen.isSuperset(of: ["undecided", "without a reason"]))
    checkWaiting(auditor.board)
  }

  private func note(_ faults: [String], _ word: String, _ seen: inout Set<String>) {
    if faults.contains(where: { $0.contains(word) }) { seen.insert(word) }
  }

  /// A wait for the past, and one that nobody wakes for.
  private func checkWaiting(_ finished: Board) {
    var board = finished
    guard var run = board.runs.values.first, var task = run.tasksInOrder.first else { return }
    run.record.state = .active
    task.record.state = .pending
    run.tasks[task.record.task] = task
    board.runs = [run.record.id: run]
    var plan = Planner.Plan()
    let now = board.latest
    let reason = Reason(.backOff, since: now, clears: .at(now))
    plan.reasons = [task.record.id: reason]
    let faults = Standing.faults(of: board, plan: plan, at: now)
    #expect(faults.contains { $0.contains("waits for the past") })
    #expect(faults.contains { $0.contains("nobody wakes") })
  }

  private static func steps(of history: History) async throws -> [LedgerStep] {
    var walk = LedgerWalk(history.home.store)
    let tip = try #require(ObjectID(hex: history.home.tip(Home.ledger)))
    return try #require(try await walk.steps(to: tip))
  }

  @Test func boardsThatDifferAreNoticed() async throws {
    var history = try History(seed: 2)
    try await history.live()
    let board = history.auditor.board
    let changes: [(inout Board) -> Void] = [
      { $0.runs.removeAll() }, { $0.spend.days[$0.latest.day] = 1 }, { $0.main = nil },
      { $0.opening = nil }, { $0.latest = $0.latest + .seconds(1) },
    ]
    #expect(Standing.differences(board, board).isEmpty)
    for change in changes {
      var other = board
      change(&other)
      #expect(!Standing.differences(board, other).isEmpty)
    }
  }

  @Test func whatIsToldTooEarlyIsNoticed() async throws {
    var history = try History(seed: 2)
    try await history.live()
    let places = history.auditor.places
    let run = try #require(places.runs.first)
    let line = Progress.admitted(run.key, title: "")
    let tip = history.home.tip(Home.ledger)
    #expect(Standing.fault(of: line, saidAt: tip, places) == nil)
    #expect(Standing.fault(of: line, saidAt: "", places) != nil)
    let attempt = try #require(places.settlements.first).key
    let settled = Progress.settled(attempt, outcome: .succeeded, failure: nil)
    #expect(Standing.fault(of: settled, saidAt: tip, places) == nil)
    #expect(Standing.fault(of: settled, saidAt: "", places) != nil)
  }

  @Test func anEffectThatIsBegunAgainIsNoticed() {
    var world = OutsideWorld()
    #expect(world.begin("key", words: 0) == nil)
    world.fail("key")
    #expect(world.begin("key", words: 0) == nil)
    #expect(world.begin("key", words: 0) != nil)
    world.succeed("key")
    #expect(world.begin("key", words: 2) == nil)
    #expect(world.begin("key", words: 2) != nil)
  }

  @Test func whatNeverEndsIsNoticed() async throws {
    var history = try History(seed: 2)
    history.patience = 0
    try await history.live()
    #expect(history.faults.contains { $0.contains("never ends") || $0.contains("never observed") })
  }

  @Test func aWriteAfterTheCrashIsNoticed() async throws {
    let home = try Home()
    try await home.commit(["a": "a"], at: History.start)
    home.keep()
    #expect(try home.returnToCrash())
    try home.caches.write("nudged", "x")
    #expect(try home.returnToCrash())
    #expect(!home.caches.exists("nudged"))
    try await home.commit(["a": "b"], at: History.start)
    #expect(try !home.returnToCrash())
  }
}
