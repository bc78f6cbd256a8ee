extension Planner {
  /// Whether a task may start now.
  enum Admission {
    case start(reserved: Money?)
    case waits(Reason)
    case held(Reason)
  }

  /// Whether every limit has room; the first that has none is the one reason.
  func admission(of candidate: Candidate, _ room: inout Room) -> Admission {
    let task = candidate.record
    guard let rule = rules.executors[task.specification.executor] else {
      return .held(
        reason(
          .executorMissing, ["executor": .string(task.specification.executor.text)],
          clears: .event("headway retry \(task.id)")))
    }
    if let reason = overflow(of: task, rule) { return .held(reason) }
    if let key = board.opening.flatMap({ task.effectKey(anchor: $0.anchor) }),
      let other = room.effects[key]
    {
      return .waits(effectBusy(other))
    }
    let reserved: Money?
    switch cost(of: candidate, rule: rule, room: room) {
    case .start(let amount): reserved = amount
    case .waits(let reason): return .waits(reason)
    case .held(let reason): return .held(reason)
    }
    if case .halfOpen(let incident, let probing)? = standings[task.specification.executor],
      !room.probes.isDisjoint(with: probing)
    {
      return .waits(breakerWait(incident))
    }
    if let verdict = quotas(of: task, room) { return verdict }
    if let rate = rule.rate {
      let opens = rate.opens(after: room.rates[task.specification.executor], at: moment.time)
      if opens > moment.time { return .waits(rateReason(task, rate, until: opens)) }
    }
    if let busy = busyKey(of: candidate, room) { return .waits(busy) }
    guard room.slots > 0 else {
      return .waits(reason(.slots, clears: .event("a free slot")))
    }
    if let free = room.executors[task.specification.executor], free <= 0 {
      return .waits(
        reason(
          .executorBusy, ["executor": .string(task.specification.executor.text)],
          clears: .event("a free place")))
    }
    return .start(reserved: reserved)
  }

  /// Why no model that the executor may ask can take what the task would give it.
  private func overflow(of task: TaskRecord, _ rule: Rules.ExecutorRule) -> Reason? {
    guard let bytes = moment.sizes[task.id], let room = rule.room else { return nil }
    let tokens = ChatEndpoint.tokens(ofBytes: Int(bytes))
    guard tokens > room else { return nil }
    return reason(
      .tooLarge,
      [
        "tokens": .integer(tokens), "room": .integer(room),
        "executor": .text(task.specification.executor),
      ], clears: .event("smaller inputs or a larger window, then headway retry \(task.id)"))
  }

  private func rateReason(_ task: TaskRecord, _ rate: Rate, until opens: Instant) -> Reason {
    reason(
      .rate,
      [
        "executor": .string(task.specification.executor.text), "count": .integer(rate.count),
        "per": .text(rate.per),
      ], clears: .at(opens))
  }

  /// Why a key that the task counts under has no place left.
  private func busyKey(of candidate: Candidate, _ room: Room) -> Reason? {
    let own = candidate.record.specification.limits.concurrency
    for key in keys(of: candidate, Array(own.keys)) {
      guard let limit = [own[key], rules.keys[key]].compactMap(\.self).min(),
        room.live[key, default: 0] >= limit
      else { continue }
      return reason(
        .keyBusy, ["key": .string(key), "limit": .integer(limit)], clears: .event("a free place"))
    }
    return nil
  }

  /// What a quota that is used up does to the task; `nil` where all have room.
  private func quotas(of task: TaskRecord, _ room: Room) -> Admission? {
    for quota in task.specification.limits.quotas {
      let taken = room.taken[Room.QuotaKey(name: quota.name, key: quota.key)] ?? []
      let used = taken.reduce(0) { $0 + $1.amount }
      guard used + quota.amount > quota.limit else { continue }
      let values: [String: JSONValue] = [
        "name": .text(quota.name), "key": .string(quota.key), "limit": .integer(quota.limit),
        "used": .integer(used), "needs": .integer(quota.amount),
      ]
      let opens = opening(of: quota, used: used, taken)
      guard quota.onExceed == .wait, let opens else {
        return .held(reason(.quota, values, clears: .event("headway retry \(task.id)")))
      }
      // An attempt may outlast the window that it was counted in; it counts until it ends.
      let clears: Reason.Clearing =
        opens > moment.time ? .at(opens) : .event("the end of an attempt that counts")
      return .waits(reason(.quota, values, clears: clears))
    }
    return nil
  }

  /// When so many units are free again; `nil` where the task asks for more than there are.
  private func opening(of quota: QuotaRule, used: Int, _ taken: [QuotaClaim]) -> Instant? {
    var left = used
    for claim in taken.sorted(by: { $0.until < $1.until }) {
      left -= claim.amount
      if left + quota.amount <= quota.limit { return claim.until }
    }
    return nil
  }
}
