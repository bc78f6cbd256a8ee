/// A length of time in milliseconds, written `250ms`, `20s`, `10m`, `2h`, `7d` or a sum `1h30m`.
package struct Span: Hashable, Comparable, Sendable {
  package let milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  package static let zero = Span(milliseconds: 0)

  package static func seconds(_ count: Int64) -> Span { Span(milliseconds: count * 1_000) }
  package static func minutes(_ count: Int64) -> Span { .seconds(count * 60) }
  package static func hours(_ count: Int64) -> Span { .minutes(count * 60) }
  package static func days(_ count: Int64) -> Span { .hours(count * 24) }

  package static func < (left: Span, right: Span) -> Bool {
    left.milliseconds < right.milliseconds
  }

  package static func + (left: Span, right: Span) -> Span {
    let (sum, overflow) = left.milliseconds.addingReportingOverflow(right.milliseconds)
    return Span(milliseconds: overflow ? .max : sum)
  }
}

extension Span: CustomStringConvertible {
  private static let units: [(name: String, length: Int64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
  ]

  /// The shortest exact sum of units, largest first: `1h30m`, `0s`.
  package var description: String {
    guard milliseconds != 0 else { return "0s" }
    var (rest, text) = (milliseconds.magnitude, milliseconds < 0 ? "-" : "")
    for unit in Self.units {
      let length = unit.length.magnitude
      if rest >= length { text += "\(rest / length)\(unit.name)" }
      rest %= length
    }
    return text
  }

  /// Reads what `description` writes; `nil` for signs, fractions, unknown units or more than
  /// about 100 years, so that sums with an instant stay in range.
  package init?(_ text: String) {
    var total: Int64 = 0
    var rest = Substring(text)
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let count = Int64(digits), !digits.isEmpty else { return nil }
      rest = rest.dropFirst(digits.count)
      let name = rest.prefix { $0.isASCII && $0.isLetter }
      guard let unit = Self.units.first(where: { $0.name == name }) else { return nil }
      rest = rest.dropFirst(name.count)
      let (length, overflow) = count.multipliedReportingOverflow(by: unit.length)
      guard !overflow, length <= 3_200_000_000_000 else { return nil }
      total += length
      guard total <= 3_200_000_000_000 else { return nil }
    }
    self.init(milliseconds: total)
  }
}
