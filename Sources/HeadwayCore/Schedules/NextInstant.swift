/// When a schedule goes off next.
package struct NextInstant: Hashable, Sendable {
  package let schedule: Schedule
  package let nominal: Instant
  /// The nominal instant and its jitter.
  package let due: Instant
}

extension Project {
  /// The next instant of each schedule that a pipeline awaits, in the order in which they
  /// are due.
  package func nextInstants(after now: Instant, anchor: CommitID) -> [NextInstant] {
    schedules.values.filter { awaits($0.name) }.compactMap { schedule in
      schedule.next(after: now).map { nominal in
        NextInstant(
          schedule: schedule, nominal: nominal,
          due: nominal + schedule.delay(of: nominal, anchor: anchor))
      }
    }.sorted { ($0.due, $0.schedule.name) < ($1.due, $1.schedule.name) }
  }

  package func nextDue(after now: Instant, anchor: CommitID) -> Instant? {
    nextInstants(after: now, anchor: anchor).first?.due
  }
}
