/// How long one task took from the commit that asked for it to its end.
package struct ServiceMeasure: Hashable, Sendable {
  package let task: TaskID
  /// The class of the task, `article/draft`.
  package let key: String
  /// What its pipeline promises; `nil` where it promises nothing.
  package let target: Span?
  /// When the commit was made that asked for it, or was seen where that is earlier.
  package let committed: Instant
  /// `nil` while it has not ended.
  package let settled: Instant?
  /// How much of the time people were waited for: to sign, or to see to what was held.
  package let people: Span
  /// The part of it in which something was held.
  package let held: Span

  package init(
    task: TaskID, key: String, target: Span?, committed: Instant, settled: Instant?, people: Span,
    held: Span = .zero
  ) {
    self.task = task
    self.key = key
    self.target = target
    self.committed = committed
    self.settled = settled
    self.people = people
    self.held = held
  }

  /// Up to its end, or to `now`.
  package func length(at now: Instant) -> Span { max(.zero, (settled ?? now) - committed) }

  /// The time in which nobody was waited for: work, and waiting for room, for other tasks or for a
  /// clock.
  package func machine(at now: Instant) -> Span {
    max(.zero, Span(milliseconds: length(at: now).milliseconds - people.milliseconds))
  }

  /// Whether it ended within its target, or still can; `nil` without a target.
  package func isKept(at now: Instant) -> Bool? { target.map { length(at: now) <= $0 } }
}

extension BoardRun {
  /// The measures of all tasks that were asked for and not cancelled or skipped.
  ///
  /// `attempts` are those of this run, `committed` says when its causes were committed. Waiting for
  /// people is the time in which the task, or one that it comes after, was held or had an open
  /// proposal.
  package func serviceMeasures(
    attempts: [AttemptRecord], committed times: [CommitID: Instant], at now: Instant
  ) -> [ServiceMeasure] {
    let (proposed, held) = (openProposals(attempts), heldTimes)
    return tasksInOrder.map(\.record).compactMap { task in
      let settled: Instant?
      switch task.state {
      case .succeeded, .failed, .expired: settled = end(of: task, attempts)
      case .pending, .running, .waiting, .held: settled = nil
      case .skipped, .cancelled: return nil
      }
      guard !task.isRemoved, !task.isFan, let committed = committed(of: task, times) else {
        return nil
      }
      let names = Set(ancestors(of: task.task) + [task.task])
      func spans(_ waits: [Wait]) -> [(from: Instant, to: Instant)] {
        waits.filter { names.contains($0.task) }
          .map { (from: max($0.from, committed), to: min($0.to, settled ?? now)) }
      }
      return ServiceMeasure(
        task: task.id, key: task.key, target: task.specification.sla, committed: committed,
        settled: settled, people: Self.union(spans(proposed + held)), held: Self.union(spans(held)))
    }
  }

  /// A commit's own clock may be wrong, but it cannot be later than the moment when it was seen.
  private func committed(of task: TaskRecord, _ times: [CommitID: Instant]) -> Instant? {
    let revision = record.revisions.last { $0.number <= task.revision } ?? record.revisions.first
    return revision.map { min(times[$0.commit] ?? $0.at, $0.at) }
  }

  private func end(of task: TaskRecord, _ attempts: [AttemptRecord]) -> Instant? {
    let own = attempts.filter { $0.id.task == task.id }
    if let accepted = task.accepted {
      return own.first { $0.id.number == accepted }?.finished
    }
    return task.reason?.since ?? own.map(\.finished).max()
  }

  private typealias Wait = (task: Name, from: Instant, to: Instant)

  private func openProposals(_ attempts: [AttemptRecord]) -> [Wait] {
    let ended = attempts.filter { $0.isolation == "person" && $0.finished > $0.started }
      .map { (task: $0.id.task.task, from: $0.started, to: $0.finished) }
    let open = tasksInOrder.filter { $0.record.state == .waiting }.compactMap { task in
      task.proposal.map {
        (task: task.record.task, from: $0.proposed, to: Instant(milliseconds: .max))
      }
    }
    return ended + open
  }

  /// When each task was held; one that is held now is without end.
  private var heldTimes: [Wait] {
    tasksInOrder.map(\.record).flatMap { task -> [Wait] in
      let past = task.holds.map { (task: task.task, from: $0.since, to: $0.until) }
      guard task.state == .held, let since = task.reason?.since else { return past }
      return past + [(task: task.task, from: since, to: Instant(milliseconds: .max))]
    }
  }

  /// The length of what the intervals cover together.
  private static func union(_ spans: [(from: Instant, to: Instant)]) -> Span {
    var (covered, reached) = (Int64(0), Instant(milliseconds: .min))
    for span in spans.sorted(by: { $0.from < $1.from }) where span.to > span.from {
      let from = max(span.from, reached)
      guard span.to > from else { continue }
      covered += (span.to - from).milliseconds
      reached = span.to
    }
    return Span(milliseconds: covered)
  }
}

/// The measures of one class of tasks together.
package struct ServiceLevel: Hashable, Sendable {
  package let key: String
  /// The newest target that its tasks carry.
  package let target: Span?
  package let settled: Int
  /// Tasks that have not ended yet.
  package let open: Int
  /// How many ended after their target, or have not ended although it has passed.
  package let missed: Int
  /// How many have a target at all.
  package let measured: Int
  /// End to end, of what has ended; `nil` where nothing has.
  package let median: Span?
  /// The 90th percentile.
  package let slow: Span?
  package let worst: Span?
  /// The median of the time in which people were waited for.
  package let people: Span?
  /// The median of the part of it in which something was held.
  package let held: Span?
  /// The median of the rest.
  package let machine: Span?

  /// The share of kept targets in thousandths; `nil` without targets.
  package var kept: Int? { measured == 0 ? nil : (measured - missed) * 1_000 / measured }

  /// By class, in the order of their names.
  package static func levels(of measures: [ServiceMeasure], at now: Instant) -> [ServiceLevel] {
    Dictionary(grouping: measures, by: \.key).sorted { $0.key < $1.key }.map { key, measures in
      let ended = measures.filter { $0.settled != nil }
      let lengths = ended.map { $0.length(at: now) }.sorted()
      let targets = measures.filter { $0.target != nil }
      return ServiceLevel(
        key: key, target: targets.max { $0.committed < $1.committed }?.target,
        settled: ended.count, open: measures.count - ended.count,
        missed: targets.count { $0.isKept(at: now) == false }, measured: targets.count,
        median: quantile(0.5, of: lengths), slow: quantile(0.9, of: lengths),
        worst: lengths.last, people: quantile(0.5, of: ended.map(\.people).sorted()),
        held: quantile(0.5, of: ended.map(\.held).sorted()),
        machine: quantile(0.5, of: ended.map { $0.machine(at: now) }.sorted()))
    }
  }

  /// The smallest value that at least the share `share` does not exceed; of sorted values.
  private static func quantile(_ share: Double, of sorted: [Span]) -> Span? {
    guard !sorted.isEmpty else { return nil }
    let rank = Int((share * Double(sorted.count)).rounded(.up))
    return sorted[max(0, min(sorted.count - 1, rank - 1))]
  }
}
