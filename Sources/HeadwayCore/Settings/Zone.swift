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

  /// The moment at which clocks in this zone show `local`, which is written as if it were UTC.
  ///
  /// The first of two; where clocks skip it, as long after the gap began as it lies inside.
  package func instant(showing local: Instant) -> Instant {
    guard let zone = TimeZone(identifier: identifier) else { return local }
    func offset(at milliseconds: Int64) -> Int64 {
      let date = Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
      return Int64(zone.secondsFromGMT(for: date)) * 1_000
    }
    let wanted = local.milliseconds
    // Zones change their offset at most once in two days, so the offsets of a day before and
    // after are the only candidates.
    let day: Int64 = 86_400_000
    let (before, after) = (offset(at: wanted - day), offset(at: wanted + day))
    for candidate in [before, after] where offset(at: wanted - candidate) == candidate {
      return Instant(milliseconds: wanted - candidate)
    }
    return Instant(milliseconds: wanted - before)
  }
}
