/// So many starts in a length of time, of which a few may come at once.
package struct Rate: Hashable, Sendable {
  package var count: Int
  package var per: Span
  package var burst: Int

  package init(count: Int, per: Span, burst: Int = 1) {
    self.count = count
    self.per = per
    self.burst = burst
  }

  /// The even distance of two starts, never rounded in favour of more.
  private var interval: Int64 {
    let count = Int64(max(1, count))
    return max(1, (per.milliseconds + count - 1) / count)
  }

  /// When the next start conforms, given when it would come if all came evenly (the generic cell
  /// rate algorithm).
  package func opens(after next: Instant?, at now: Instant) -> Instant {
    guard let next = current(next, at: now) else { return now }
    return next - Span(milliseconds: interval * Int64(max(1, burst) - 1))
  }

  /// `nil` for what only a slower rate can have left behind: one that was raised holds at once.
  private func current(_ next: Instant?, at now: Instant) -> Instant? {
    let latest = now + Span(milliseconds: interval * Int64(max(1, burst)))
    return next.flatMap { $0 > latest ? nil : $0 }
  }

  /// When the one after a start at `now` would come if all came evenly.
  package func next(after next: Instant?, startingAt now: Instant) -> Instant {
    max(current(next, at: now) ?? now, now) + Span(milliseconds: interval)
  }
}

/// Bounds that a task brings along, with its templates rendered.
package struct TaskLimits: Hashable, Sendable {
  /// The most that all its attempts may cost together.
  package var cost: Money?
  /// How many attempts may be under way under a key.
  package var concurrency: [String: Int]
  package var quotas: [QuotaRule]

  package init(
    cost: Money? = nil, concurrency: [String: Int] = [:], quotas: [QuotaRule] = []
  ) {
    self.cost = cost
    self.concurrency = concurrency
    self.quotas = quotas
  }
}

/// So many units by key in a window of time.
package struct QuotaRule: Hashable, Sendable {
  package var name: Name
  package var key: String
  package var amount: Int
  package var limit: Int
  package var window: QuotaWindow
  package var onExceed: ExceedRule

  package init(
    name: Name, key: String, amount: Int = 1, limit: Int, window: QuotaWindow,
    onExceed: ExceedRule = .wait
  ) {
    self.name = name
    self.key = key
    self.amount = amount
    self.limit = limit
    self.window = window
    self.onExceed = onExceed
  }
}

/// What becomes of a task that finds its quota used up.
package enum ExceedRule: String, Hashable, Sendable, CaseIterable { case wait, hold }

/// The time over which a quota counts.
package enum QuotaWindow: Hashable, Sendable {
  case sliding(Span)
  case calendar(CalendarUnit, Zone)

  package enum CalendarUnit: String, Hashable, Sendable, CaseIterable {
    case day, week, month, quarter, year
  }

  /// When what is taken at `now` is free again.
  package func end(at now: Instant) -> Instant {
    switch self {
    case .sliding(let span): now + span
    case .calendar(let unit, let zone): unit.end(of: now, in: zone)
    }
  }
}

extension QuotaWindow.CalendarUnit {
  /// The first instant of the next one; weeks begin on Monday.
  func end(of now: Instant, in zone: Zone) -> Instant {
    var fields = zone.local(now).fields
    (fields.hour, fields.minute, fields.second, fields.millisecond) = (0, 0, 0, 0)
    let midnight = Instant(fields)
    switch self {
    case .day: return zone.instant(showing: midnight + .days(1))
    case .week:
      let days = midnight.milliseconds / Span.days(1).milliseconds
      // The first day of 1970 was a Thursday.
      return zone.instant(showing: midnight + .days(7 - (days + 3) % 7))
    case .month: fields.month += 1
    case .quarter: fields.month += 3 - (fields.month - 1) % 3
    case .year: fields.month = 13
    }
    fields.day = 1
    if fields.month > 12 { (fields.year, fields.month) = (fields.year + 1, fields.month - 12) }
    return zone.instant(showing: Instant(fields))
  }
}

extension TaskLimits {
  var json: JSONValue {
    [
      "cost": cost?.json ?? .null,
      "concurrency": .object(concurrency.mapValues { .integer($0) }),
      "quotas": .array(quotas.map(\.json)),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      cost: try fields.moneyIfAny("cost"),
      concurrency: try fields.map("concurrency", "an object of counts") { value in
        value.integer.flatMap(Int.init(exactly:))
      }, quotas: try fields.objects("quotas", QuotaRule.init))
  }
}

extension QuotaRule {
  fileprivate var json: JSONValue {
    let window: JSONValue =
      switch self.window {
      case .sliding(let span): ["sliding": .text(span)]
      case .calendar(let unit, let zone):
        ["calendar": .string(unit.rawValue), "tz": .text(zone)]
      }
    return [
      "name": .text(name), "key": .string(key), "amount": .integer(amount),
      "limit": .integer(limit), "window": window, "onExceed": .string(onExceed.rawValue),
    ]
  }

  fileprivate init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      name: try fields.name("name"), key: try fields.text("key"),
      amount: try fields.count("amount"), limit: try fields.count("limit"),
      window: try fields.object("window") { (window) throws(RecordFault) in
        if let span = try window.spanIfAny("sliding") { return .sliding(span) }
        guard let zone = Zone(try window.text("tz")) else {
          throw window.fault("tz", "is no time zone")
        }
        return .calendar(try window.choice("calendar", QuotaWindow.CalendarUnit.self), zone)
      }, onExceed: try fields.choice("onExceed", ExceedRule.self))
  }
}
