// The one place in Core that needs the time zone database.
internal import Foundation

/// An IANA time zone.
package struct Zone: Hashable, Sendable, CustomStringConvertible {
  package let identifier: String

  package init?(_ identifier: String) {
    guard identifier == "UTC" || TimeZone.knownTimeZoneIdentifiers.contains(identifier) else {
      return nil
    }
    self.identifier = identifier
  }

  private init(trusted identifier: String) { self.identifier = identifier }

  package static let utc = Zone(trusted: "UTC")

  package var description: String { identifier }

  /// What a zone's clocks make of a local time.
  package enum Reading: Hashable, Sendable {
    case once(Instant)
    /// Clocks were set back over it.
    case twice(Instant, Instant)
    /// Clocks were set forward over it; they went on at this moment.
    case skipped(until: Instant)
  }

  /// How far clocks here are ahead of UTC.
  package func offset(at instant: Instant) -> Span {
    guard self != .utc, let zone = TimeZone(identifier: identifier) else { return .zero }
    let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
    return .seconds(Int64(zone.secondsFromGMT(for: date)))
  }

  /// The local time at `instant`, written as if it were UTC.
  package func local(_ instant: Instant) -> Instant { instant + offset(at: instant) }

  /// When clocks in this zone show `local`, which is written as if it were UTC.
  package func reading(of local: Instant) -> Reading {
    // Zones change their offset at most once in two days, so the offsets of a day before and
    // after are the only candidates.
    let before = offset(at: local - .days(1))
    let after = offset(at: local + .days(1))
    let candidates = before == after ? [before] : [before, after]
    let found = candidates.filter { offset(at: local - $0) == $0 }.map { local - $0 }.sorted()
    guard let first = found.first, let last = found.last else {
      return .skipped(until: change(from: before, between: local - after, and: local - before))
    }
    return first == last ? .once(first) : .twice(first, last)
  }

  /// The moment at which clocks in this zone show `local`, which is written as if it were UTC.
  ///
  /// The first of two; where clocks skip it, as long after the gap began as it lies inside.
  package func instant(showing local: Instant) -> Instant {
    switch reading(of: local) {
    case .once(let instant), .twice(let instant, _): instant
    case .skipped: local - offset(at: local - .days(1))
    }
  }

  /// The first moment after `early` whose offset is no longer `old`; by `late` there is one.
  private func change(from old: Span, between early: Instant, and late: Instant) -> Instant {
    var (early, late) = (early.milliseconds / 1_000 - 1, late.milliseconds / 1_000)
    while late - early > 1 {
      let middle = early + (late - early) / 2
      if offset(at: Instant(milliseconds: middle * 1_000)) == old {
        early = middle
      } else {
        late = middle
      }
    }
    return Instant(milliseconds: late * 1_000)
  }
}
