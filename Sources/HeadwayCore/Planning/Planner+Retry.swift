extension Planner {
  /// How many attempts may be lost to crashes and shutdowns; they use up no retry.
  static let lostAttempts = 3
  /// How often output that failed its checks is asked for again.
  static let badOutputRetries = 2
  /// How long a rate limit may keep a task away.
  static let rateLimitPatience = Span.hours(24)

  /// What the attempts since the last reopening say; `nil` when the task may go on.
  func afterFailures(of task: TaskRecord) -> Assessment? {
    let fresh = task.attempts.dropFirst(task.settledBefore)
    guard let last = fresh.last, !task.isPerson else { return nil }
    if !last.suspects.isEmpty { return suspicion(of: task, last) }
    switch last.outcome {
    case .succeeded: return nil
    case _ where task.isInDoubt(last):
      return hold(.uncertain, task, "headway retry \(task.id) or headway adopt \(task.id)")
    case .lost, .cancelled: return afterLoss(of: task, fresh: fresh)
    case .failed: return afterFailure(last, of: task, fresh: fresh)
    }
  }

  /// Asking again would not help against a text that only looks like a secret, and nobody but a
  /// person knows whether it is one.
  private func suspicion(of task: TaskRecord, _ last: TaskRecord.AttemptSummary) -> Assessment {
    .decided(
      .hold,
      reason(
        .secret,
        ["attempt": .integer(last.number), "findings": .texts(last.suspects)],
        clears: .event("headway allow \(last.suspects.joined(separator: " "))")))
  }

  private func afterLoss(
    of task: TaskRecord, fresh: ArraySlice<TaskRecord.AttemptSummary>
  ) -> Assessment? {
    let lost = fresh.filter {
      $0.outcome == .lost || $0.outcome == .cancelled || $0.failure == .cancelled
    }
    guard lost.count <= Self.lostAttempts, let last = fresh.last else { return exhausted(task) }
    return nextTry(of: task, at: last.at, after: last.number)
  }

  private func afterFailure(
    _ last: TaskRecord.AttemptSummary, of task: TaskRecord,
    fresh: ArraySlice<TaskRecord.AttemptSummary>
  ) -> Assessment? {
    switch last.failure ?? .internal {
    case .refused: return hold(.refused, task, "headway retry \(task.id)")
    case .invalidRequest: return hold(.invalidRequest, task, "headway retry \(task.id)")
    case .authentication, .budgetExhausted, .unavailable:
      return afterOutage(last, of: task, fresh: fresh)
    case .rateLimited: return afterRateLimit(last, of: task, fresh: fresh)
    case .badOutput, .truncated:
      let bad = fresh.filter { $0.failure?.isOfOutput == true }
      let allowed = min(task.specification.retry.attempts, Self.badOutputRetries + 1)
      guard bad.count < allowed else { return exhausted(task, code: .badOutput) }
      return nextTry(of: task, at: last.at, after: last.number)
    case .cancelled: return afterLoss(of: task, fresh: fresh)
    case .transient, .timeout, .internal:
      let used = fresh.filter { attempt in
        switch attempt.failure {
        case .transient, .timeout, .internal: true
        default: false
        }
      }
      guard used.count < task.specification.retry.attempts else { return exhausted(task) }
      let pause = Self.pause(after: last, of: task, failures: used.count)
      guard pause <= Self.rateLimitPatience else { return exhausted(task) }
      return nextTry(of: task, at: last.at + pause, after: last.number)
    }
  }

  /// The executor's failure uses up nothing of the task; its breaker keeps others away.
  ///
  /// Should nothing keep the task itself away, it does not come back at once for ever.
  private func afterOutage(
    _ last: TaskRecord.AttemptSummary, of task: TaskRecord,
    fresh: ArraySlice<TaskRecord.AttemptSummary>
  ) -> Assessment? {
    let repeated = fresh.reversed().prefix { $0.failure?.isOfExecutor == true }
    guard repeated.count > 1 else { return nil }
    switch standings[task.specification.executor] {
    case .stopped, .halfOpen: return nil
    case .serves, nil: break
    }
    return nextTry(
      of: task, at: last.at + Self.pause(after: last, of: task, failures: 1), after: last.number)
  }

  private func afterRateLimit(
    _ last: TaskRecord.AttemptSummary, of task: TaskRecord,
    fresh: ArraySlice<TaskRecord.AttemptSummary>
  ) -> Assessment? {
    let limited = fresh.reversed().prefix { $0.failure == .rateLimited }
    let since = limited.last?.at ?? last.at
    let until = last.at + Self.pause(after: last, of: task, failures: limited.count)
    guard until - since <= Self.rateLimitPatience else { return exhausted(task) }
    return nextTry(of: task, at: until, code: .rateLimited, after: last.number)
  }

  /// What the other side asks for wins over our own pause where it is longer.
  private static func pause(
    after last: TaskRecord.AttemptSummary, of task: TaskRecord, failures: Int
  ) -> Span {
    max(last.retryAfter ?? .zero, delay(of: task, after: failures))
  }

  /// `d/2 + u·d/2` with `d = min(cap, base·factor^(n−1))` and `u` from the task's id and `n`:
  /// jitter that replays identically.
  package static func delay(of task: TaskRecord, after failures: Int) -> Span {
    let rule = task.specification.retry
    var length = rule.base.milliseconds
    for _ in 1..<max(1, min(failures, 64)) where length < rule.cap.milliseconds {
      let (product, overflow) = length.multipliedReportingOverflow(by: Int64(rule.factor))
      length = overflow ? rule.cap.milliseconds : product
    }
    let full = min(length, rule.cap.milliseconds)
    let fraction = Digest(parts: [task.id.description, "retry", String(failures)]).fraction
    return Span(milliseconds: full / 2 + Int64((fraction * Double(full) / 2).rounded(.down)))
  }

  private func hold(_ code: ReasonCode, _ task: TaskRecord, _ command: String) -> Assessment {
    .decided(
      .hold,
      reason(code, ["attempt": .integer(task.attempts.count)], clears: .event(command)))
  }

  private func exhausted(_ task: TaskRecord, code: ReasonCode = .exhausted) -> Assessment {
    let found = reason(
      code, ["attempts": .integer(task.attempts.count)],
      clears: .event("headway retry \(task.id)"))
    return .decided(task.specification.onExhausted == .fail ? .fail : .hold, found)
  }
}
