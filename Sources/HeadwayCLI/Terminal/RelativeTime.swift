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
