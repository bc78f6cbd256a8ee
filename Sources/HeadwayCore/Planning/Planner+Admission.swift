extension Planner {
  struct Candidate {
    let task: BoardTask
    let run: BoardRun

    var record: TaskRecord { task.record }

    /// Urgent, high, normal, low.
    var band: Int {
      switch record.specification.priority {
      case 90...: 0
      case 70..<90: 1
      case 30..<70: 2
      default: 3
      }
    }
  }

  /// Room that is left while one pass hands it out.
  private struct Room {
    var slots: Int
    var executors: [Name: Int]
    var dayCommitted: Int64
    var runCommitted: [RunID: Int64]
    var effects: [String: TaskID]
    /// Incidents that an attempt of this pass finds out about.
    var probes: Set<String> = []
  }

  /// Starts what fits, in a total order; what does not fit never blocks what comes after it.
  func admit(_ candidates: [Candidate], into plan: inout Plan) {
    var room = initialRoom()
    for candidate in candidates.sorted(by: precedes) {
      switch verdict(for: candidate, room: &room) {
      case .decided(let verdict, let reason):
        plan.decisions.append(
          Decision(
            task: candidate.record.id, verdict: verdict,
            reasons: [reason] + takeProbes(of: candidate.record, verdict, room: &room)))
      case .waits(let reason):
        note(reason, of: candidate.record, in: &plan)
      case .settled, .candidate, .unread: break
      }
    }
  }

  /// Band, then deadline, then priority, then admission, then id.
  private func precedes(_ left: Candidate, _ right: Candidate) -> Bool {
    let none = Instant(milliseconds: .max)
    let leftKey = (
      left.band, left.record.specification.deadline ?? none,
      -left.record.specification.priority, left.run.record.admitted
    )
    let rightKey = (
      right.band, right.record.specification.deadline ?? none,
      -right.record.specification.priority, right.run.record.admitted
    )
    if leftKey != rightKey { return leftKey < rightKey }
    return (left.record.run, left.record.ordinal) < (right.record.run, right.record.ordinal)
  }

  private func initialRoom() -> Room {
    let running = board.running.map(\.record)
    let reserved = running.compactMap { task in
      task.dispatched?.reserved.map { (run: task.run, micros: $0.micros) }
    }
    var runs = board.spend.runs
    for entry in reserved { runs[entry.run, default: 0] += entry.micros }
    let spentToday = board.spend.days[moment.time.day] ?? 0
    return Room(
      slots: moment.slots, executors: moment.executors,
      dayCommitted: reserved.reduce(spentToday) { $0 + $1.micros }, runCommitted: runs,
      effects: busyEffects)
  }

  private func verdict(for candidate: Candidate, room: inout Room) -> Assessment {
    let task = candidate.record
    if task.isPerson {
      return .decided(
        .propose(attempt: task.nextAttempt), reason(.ready, clears: .event("approval")))
    }
    guard let rule = rules.executors[task.specification.executor] else {
      return .decided(
        .hold,
        reason(
          .executorMissing, ["executor": .string(task.specification.executor.text)],
          clears: .event("headway retry \(task.id)")))
    }
    if let key = board.opening.flatMap({ task.effectKey(anchor: $0.anchor) }),
      let other = room.effects[key]
    {
      return .waits(effectBusy(other))
    }
    let reservation: Money?
    switch cost(of: candidate, rule: rule, room: room) {
    case .refused(let assessment): return assessment
    case .reserves(let amount): reservation = amount
    }
    if case .halfOpen(let incident, let probing)? = standings[task.specification.executor],
      !room.probes.isDisjoint(with: probing)
    {
      return .waits(breakerWait(incident))
    }
    guard room.slots > 0 else {
      return .waits(reason(.slots, clears: .event("a free slot")))
    }
    if let free = room.executors[task.specification.executor], free <= 0 {
      return .waits(
        reason(
          .executorBusy, ["executor": .string(task.specification.executor.text)],
          clears: .event("a free place")))
    }
    take(reservation, for: task, room: &room)
    return .decided(
      .start(attempt: task.nextAttempt, reserved: reservation),
      reason(.ready, clears: .event("started")))
  }

  private func take(_ reservation: Money?, for task: TaskRecord, room: inout Room) {
    room.slots -= 1
    room.executors[task.specification.executor]? -= 1
    room.dayCommitted += reservation?.micros ?? 0
    room.runCommitted[task.run, default: 0] += reservation?.micros ?? 0
    if let key = board.opening.flatMap({ task.effectKey(anchor: $0.anchor) }) {
      room.effects[key] = task.id
    }
  }

  /// A start takes the probes that are due for its executor, and no other start has them.
  private func takeProbes(
    of task: TaskRecord, _ verdict: Decision.Verdict, room: inout Room
  ) -> [Reason] {
    guard case .start = verdict else { return [] }
    switch standings[task.specification.executor] {
    case .serves(let due), .halfOpen(_, let due):
      let own = due.filter { !room.probes.contains($0) }
      room.probes.formUnion(own)
      return probeReasons(own)
    case .stopped, nil: return []
    }
  }

  private enum CostVerdict {
    case refused(Assessment)
    case reserves(Money?)
  }

  /// Committed plus reserved spend stays within the cap of every enclosing budget.
  private func cost(of candidate: Candidate, rule: Rules.ExecutorRule, room: Room) -> CostVerdict {
    let task = candidate.record
    let amount: Money
    switch rule.cost {
    case .free: return .reserves(nil)
    case .unknown:
      return .refused(
        .decided(.hold, reason(.unknownCost, clears: .event("headway retry \(task.id)"))))
    case .upTo(let most): amount = most
    }
    guard let day = rules.dayCost, let run = candidate.run.record.budget ?? rules.runCost,
      amount.currency == day.currency, amount.currency == run.currency
    else {
      return .refused(
        .decided(.hold, reason(.noBudget, clears: .event("headway retry \(task.id)"))))
    }
    if let settled = settling(candidate) { return .refused(.waits(settled)) }
    let inRun = room.runCommitted[task.run] ?? 0
    if inRun + amount.micros > run.micros {
      return .refused(.decided(.hold, runBudget(task, run, spent: inRun, needs: amount)))
    }
    if room.dayCommitted + amount.micros > day.micros {
      return .refused(.waits(dayBudget(day, spent: room.dayCommitted, needs: amount)))
    }
    return .reserves(amount)
  }

  private func settling(_ candidate: Candidate) -> Reason? {
    guard !moment.skipsSettling, let revision = candidate.run.record.revisions.last else {
      return nil
    }
    let until = revision.at + rules.settle
    return moment.time < until ? reason(.settling, clears: .at(until)) : nil
  }

  private func runBudget(
    _ task: TaskRecord, _ budget: Money, spent: Int64, needs: Money
  ) -> Reason {
    reason(
      .runBudget,
      [
        "budget": budget.json, "committed": Money(micros: spent, currency: budget.currency).json,
        "needs": needs.json,
      ], clears: .event("a larger `budget` in the brief, or headway retry \(task.id)"))
  }

  private func dayBudget(_ budget: Money, spent: Int64, needs: Money) -> Reason {
    let dayLength = Span.days(1).milliseconds
    let midnight = (moment.time.milliseconds / dayLength + 1) * dayLength
    return reason(
      .dayBudget, ["budget": budget.json, "needs": needs.json],
      clears: .at(Instant(milliseconds: midnight)))
  }
}
