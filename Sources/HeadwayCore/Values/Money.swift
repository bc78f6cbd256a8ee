/// An ISO 4217 code such as `USD`; amounts of different currencies never mix.
package struct Currency: Hashable, Sendable, CustomStringConvertible {
  package let code: String

  package init?(_ code: String) {
    guard code.utf8.count == 3, code.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
      return nil
    }
    self.code = code
  }

  private init(trusted code: String) { self.code = code }

  package static let usd = Currency(trusted: "USD")

  package var description: String { code }
}

/// An amount in millionths of its currency's unit; exact, never a floating-point number.
package struct Money: Hashable, Sendable {
  package let micros: Int64
  package let currency: Currency

  package init(micros: Int64, currency: Currency) {
    self.micros = micros
    self.currency = currency
  }

  package static func zero(_ currency: Currency) -> Money { Money(micros: 0, currency: currency) }

  /// The sum, or `nil` when the currencies differ or the sum overflows.
  package func adding(_ other: Money) -> Money? {
    guard currency == other.currency else { return nil }
    let (sum, overflow) = micros.addingReportingOverflow(other.micros)
    return overflow ? nil : Money(micros: sum, currency: currency)
  }
}

extension Money: CustomStringConvertible {
  /// `0.0213 USD`: at least two decimals, no trailing zeros beyond them.
  package var description: String {
    let (units, rest) = micros.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    var decimals = Substring(Int64(rest).padded(6))
    while decimals.count > 2, decimals.last == "0" { decimals.removeLast() }
    return "\(micros < 0 ? "-" : "")\(units).\(decimals) \(currency)"
  }

  /// Reads `2 USD`, `2.00 USD`, `0.000001 USD`; `nil` for signs, exponents or finer fractions.
  package init?(_ text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, let currency = Currency(String(parts[1])),
      let micros = Self.micros(parts[0])
    else { return nil }
    self.init(micros: micros, currency: currency)
  }

  /// The millionths that a plain decimal text such as `0.25` stands for.
  package static func micros(_ text: Substring) -> Int64? {
    let halves = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(halves.count), !halves[0].isEmpty,
      halves.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let units = Int64(halves[0]), units <= 1_000_000_000
    else { return nil }
    guard halves.count == 2 else { return units * 1_000_000 }
    guard (1...6).contains(halves[1].count),
      let fraction = Int64(halves[1] + String(repeating: "0", count: 6 - halves[1].count))
    else { return nil }
    return units * 1_000_000 + fraction
  }
}
