extension Schedule {
  /// One nominal instant, with the schedule as it stood then.
  package struct Occurrence: Hashable, Sendable {
    package let schedule: Schedule
    package let nominal: Instant
    package let commit: CommitID

    package init(schedule: Schedule, nominal: Instant, commit: CommitID) {
      self.schedule = schedule
      self.nominal = nominal
      self.commit = commit
    }
  }

  /// How far back instants are made up for.
  package static let window = Span.days(1)
  /// An instant that is noticed no later than this was not missed.
  package static let grace = Span.minutes(5)
  /// The most instants of one schedule that are made up for.
  package static let catchUpLimit = 50

  /// Which of the occurrences of one schedule, in order, become runs; the last says how.
  package static func caughtUp(
    _ occurrences: [Occurrence], anchor: CommitID, at now: Instant
  ) -> [IntakeRecord.WaitingInstant] {
    guard let last = occurrences.last else { return [] }
    func waiting(_ occurrence: Occurrence) -> IntakeRecord.WaitingInstant {
      let due =
        occurrence.nominal + occurrence.schedule.delay(of: occurrence.nominal, anchor: anchor)
      return IntakeRecord.WaitingInstant(
        schedule: occurrence.schedule.name, nominal: occurrence.nominal, due: due,
        commit: occurrence.commit,
        isCatchUp: last.schedule.missed == .all && (occurrences.count > 1 || now - due > grace))
    }
    switch last.schedule.missed {
    case .latest: return [waiting(last)]
    case .all: return occurrences.suffix(catchUpLimit).map(waiting)
    case .none: return [waiting(last)].filter { now - $0.due <= grace }
    }
  }
}

/// What becomes of the instants of one schedule that are due.
package struct OverlapVerdict: Hashable, Sendable {
  package var starts: [IntakeRecord.WaitingInstant] = []
  package var waits: [IntakeRecord.WaitingInstant] = []
  package var skips: [IntakeRecord.WaitingInstant] = []
  /// Whether what is active must end first.
  package var cancels = false

  /// `due` in order, with the rule of the last of them.
  package init(
    _ due: [IntakeRecord.WaitingInstant], rule: Schedule.Overlap, isActive: Bool
  ) {
    var rest = due
    switch rule {
    case .allow:
      starts = due
      return
    case .cancel:
      // Only the last would live to see its end.
      skips = Array(due.dropLast())
      starts = Array(due.suffix(1))
      cancels = isActive
      return
    case .coalesce:
      skips = Array(due.dropLast())
      rest = Array(due.suffix(1))
    case .skip, .queue: break
    }
    if !isActive, !rest.isEmpty { starts.append(rest.removeFirst()) }
    for instant in rest {
      let mayWait = rule == .queue ? waits.allSatisfy(\.isCatchUp) : rule == .coalesce
      if instant.isCatchUp || mayWait {
        waits.append(instant)
      } else {
        skips.append(instant)
      }
    }
  }
}
