/// A file below `schedules/`: when a pipeline starts by itself, and with what.
package struct Schedule: Hashable, Sendable {
  package static let folder = "schedules/"

  package let name: Name
  package let rhythm: Rhythm
  package let zone: Zone
  /// Each start comes up to this much later than its nominal instant.
  package let jitter: Span
  package let missed: CatchUp
  package let overlap: Overlap
  /// A template that may name `cause`; `nil` is the schedule's name.
  package let title: String?
  package let parameters: [Node.Field]
  package let priority: Int
  package let budget: Money?
  /// How long after the nominal instant its run is due.
  package let due: Span?

  package enum Rhythm: Hashable, Sendable {
    case cron(CronExpression)
    /// Counted from local midnight; a part of a day, or whole days from 1970-01-01.
    case every(Span)
  }

  /// What becomes of instants at which nobody looked.
  package enum CatchUp: String, Hashable, Sendable, CaseIterable { case latest, all, none }

  /// What becomes of an instant while a run of the schedule is active.
  package enum Overlap: String, Hashable, Sendable, CaseIterable {
    case skip
    /// One waits, the first; others are skipped.
    case queue
    /// One waits, the last, and stands for all.
    case coalesce
    /// The active run is cancelled.
    case cancel
    case allow
  }

  package init(
    name: Name, rhythm: Rhythm, zone: Zone, jitter: Span = .zero, missed: CatchUp = .latest,
    overlap: Overlap = .skip, title: String? = nil, parameters: [Node.Field] = [],
    priority: Int = 50, budget: Money? = nil, due: Span? = nil
  ) {
    self.name = name
    self.rhythm = rhythm
    self.zone = zone
    self.jitter = jitter
    self.missed = missed
    self.overlap = overlap
    self.title = title
    self.parameters = parameters
    self.priority = priority
    self.budget = budget
    self.due = due
  }
}

extension Schedule {
  /// The nominal instants after `start`, up to and including `end`, in order.
  package func instants(after start: Instant, through end: Instant) -> [Instant] {
    guard start < end else { return [] }
    var found: [Instant] = []
    // A zone's clocks are never a whole day off twice, so one day more on either side suffices.
    let days = (Self.day(of: zone.local(start)) - 1)...(Self.day(of: zone.local(end)) + 1)
    for day in days {
      for instant in instants(on: day) where instant > (found.last ?? start) && instant <= end {
        found.append(instant)
      }
    }
    return found
  }

  /// The first nominal instant after `start`; `nil` when there is none in the next forty years.
  package func next(after start: Instant) -> Instant? {
    let first = Self.day(of: zone.local(start)) - 1
    for day in first...(first + 40 * 366) {
      if let instant = instants(on: day).first(where: { $0 > start }) { return instant }
    }
    return nil
  }

  /// How much later than `nominal` its run starts: the same whoever computes it.
  package func delay(of nominal: Instant, anchor: CommitID) -> Span {
    guard jitter > .zero else { return .zero }
    let hash = Digest(parts: ["jitter", anchor.hex, name.text, nominal.description])
    let length = Double(jitter.milliseconds) * hash.fraction
    return Span(milliseconds: Int64(length.rounded(.down)))
  }

  private static let dayLength = Span.days(1).milliseconds

  /// The day of a local time, counted from 1970-01-01.
  private static func day(of local: Instant) -> Int64 {
    let (quotient, rest) = local.milliseconds.quotientAndRemainder(dividingBy: dayLength)
    return rest < 0 ? quotient - 1 : quotient
  }

  private static func midnight(_ day: Int64) -> Instant { Instant(milliseconds: day * dayLength) }

  /// The instants of one local day, in order.
  private func instants(on day: Int64) -> [Instant] {
    switch rhythm {
    case .cron(let cron):
      let midnight = Self.midnight(day)
      guard cron.matches(day: day, midnight.fields) else { return [] }
      var found: Set<Instant> = []
      let steady = steadyOffset(around: midnight)
      for hour in cron.hours {
        for minute in cron.minutes {
          let local = midnight + .hours(hour) + .minutes(minute)
          if let steady {
            found.insert(local - steady)
            continue
          }
          switch zone.reading(of: local) {
          case .once(let instant), .skipped(until: let instant): found.insert(instant)
          case .twice(let first, let second):
            found.insert(first)
            if cron.isHourly { found.insert(second) }
          }
        }
      }
      return found.sorted()
    case .every(let span):
      let length = span.milliseconds
      guard length < Self.dayLength else {
        let period = length / Self.dayLength
        return day % period == 0 ? [start(of: day)] : []
      }
      let (start, end) = (start(of: day), start(of: day + 1))
      return stride(from: start.milliseconds, to: end.milliseconds, by: Int(length))
        .map(Instant.init(milliseconds:))
    }
  }

  /// The offset of a whole local day, if it has one.
  private func steadyOffset(around midnight: Instant) -> Span? {
    let before = zone.offset(at: midnight - .days(1))
    return before == zone.offset(at: midnight + .days(2)) ? before : nil
  }

  private func start(of day: Int64) -> Instant {
    switch zone.reading(of: Self.midnight(day)) {
    case .once(let instant), .twice(let instant, _), .skipped(until: let instant): instant
    }
  }
}
