extension Planner {
  /// Tells, once each, which deadlines will probably be missed, were missed, or will be met after
  /// all; and when to look again.
  func warn(in plan: inout Plan) {
    var estimates = Estimates(board.durations)
    var backlog: Backlog?
    for run in board.runsInOrder where run.record.state == .active {
      guard let outlook = RunOutlook(run, at: moment.time, &estimates) else { continue }
      for task in outlook.owners {
        if task.deadline > moment.time { wake(at: task.deadline, in: &plan) }
        if backlog == nil { backlog = Backlog(self, plan, &estimates) }
        consider(task, behind: backlog, in: &plan)
      }
    }
  }

  private func consider(
    _ task: RunOutlook.Owner, behind backlog: Backlog?, in plan: inout Plan
  ) {
    let (deadline, told) = (task.deadline, task.record.warnings)
    let queue = backlog?.delay(before: task, slots: rules.concurrency) ?? .zero
    let expected = task.earliest + queue
    func tell(_ code: DeadlineWarning.Code) {
      guard !told.contains(where: { $0.code == code && $0.deadline == deadline }) else { return }
      plan.warnings.append(
        TaskWarning(
          task: task.record.id,
          warning: DeadlineWarning(
            code: code, deadline: deadline, since: moment.time, expected: expected)))
    }
    guard moment.time < deadline else { return tell(.missed) }
    let slack = deadline - task.earliest
    let quarter = Span(milliseconds: max(0, (deadline - task.record.admitted).milliseconds) / 4)
    let isShort = slack < quarter
    if isShort, expected > deadline { return tell(.atRisk) }
    if let last = told.last, last.code != .recovered { tell(.recovered) }
    // What is left shrinks as the clock moves on, unless something runs as it should.
    let margin = slack.milliseconds - (isShort ? queue : quarter).milliseconds
    wake(at: task.moves + Span(milliseconds: max(0, margin) + 1), in: &plan)
  }

  private func wake(at instant: Instant, in plan: inout Plan) {
    guard instant > moment.time else { return }
    plan.wake = min(plan.wake ?? instant, instant)
  }
}

/// When the deadlines of one run will probably be met.
struct RunOutlook {
  /// The tasks that stand for a deadline: nothing that follows has the same or an earlier one, so
  /// that one late chain is told once.
  private(set) var owners: [Owner] = []

  struct Owner {
    let record: TaskRecord
    let run: RunID
    let deadline: Instant
    /// When it will be finished if nothing has to queue: now plus the longest expected path to it,
    /// so that deadline minus this is the least slack on the way.
    let earliest: Instant
    /// From when on that moves with the clock.
    let moves: Instant
  }

  /// `nil` where no task that is open has a deadline.
  init?(_ run: BoardRun, at now: Instant, _ estimates: inout Estimates) {
    let open = run.tasksInOrder.filter { !$0.record.state.isTerminal && !$0.record.isRemoved }
    guard open.contains(where: { $0.record.specification.deadline != nil }) else { return nil }
    var places: [Name: Int] = [:]
    for (place, task) in open.enumerated() { places[task.record.task] = place }
    let needs = open.map { $0.record.specification.after.compactMap { places[$0] } }
    var follows = [[Int]](repeating: [], count: open.count)
    for (place, earlier) in needs.enumerated() {
      for need in earlier { follows[need].append(place) }
    }
    var waiting = needs.map(\.count)
    var ends = open.map { _ in (finish: now, moves: now) }
    var ready = open.indices.filter { waiting[$0] == 0 }
    while let next = ready.popLast() {
      ends[next] = Self.end(
        of: open[next].record, after: needs[next].map { ends[$0] }, at: now, &estimates)
      for place in follows[next] {
        waiting[place] -= 1
        if waiting[place] == 0 { ready.append(place) }
      }
    }
    for place in open.indices {
      let record = open[place].record
      guard let deadline = record.specification.deadline else { continue }
      let isCovered = follows[place].contains { follower in
        open[follower].record.specification.deadline.map { $0 <= deadline } ?? false
      }
      guard !isCovered else { continue }
      owners.append(
        Owner(
          record: record, run: run.record.id, deadline: deadline, earliest: ends[place].finish,
          moves: ends[place].moves))
    }
  }

  /// The end of a task after the ends of what it needs; an attempt under way has begun already.
  private static func end(
    of task: TaskRecord, after needs: [(finish: Instant, moves: Instant)], at now: Instant,
    _ estimates: inout Estimates
  ) -> (finish: Instant, moves: Instant) {
    let length = estimates.expected(task)
    if let dispatch = task.dispatched {
      let finish = dispatch.at + length
      return finish > now ? (finish, finish) : (now, now)
    }
    let last = needs.max { $0.finish < $1.finish }
    return ((last?.finish ?? now) + length, last?.moves ?? now)
  }
}

/// The work that waits for a place, in the order of bands and deadlines.
struct Backlog {
  private var keys: [(band: Band, deadline: Instant)] = []
  /// Expected milliseconds up to and with each.
  private var sums: [Int64] = []

  init(_ planner: Planner, _ plan: Planner.Plan, _ estimates: inout Estimates) {
    var work: [(band: Band, deadline: Instant, length: Int64)] = []
    for run in planner.board.runsInOrder where run.record.state == .active {
      var ranks: RunRanks?
      for task in run.tasksInOrder.map(\.record) where task.state == .pending {
        switch plan.reasons[task.id]?.code {
        case .slots, .executorBusy, .keyBusy: break
        default: continue
        }
        let known = ranks ?? RunRanks(run, &estimates)
        ranks = known
        let rank = known.rank(of: task, &estimates)
        work.append(
          (
            Band(priority: rank.priority), rank.deadline, estimates.expected(task).milliseconds
          ))
      }
    }
    work.sort { ($0.band, $0.deadline) < ($1.band, $1.deadline) }
    keys = work.map { ($0.band, $0.deadline) }
    var sum: Int64 = 0
    sums = work.map { entry in
      sum = sum.addingReportingOverflow(entry.length).partialValue
      return sum
    }
  }

  /// How long what goes before the task keeps the places.
  func delay(before task: RunOutlook.Owner, slots: Int) -> Span {
    let band = Band(priority: task.record.specification.priority)
    var (low, high) = (0, keys.count)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < (band, task.deadline) { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? .zero : Span(milliseconds: sums[low - 1] / Int64(max(1, slots)))
  }
}
