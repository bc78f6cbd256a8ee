internal import HeadwayCore

/// Simulates days of mixed work on a few places, and counts missed deadlines: first in first out,
/// earliest deadline first, and the planner itself, over the same arrivals.
///
/// Urgent runs are one in five, short and due soon; standard ones have time. Every task has its
/// run's due date, as in a real project, and lengths are what the planner expects of their key only
/// on average.
package struct LoadSimulation {
  package enum Policy: String, CaseIterable, Sendable {
    case fifo = "first in, first out"
    case edf = "earliest deadline first"
    case headway = "Headway"
  }

  /// Of how many runs how many were late.
  package struct Result: Hashable, Sendable {
    package var urgent = 0
    package var urgentMissed = 0
    package var standard = 0
    package var standardMissed = 0

    package init() {}
  }

  struct Job {
    let number: Int
    let arrival: Int64
    let deadline: Int64
    let isUrgent: Bool
    /// Each task with the places of those before it.
    let tasks: [(length: Int64, after: [Int])]
  }

  static let slots = 2
  private let jobs: [Job]

  /// Arrivals that keep the places busy for `load` of the time.
  package init(load: Double, runs: Int, seed: Int) {
    var random = SeededGenerator(seed: seed)
    func exponential(_ mean: Double) -> Double {
      -mean * Self.logarithm(Double(1 + random.below(1_000_000)) / 1_000_001)
    }
    var (clock, jobs) = (0.0, [Job]())
    // Minutes of one place that a run takes on average.
    let work = 0.2 * 2 * 1.2 + 0.8 * 3.5 * 3
    for number in 0..<runs {
      clock += exponential(work / (load * Double(Self.slots)))
      let isUrgent = random.below(5) == 0
      let shape: [[Int]] =
        isUrgent
        ? [[], [0]] : random.below(2) == 0 ? [[], [0], [1]] : [[], [0], [0], [1, 2]]
      let mean = isUrgent ? 1.2 : 3.0
      let tasks = shape.map { after in
        (length: Int64(max(0.05, exponential(mean)) * 60_000), after: after)
      }
      let patience = isUrgent ? 8 + exponential(6) : 30 + exponential(60)
      let arrival = Int64(clock * 60_000)
      jobs.append(
        Job(
          number: number, arrival: arrival, deadline: arrival + Int64(patience * 60_000),
          isUrgent: isUrgent, tasks: tasks))
    }
    self.jobs = jobs
  }

  /// Foundation would be needed for the library's; this is exact to a few parts in a million.
  private static func logarithm(_ value: Double) -> Double {
    var (mantissa, exponent) = (value, 0.0)
    while mantissa < 0.75 { (mantissa, exponent) = (mantissa * 2, exponent - 1) }
    let ratio = (mantissa - 1) / (mantissa + 1)
    var (sum, power) = (0.0, ratio)
    for odd in stride(from: 1.0, through: 21, by: 2) {
      sum += power / odd
      power *= ratio * ratio
    }
    return 2 * sum + exponent * 0.693_147_180_559_945_3
  }

  package func run(_ policy: Policy) throws -> Result {
    switch policy {
    case .fifo: try run { Queue(jobs: jobs) { ($0.arrival, $0.number) } }
    case .edf: try run { Queue(jobs: jobs) { ($0.deadline, $0.number) } }
    case .headway: try run { try PlannedProject(jobs: jobs) }
    }
  }

  /// One task of one job.
  struct Work: Hashable {
    let job: Int
    let task: Int
  }

  private func run<Choice: WorkChoice>(_ make: () throws -> Choice) throws -> Result {
    var choice = try make()
    var running: [(end: Int64, work: Work)] = []
    var left = jobs.map(\.tasks.count)
    var (now, arrived, result) = (Int64(0), 0, Result())
    while true {
      while arrived < jobs.count, jobs[arrived].arrival <= now {
        try choice.admit(arrived, at: now)
        arrived += 1
      }
      while running.count < Self.slots, let work = try choice.start(at: now) {
        running.append((now + jobs[work.job].tasks[work.task].length, work))
      }
      let next = running.map(\.end).min()
      let arrival = arrived < jobs.count ? jobs[arrived].arrival : nil
      guard let then = [next, arrival].compactMap(\.self).min() else { return result }
      now = then
      for (end, work) in running.sorted(by: { $0.end < $1.end }) where end <= now {
        try choice.finish(work, at: now)
        left[work.job] -= 1
        if left[work.job] == 0 { result.count(jobs[work.job], at: now) }
      }
      running.removeAll { $0.end <= now }
    }
  }
}

extension LoadSimulation.Result {
  fileprivate mutating func count(_ job: LoadSimulation.Job, at end: Int64) {
    let isLate = end > job.deadline
    if job.isUrgent {
      urgent += 1
      urgentMissed += isLate ? 1 : 0
    } else {
      standard += 1
      standardMissed += isLate ? 1 : 0
    }
  }
}

/// Who goes next.
private protocol WorkChoice {
  mutating func admit(_ job: Int, at now: Int64) throws
  mutating func start(at now: Int64) throws -> LoadSimulation.Work?
  mutating func finish(_ work: LoadSimulation.Work, at now: Int64) throws
}

/// A queue by one key, without anything else.
private struct Queue: WorkChoice {
  let jobs: [LoadSimulation.Job]
  let key: (LoadSimulation.Job) -> (Int64, Int)
  var ready: [LoadSimulation.Work] = []
  var done: Set<LoadSimulation.Work> = []
  var begun: Set<LoadSimulation.Work> = []

  init(jobs: [LoadSimulation.Job], by key: @escaping (LoadSimulation.Job) -> (Int64, Int)) {
    self.jobs = jobs
    self.key = key
  }

  mutating func admit(_ job: Int, at now: Int64) { offer(job) }

  private mutating func offer(_ job: Int) {
    for (task, shape) in jobs[job].tasks.enumerated() {
      let work = LoadSimulation.Work(job: job, task: task)
      guard !begun.contains(work),
        shape.after.allSatisfy({ done.contains(.init(job: job, task: $0)) })
      else { continue }
      begun.insert(work)
      ready.append(work)
    }
  }

  mutating func start(at now: Int64) -> LoadSimulation.Work? {
    let next = ready.indices.min { left, right in
      let (one, other) = (key(jobs[ready[left].job]), key(jobs[ready[right].job]))
      return one != other ? one < other : ready[left].task < ready[right].task
    }
    return next.map { ready.remove(at: $0) }
  }

  mutating func finish(_ work: LoadSimulation.Work, at now: Int64) {
    done.insert(work)
    offer(work.job)
  }
}

/// The planner over a board in memory, moved by the entries of a real ledger.
private struct PlannedProject: WorkChoice {
  let jobs: [LoadSimulation.Job]
  private var board = Board()
  private let rules: Rules
  private static let origin: Int64 = 1_795_000_000_000
  private static let commit = CommitID(unchecked: String(repeating: "a", count: 40))
  private static let blob = BlobID(unchecked: String(repeating: "b", count: 40))

  private struct Unnamed: Error {}

  init(jobs: [LoadSimulation.Job]) throws {
    self.jobs = jobs
    guard let worker = Name("worker") else { throw Unnamed() }
    rules = Rules(
      currency: .usd, concurrency: LoadSimulation.slots, runCost: nil, dayCost: nil, settle: .zero,
      executors: [worker: .init(isPerson: false, effect: .none, concurrency: nil, cost: .free)])
    let opened = Instant(milliseconds: Self.origin)
    let main = MainRecord(branch: "main", judged: Self.commit, observed: opened, trusted: [:])
    fold(.genesis(LedgerOpening(anchor: Self.commit, branch: "main", opened: opened), main: main))
  }

  private mutating func fold(_ entry: LedgerEntry?) {
    board.fold(entry?.files ?? [])
  }

  private static func run(_ job: Int) throws -> RunID {
    guard let run = RunID("run-\(job)") else { throw Unnamed() }
    return run
  }

  private static func name(_ task: Int) throws -> Name {
    guard let name = Name("t\(task)") else { throw Unnamed() }
    return name
  }

  mutating func admit(_ number: Int, at now: Int64) throws {
    let job = jobs[number]
    let due = Instant(milliseconds: Self.origin + job.deadline)
    let pipeline = job.isUrgent ? "urgent" : "standard"
    guard let name = Name(pipeline), let worker = Name("worker") else { throw Unnamed() }
    let tasks = try job.tasks.enumerated().map { place, task in
      PlannedTask(
        name: try Self.name(place), ordinal: place, key: "\(pipeline)/t\(place)", executor: worker,
        after: try task.after.map(Self.name), priority: job.isUrgent ? 90 : 50, deadline: due,
        fingerprint: Digest(parts: ["\(number)", "\(place)"]))
    }
    var occasion = Occasion(
      .brief, source: "briefs/\(number).md",
      file: PinnedFile(path: try FilePath("briefs/\(number).md"), blob: Self.blob),
      pipeline: name, title: "Run")
    occasion.due = due
    let plan = RunPlan(
      id: try Self.run(number), slug: "run", generation: 1, occasion: occasion,
      pipelineFile: PinnedFile(path: try FilePath("pipelines/\(name).json"), blob: Self.blob),
      tasks: tasks)
    fold(
      Admission(plan: plan, commit: Self.commit, at: Instant(milliseconds: Self.origin + now)).entry
    )
  }

  mutating func start(at now: Int64) throws -> LoadSimulation.Work? {
    let moment = Moment(
      time: Instant(milliseconds: Self.origin + now), slots: 1, executors: [:], runners: [],
      skipsSettling: true)
    let plan = Planner(board: board, rules: rules, moment: moment).plan()
    guard !plan.isEmpty else { return nil }
    fold(
      board.deciding(
        DecisionRecord(
          planner: Planner.version, main: Self.commit, ledger: Self.commit, moment: moment,
          decisions: plan.decisions, warnings: plan.warnings)))
    guard let started = plan.decisions.first(where: { $0.verdict.word == "start" }),
      let job = Int(started.task.run.text.dropFirst("run-".count)),
      let task = Int(started.task.task.text.dropFirst())
    else { return nil }
    return LoadSimulation.Work(job: job, task: task)
  }

  mutating func finish(_ work: LoadSimulation.Work, at now: Int64) throws {
    let id = TaskID(run: try Self.run(work.job), task: try Self.name(work.task))
    guard let task = board[id]?.record, let dispatch = task.dispatched else { throw Unnamed() }
    let attempt = AttemptRecord(
      id: AttemptID(task: id, number: dispatch.attempt), taskKey: task.key,
      key: task.idempotencyKey(anchor: Self.commit, fingerprint: dispatch.fingerprint),
      effect: .none, fingerprint: dispatch.fingerprint, executor: task.specification.executor,
      isolation: "none", model: nil, inputs: [], recalled: [], rendered: nil,
      started: dispatch.at, finished: Instant(milliseconds: Self.origin + now),
      outcome: .succeeded, failure: nil, outputs: [:], usage: nil, cost: nil, checks: [],
      confidence: nil, decision: dispatch.decision, runner: "simulation/1", log: nil)
    fold(
      board.settling(
        Settlement(attempt: attempt, outputs: [:], cause: Self.commit, policies: nil)))
    _ = board.dropFinished()
  }
}
