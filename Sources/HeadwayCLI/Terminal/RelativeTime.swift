package import HeadwayCore

extension Instant {
  /// `3 min ago`, `in 2 h`, `just now`: for people; JSON carries the instant itself.
  package func relative(to now: Instant) -> String {
    let distance = (self - now).milliseconds
    let amount = distance.magnitude < 1_000 ? nil : Self.amount(distance.magnitude)
    guard let amount else { return "just now" }
    return distance < 0 ? "\(amount) ago" : "in \(amount)"
  }

  private static func amount(_ milliseconds: UInt64) -> String {
    let seconds = milliseconds / 1_000
    return switch seconds {
    case ..<100: "\(seconds) s"
    case ..<6_000: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3_600) h"
    default: "\(seconds / 86_400) days"
    }
  }
}

extension Span {
  /// Two units at most, since nobody reads the rest: `2d3h`, `4m12s`.
  var rough: String {
    let unit: Int64 =
      switch milliseconds {
      case 86_400_000...: 3_600_000
      case 3_600_000...: 60_000
      case 1_000...: 1_000
      default: 1
      }
    return Span(milliseconds: milliseconds / unit * unit).description
  }
}
