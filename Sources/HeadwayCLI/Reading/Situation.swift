internal import HeadwayCore
internal import HeadwayEngine

/// Everything that `status` tells, gathered at one tip of the ledger.
struct Situation: Sendable {
  let now: Instant
  /// Told as it was: nothing of it can be acted upon any more.
  let isPast: Bool
  let board: Board
  let tip: CommitID
  let isHome: Bool
  /// The machine that writes the ledger.
  let scheduler: String?
  let settings: Settings?
  private let rules: Rules?
  let me: Me?
  let waits: [WaitingApproval]
  let tasks: [TaskStanding]
  let finished: Finished
  /// The next instant of each schedule.
  let upcoming: [NextInstant]
  let wakeUp: WakeUp

  /// What has ended since the reader last looked; the latest few where that is not known.
  struct Finished: Sendable {
    let since: Instant?
    let runs: [(record: RunRecord, cost: Money?)]
    /// Attempts that have been settled since, by how they ended.
    let attempts: [TaskRecord.OutcomeKind: Int]
  }

  /// `asOf`: the moment of a board of the past.
  init(
    _ view: LedgerView, in context: CommandContext, asOf past: Instant? = nil
  ) async throws {
    now = past ?? context.now()
    isPast = past != nil
    board = view.board
    tip = view.tip
    isHome = view.site.settings.isHome
    scheduler = try await view.scheduler()
    let project = try await view.project()
    settings = project?.settings
    rules = project.flatMap { [now] in Rules($0, at: now) }
    me = try await Me.find(
      context, view.site, among: project.map { Array($0.people.values) } ?? [])
    waits = try await WaitingApproval.all(in: view, for: me)
    let plan = try await view.plan(at: now)
    tasks = TaskStanding.all(on: board, Standings(plan, at: now))
    finished =
      isPast
      ? Finished(since: nil, runs: [], attempts: [:])
      : try await Self.finished(in: view, since: try LastSeen.load(view.site))
    upcoming = isPast ? [] : try await view.nextInstants(after: now)
    let (time, dues) = (
      now, [plan?.wake, upcoming.first?.due].compactMap { $0 } + (board.intake?.dues ?? [])
    )
    wakeUp = try await WakeUp(
      next: dues.filter { $0 > time }.min(), movable: tasks.count(where: \.movesNow), context,
      view.site)
  }

  private static func finished(
    in view: LedgerView, since seen: LastSeen?
  ) async throws -> Finished {
    var (records, attempts): ([RunRecord], [TaskRecord.OutcomeKind: Int]) = ([], [:])
    if let seen, let changes = try await view.changes(since: seen.ledger) {
      for change in changes {
        if case .run(let run) = change, run.state != .active { records.append(run) }
        if case .attempt(let attempt, _) = change { attempts[attempt.outcome, default: 0] += 1 }
      }
    } else {
      records = try await view.finishedRuns(limit: 5).filter { $0.state != .active }
    }
    var runs: [(record: RunRecord, cost: Money?)] = []
    for record in records {
      let run = try await view.run(record.id.text)
      runs.append((record, try await view.cost(of: run)))
    }
    return Finished(since: seen?.at, runs: runs, attempts: attempts)
  }

  /// Whether signatures bind nobody yet: files that decide them may be changed without one.
  var isAdvisory: Bool { settings?.trust != .signed }

  var currency: Currency { settings?.currency ?? .usd }

  var spentToday: Money { Money(micros: board.spend.days[now.day] ?? 0, currency: currency) }

  /// What each active run has cost, and the most that it may.
  var spentPerRun: [(run: RunID, spent: Money, budget: Money?)] {
    board.runsInOrder.filter { $0.record.state == .active }.map { run in
      (
        run.record.id, Money(micros: board.spend.runs[run.record.id] ?? 0, currency: currency),
        rules?.runCap(of: run.record)
      )
    }
  }

  /// How many tasks an incident keeps from starting.
  func waitingCount(_ incident: IncidentRecord) -> Int {
    tasks.count { $0.reason?.values["incident"] == .string(incident.id) }
  }

  func standings(_ states: TaskState...) -> [TaskStanding] {
    tasks.filter { states.contains($0.task.record.state) }
  }
}
