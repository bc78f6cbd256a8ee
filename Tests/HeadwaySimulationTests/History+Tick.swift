import Git
import HeadwayCore
import HeadwayTestSupport

@testable import HeadwayEngine

extension History {
  /// One tick of the real engine, with everything that happens while it lasts.
  mutating func tick(meeting mishap: World.Mishap?) async throws {
    let options = self.options()
    try await tick(options, meeting: mishap)
    let (end, hasLooked) = world.read { ($0.end, $0.hasLooked) }
    guard case .success(let told) = end, !hasLooked else { return }
    try await checkStandstill(options, told)
  }

  /// A tick that looked no further would have found nothing.
  private mutating func checkStandstill(
    _ options: Scheduler.Options, _ told: Tick.End
  ) async throws {
    count("standstill")
    let tip = home.tip(Home.ledger)
    home.caches.remove("standstill.json")
    try await tick(options, meeting: nil)
    if let moved = ObjectID(hex: home.tip(Home.ledger)), moved.hex != tip {
      let message = try await home.store.perform { (repository) throws(GitError) in
        try repository.commit(moved).message
      }
      fault("a tick stood still where there was something to do: \(message)")
    }
    if case .success(let found) = world.read({ $0.end }), found != told, !hasObstacle {
      fault("a tick that stood still told \(told), one that looked \(found)")
    }
  }

  private mutating func tick(
    _ options: Scheduler.Options, meeting mishap: World.Mishap?
  ) async throws {
    tally.ticks += 1
    tell("tick \(options.word)\(mishap.map { ", \($0)" } ?? "")")
    world.open(mishap)
    let site = try await Site.find(from: home.folder.path)
    let tick = Tick(site: site, options: options, surroundings: try surroundings())
    let world = world
    var wasStopped = false
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        do throws(EngineError) {
          world.close(.success(try await Self.end(of: tick, in: world)))
        } catch {
          world.close(.failure(error))
        }
      }
      var steps = 0
      while true {
        await world.stillness()
        if world.read({ $0.end != nil }) { break }
        steps += 1
        if await event(steps) { wasStopped = true }
      }
    }
    try await finish(options, wasStopped: wasStopped)
  }

  /// A child that another history has forked holds the lock too until it executes its program.
  private static func end(of tick: Tick, in world: World) async throws(EngineError) -> Tick.End {
    for _ in 0..<10_000 {
      let end = try await tick.run(.leaves) { world.ready($0) }
      guard case .leftToAnother = end else { return end }
      await Task.yield()
    }
    return .leftToAnother
  }

  private mutating func options() -> Scheduler.Options {
    if isCalm { return .init(patience: .zero, skipsSettling: true) }
    let until = random.onceIn(12) ? world.now + .seconds(Int64(random.below(60))) : nil
    return .init(
      patience: random.pick([.zero, .minutes(2), nil]), skipsSettling: random.onceIn(3),
      dispatchUntil: until)
  }

  private func surroundings() throws -> Scheduler.Surroundings {
    let world = world
    var surroundings = Scheduler.Surroundings(
      adapters: Adapters(command: world, model: world), secrets: SecretStore(environment: [:]),
      timekeeper: world.timekeeper, runner: RunnerName(host: "bench", pid: 1),
      cache: home.folder.path + "/cache",
      git: try GitProgram(environment: ["PATH": "/usr/bin:/bin", "HOME": home.folder.path]),
      tools: .system, report: { world.report($0) },
      checkpoint: { (point) throws(EngineError) in try world.reach(point) })
    surroundings.resting = { world.rest($0) }
    surroundings.gathering = { world.gathers($0) }
    // People nudge, in their own time.
    surroundings.hearsRequests = false
    return surroundings
  }

  /// What the end of a tick must look like.
  private mutating func finish(
    _ options: Scheduler.Options, wasStopped: Bool
  ) async throws {
    let (end, isDead, hits, mishap) = world.read { ($0.end, $0.isDead, $0.hits, $0.mishap) }
    for point in hits.keys { tally.reached[point, default: 0] += hits[point, default: 0] }
    let hasMet = mishap.map { hits[$0.point, default: 0] >= $0.hit } ?? false
    if isDead, let mishap {
      tally.crashes[mishap.point, default: 0] += 1
      await home.databaseIsClosed()
      if try !home.returnToCrash() { fault("something was written after the crash at \(mishap)") }
    } else if hasMet, let mishap {
      tally.failures[mishap.point, default: 0] += 1
    }
    try await audit()
    switch end {
    case .success(.ran(let report)):
      tell("ran to \(home.tip(Home.ledger).prefix(8))")
      if hasMet, mishap?.point != .processMarked {
        fault("nobody noticed \(mishap.debugDescription)")
      }
      if !wasStopped, options.dispatchUntil == nil, !hasObstacle {
        try await checkStanding(options, report)
      }
    case .success(let other): fault("the tick \(other)")
    case .failure(let error):
      tell("failed: \(error)".replacing(home.folder.path, with: ""))
      if !hasMet, !hasObstacle { fault("the tick failed: \(error)") }
    case nil: fault("the tick has no end")
    }
  }

  /// Reads what is new in the ledger and asks every question of it.
  mutating func audit() async throws {
    let text = home.tip(Home.ledger)
    guard let tip = ObjectID(hex: text) else {
      if walk.tip != nil { fault("the ledger is gone") }
      return
    }
    guard let steps = try await walk.steps(to: tip) else {
      return fault("the ledger does not build upon what it was")
    }
    for step in steps { auditor.take(step) }
    tally.commits += steps.count
    for case .run(let run) in steps.flatMap(\.files).filter({ !$0.isChange }).map(\.record) {
      count("run by \(run.cause.kind.rawValue)")
    }
    for violation in auditor.takeViolations() { fault(violation) }
    let said = world.read { state in
      defer { state.said = [] }
      return state.said
    }
    for line in said {
      if let late = Standing.fault(of: line.progress, saidAt: line.tip, auditor.places) {
        fault(late)
      }
    }
    for (attempt, tip) in unproven {
      guard let start = auditor.places.starts[attempt], let place = auditor.places.commits[tip],
        start <= place
      else {
        fault("\(attempt) started before the decision was durable")
        continue
      }
    }
    unproven = []
    for step in steps {
      for case .attempt(let attempt, _) in step.files.map(\.record) { checkWork(attempt) }
    }
  }

  /// An attempt is recorded with exactly what its executor was given.
  private mutating func checkWork(_ attempt: AttemptRecord) {
    guard let order = orders[attempt.id], attempt.isolation != "person", attempt.outcome != .lost
    else { return }
    let given = order.inputs.map { "\($0.name) \($0.blob)" }
    if attempt.inputs.map({ "\($0.name) \($0.blob)" }) != given || attempt.key != order.key {
      fault("\(attempt.id) is recorded with other inputs than it was given")
    }
  }

  /// The board as the scheduler holds it: what is over has left it.
  var board: Board {
    var board = auditor.board
    _ = board.dropFinished()
    return board
  }

  private mutating func checkStanding(
    _ options: Scheduler.Options, _ report: TickReport
  ) async throws {
    let board = board
    guard let main = board.main else { return }
    let project = try await walk.project(at: main.judged)
    let now = max(world.now, board.latest)
    guard let rules = Rules(project, at: now) else { return }
    if !board.running.isEmpty { fault("the tick left \(board.running.map(\.record.id)) running") }
    let site = try await Site.find(from: home.folder.path)
    let moment = Moment(
      time: now, slots: rules.concurrency,
      executors: rules.executors.compactMapValues(\.concurrency), runners: ["bench/1"],
      skipsSettling: options.skipsSettling,
      unheard: try Vigil(path: site.folders.vigil).pauses(concerning: board))
    let plan = Planner(board: board, rules: rules, moment: moment).plan()
    for what in Standing.faults(of: board, plan: plan, at: now) { fault(what) }
  }
}

extension Scheduler.Options {
  fileprivate var word: String {
    let stay =
      patience.map { $0 == .zero ? "that leaves" : "that stays for \($0)" } ?? "that watches"
    return stay + (skipsSettling ? " and skips settling" : "")
      + (dispatchUntil.map { " until \($0)" } ?? "")
  }
}

extension Home {
  /// Closing a database ends with taking away its write-ahead log.
  func databaseIsClosed() async {
    for _ in 0..<10_000 where caches.exists("index.sqlite-wal") { await Task.yield() }
  }
}
