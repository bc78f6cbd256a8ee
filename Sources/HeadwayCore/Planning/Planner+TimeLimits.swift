extension Planner {
  /// When something has to be done about a task even if nothing else happens.
  func timeLimits(of task: BoardTask, in run: BoardRun, current: Set<Name>) -> [Instant] {
    if task.record.state == .waiting { return [task.proposal?.expires].compactMap { $0 } }
    return [finishLimit(of: task.record), startLimit(of: task.record, in: run, current: current)]
      .compactMap { $0 }
  }

  /// When a task that has not started by itself ends; `nil` for other states and without a limit.
  private func finishLimit(of task: TaskRecord) -> Instant? {
    guard task.state == .pending else { return nil }
    return task.finishLimit(unheard: moment.unheard)
  }

  /// When a task that nothing before it keeps any more must have started; `nil` once it has.
  private func startLimit(
    of task: TaskRecord, in run: BoardRun, current: Set<Name>
  ) -> Instant? {
    guard let span = task.specification.timeouts.start, task.state == .pending,
      task.attempts.count == task.settledBefore,
      case .met = run.join(of: task, current: current)
    else { return nil }
    let ready = run.readySince(task, current: current)
    return moment.unheard.extending(ready + span, since: ready)
  }

  /// What a limit that has passed makes of a task.
  func expiry(of task: TaskRecord, in run: BoardRun, current: Set<Name>) -> Assessment? {
    guard !isInDoubt(task) else { return nil }
    if let limit = finishLimit(of: task), moment.time >= limit {
      return .decided(.expire, finishTimeout(task))
    }
    guard let limit = startLimit(of: task, in: run, current: current), moment.time >= limit else {
      return nil
    }
    return .decided(
      .expire,
      reason(
        .startTimeout, ["limit": .text(task.specification.timeouts.start)],
        clears: .event("headway retry \(task.id)")))
  }

  /// Whether nobody knows what the task did outside: a person is asked that, however late it is.
  private func isInDoubt(_ task: TaskRecord) -> Bool {
    guard task.specification.effect == .external, task.allowance == nil else { return false }
    if let last = task.attempts.dropFirst(task.settledBefore).last, task.isInDoubt(last) {
      return true
    }
    let key = board.opening.flatMap { task.effectKey(anchor: $0.anchor) }
    return key.flatMap { earlierUse(of: $0, before: task) }?.isCertain == false
  }

  /// Waits until `due`, or gives up at once where a try from then on could not finish in time;
  /// `nil` when the next one may go.
  func nextTry(
    of task: TaskRecord, at due: Instant, code: ReasonCode = .backOff, after attempt: Int
  ) -> Assessment? {
    let next = max(due, moment.time)
    if let limit = finishLimit(of: task), next + usualDuration(of: task) > limit, !isInDoubt(task) {
      return .decided(.expire, finishTimeout(task, ["next": .text(next)]))
    }
    guard moment.time < due else { return nil }
    return .waits(reason(code, ["attempt": .integer(attempt)], clears: .at(due)))
  }

  private func finishTimeout(_ task: TaskRecord, _ values: [String: JSONValue] = [:]) -> Reason {
    let limit: [String: JSONValue] = ["limit": .text(task.specification.timeouts.finish)]
    return reason(
      .finishTimeout, limit.merging(values) { $1 }, clears: .event("headway retry \(task.id)"))
  }

  /// What was learned or estimated; what such work takes as a rule is too little to give up for.
  private func usualDuration(of task: TaskRecord) -> Span {
    board.durations[task.key]?.percentile(80) ?? task.specification.estimate.duration ?? .zero
  }
}

extension BoardRun {
  /// Since when nothing before `task` has kept it: the end upstream that let it go on, or when it
  /// was asked for, if that was later.
  fileprivate func readySince(_ task: TaskRecord, current: Set<Name>) -> Instant {
    let upstream = task.specification.after.compactMap { tasks[$0]?.record }
      .filter { current.contains($0.task) }
    let end: Instant?
    switch task.specification.when {
    case .allSucceeded, .allDone: end = upstream.map(settled).max()
    case .anySucceeded: end = upstream.filter { $0.state == .succeeded }.map(settled).min()
    case .anyFailed:
      end = upstream.filter { $0.state != .succeeded && $0.state != .skipped }.map(settled).min()
    }
    return max(end ?? task.admitted, task.admitted)
  }

  /// The latest that is known of a task and of all before it: what took up an earlier result has
  /// no instant of its own.
  private func settled(_ task: TaskRecord) -> Instant {
    ancestors(of: task.task).compactMap { tasks[$0]?.record }
      .reduce(task.latest) { max($0, $1.latest) }
  }
}

extension TaskRecord {
  fileprivate var latest: Instant {
    max(admitted, attempts.last?.at ?? admitted, reason?.since ?? admitted)
  }

  /// When it must have settled, with the time given back in which nobody looked.
  package func finishLimit(unheard: [Pause]) -> Instant? {
    specification.timeouts.finish.map { unheard.extending(admitted + $0, since: admitted) }
  }

  /// When an attempt that starts now and may take `time` must have ended.
  package func deadline(of time: Span, from now: Instant, unheard: [Pause]) -> Instant {
    let own = now + time
    return finishLimit(unheard: unheard).map { min(own, $0) } ?? own
  }
}
