extension Planner {
  struct Candidate {
    let task: BoardTask
    let run: BoardRun

    var record: TaskRecord { task.record }
  }

  /// Starts what fits, in the order of dispatch; what does not fit never blocks what comes after.
  func admit(_ candidates: [Candidate], into plan: inout Plan) {
    var room = Room(self)
    var estimates = Estimates(board.durations)
    // A proposal takes no place, so people's turn is always.
    for candidate in candidates where candidate.record.isPerson {
      let verdict = Decision.Verdict.propose(attempt: candidate.record.nextAttempt)
      decide(verdict, reason(.ready, clears: .event("approval")), of: candidate, in: &plan)
    }
    let others = candidates.filter { !$0.record.isPerson }
    var order = DispatchOrder(
      room.slots > 0 ? entries(of: others, &estimates) : [], dispatches: board.dispatches,
      weights: rules.fairness.weights)
    while room.slots > 0, let place = order.next() {
      let candidate = others[place]
      guard case .start(let reserved) = judge(candidate, &room, in: &plan) else { continue }
      let expected = estimates.expected(candidate.record)
      let taken = order.start(place, charge: Self.charge(reserved, expected))
      start(candidate, reserved: reserved, taken, &room, in: &plan)
    }
    // Whoever is left only learns what it waits for.
    let rest = order.isEmpty ? Array(others.indices) : order.rest
    for place in rest { _ = judge(others[place], &room, in: &plan) }
  }

  /// What a start takes of its band: money and time in one measure, in which an hour of a place
  /// weighs as much as 3.60 of the project's currency.
  static func charge(_ reserved: Money?, _ expected: Span) -> Int64 {
    let (sum, overflow) = expected.milliseconds.addingReportingOverflow(reserved?.micros ?? 0)
    return overflow ? .max : sum
  }

  private func entries(
    of candidates: [Candidate], _ estimates: inout Estimates
  ) -> [DispatchOrder.Entry] {
    var (ranks, key) = (RunRanks?.none, "")
    var current: RunID?
    return candidates.map { candidate in
      // Candidates come run by run.
      if current != candidate.run.record.id {
        current = candidate.run.record.id
        ranks = RunRanks(candidate.run, &estimates)
        key = rules.fairness.key(of: candidate.run.record)
      }
      let rank =
        ranks?.rank(of: candidate.record, &estimates)
        ?? Rank(candidate.record, expected: estimates.expected(candidate.record))
      return DispatchOrder.Entry(
        band: Band(priority: rank.priority), key: key, deadline: rank.deadline, path: rank.path)
    }
  }

  /// Whether there is room for a task; what keeps it back is written into the plan.
  private func judge(_ candidate: Candidate, _ room: inout Room, in plan: inout Plan) -> Admission {
    let admission = admission(of: candidate, &room)
    switch admission {
    case .start: break
    case .waits(let reason): note(reason, of: candidate.record, in: &plan)
    case .held(let reason): decide(.hold, reason, of: candidate, in: &plan)
    }
    return admission
  }

  private func start(
    _ candidate: Candidate, reserved: Money?, _ taken: (turn: Turn, share: ShareClaim),
    _ room: inout Room, in plan: inout Plan
  ) {
    let task = candidate.record
    let limits = task.specification.limits
    let rule = rules.executors[task.specification.executor]
    let claims = Claims(
      turn: taken.turn, share: taken.share,
      rate: rule?.rate.map { rate in
        RateClaim(
          executor: task.specification.executor,
          next: rate.next(after: room.rates[task.specification.executor], startingAt: moment.time))
      },
      keys: limits.concurrency.keys.sorted(),
      quotas: limits.quotas.map {
        QuotaClaim(
          name: $0.name, key: $0.key, amount: $0.amount, until: $0.window.end(at: moment.time))
      },
      within: task.specification.timeouts.run ?? Timeouts.run(learned: board.durations[task.key]))
    room.take(candidate, reserved: reserved, claims: claims, keys: keys(of: candidate, claims.keys))
    plan.decisions.append(
      Decision(
        task: task.id, verdict: .start(attempt: task.nextAttempt, reserved: reserved),
        reasons: [reason(.ready, clears: .event("started"))] + takeProbes(of: task, &room),
        claims: claims))
  }

  /// A start takes the probes that are due for its executor, and no other start has them.
  private func takeProbes(of task: TaskRecord, _ room: inout Room) -> [Reason] {
    switch standings[task.specification.executor] {
    case .serves(let due), .halfOpen(_, let due):
      let own = due.filter { !room.probes.contains($0) }
      room.probes.formUnion(own)
      return probeReasons(own)
    case .stopped, nil: return []
    }
  }

  private func decide(
    _ verdict: Decision.Verdict, _ reason: Reason, of candidate: Candidate, in plan: inout Plan
  ) {
    plan.decisions.append(
      Decision(task: candidate.record.id, verdict: verdict, reasons: [reason]))
  }
}
