internal import Git
internal import HeadwayCore
internal import HeadwayEngine
internal import HeadwayExecutors

/// One workload at one durability, done once in a repository of its own.
struct Measurement: Sendable {
  let workload: Workload
  let durability: Settings.Durability
  /// Of all tasks, or in a watcher of the median pipeline.
  let spent: Usage.Spent
  /// How many tasks `spent` was for.
  let tasks: Int
  let commits: Int
  /// Bytes a task after `git gc`.
  let growth: Int

  var cpuPerTask: Double { spent.cpu.milliseconds / Double(tasks) }
  var tasksPerSecond: Double { Double(tasks) * 1e3 / spent.wall.milliseconds }

  /// Does the work, checks it, and removes the repository.
  static func take(
    _ workload: Workload, _ durability: Settings.Durability, in parent: String, keeps: Bool
  ) async throws -> Measurement {
    let scratch = try await ScratchRepository(in: parent, workload.project(durability))
    // The ledger begins before the clock does.
    try await Self.tick(scratch, workload)
    let before = try await scratch.packedSize()
    let spent: Usage.Spent
    if workload.isWatched {
      spent = try await Watching(scratch: scratch, workload: workload).median()
    } else {
      let briefs = (0..<workload.runs).map(Workload.brief)
      try await scratch.commit(
        Dictionary(uniqueKeysWithValues: briefs.map { ($0.path, $0.text) }), "Briefs")
      let start = Usage.now()
      try await Self.tick(scratch, workload)
      spent = Usage.now().spent(since: start)
    }
    let commits = try await Verification(scratch: scratch, workload: workload).resultCommits()
    let after = try await scratch.packedSize()
    if !keeps { try await scratch.remove() }
    return Measurement(
      workload: workload, durability: durability, spent: spent,
      tasks: workload.isWatched ? workload.tasksPerRun : workload.tasks, commits: commits,
      growth: (after - before) / workload.tasks)
  }

  private static func tick(_ scratch: ScratchRepository, _ workload: Workload) async throws {
    let site = try await Site.find(from: scratch.path)
    let tick = Tick(
      site: site, options: .init(patience: .zero, skipsSettling: true),
      surroundings: try scratch.surroundings(workload) { _ in })
    guard case .ran = try await tick.run(.waits) else { throw Failure.wrong("nothing ran") }
  }
}

extension ScratchRepository {
  /// The engine as the program composes it, but for the adapter of no-op tasks.
  func surroundings(
    _ workload: Workload, report: @escaping @Sendable (Progress) -> Void
  ) throws -> Scheduler.Surroundings {
    let now = Timekeeper.system.now
    let command: any Executor =
      workload.spawns ? CommandAdapter(cache: cache, now: now) : NoOperation()
    return Scheduler.Surroundings(
      adapters: Adapters(command: command, model: NoOperation()),
      secrets: SecretStore(environment: [:]), timekeeper: .system, runner: .current(),
      cache: cache, git: git, tools: .system, report: report)
  }
}

/// Returns at once, so that what is left is the scheduling.
struct NoOperation: Executor {
  func execute(_ order: WorkOrder, observer: any AttemptObserver) async -> Outcome {
    Outcome(.success([:]), report: Outcome.Report(cost: .zero(.usd)))
  }
}
