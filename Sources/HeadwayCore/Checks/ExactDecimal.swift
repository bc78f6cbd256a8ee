/// A decimal number as its text says it, compared without rounding.
struct ExactDecimal: Hashable, Sendable {
  let isNegative: Bool
  /// Significant digits without leading or trailing zeros; empty for zero.
  let digits: [UInt8]
  /// The power of ten of the last digit.
  let exponent: Int

  /// Exponents beyond this are as good as infinite and would only cost time.
  private static let largestExponent = 1_000_000

  init(_ number: JSONNumber) {
    var (digits, shift, exponent): ([UInt8], Int, Int) = ([], 0, 0)
    var text = Substring(number.text).utf8
    isNegative = text.first == 0x2D
    if isNegative { text.removeFirst() }
    var isFraction = false
    while let byte = text.first, byte != 0x65, byte != 0x45 {
      text.removeFirst()
      guard byte != 0x2E else {
        isFraction = true
        continue
      }
      digits.append(byte - 0x30)
      if isFraction { shift += 1 }
    }
    if !text.isEmpty {
      let written = String(Substring(text.dropFirst()))
      let limit = Self.largestExponent
      exponent = Int(written) ?? (written.hasPrefix("-") ? -limit : limit)
      exponent = max(-limit, min(limit, exponent))
    }
    while digits.last == 0 {
      digits.removeLast()
      shift -= 1
    }
    self.digits = Array(digits.drop { $0 == 0 })
    self.exponent = self.digits.isEmpty ? 0 : exponent - shift
  }

  var isInteger: Bool { exponent >= 0 }

  /// The place of the first digit, as a power of ten.
  private var magnitude: Int { exponent + digits.count }

  static func < (left: Self, right: Self) -> Bool {
    let (leftSign, rightSign) = (left.sign, right.sign)
    if leftSign != rightSign { return leftSign < rightSign }
    return leftSign < 0 ? right.isSmaller(than: left) : left.isSmaller(than: right)
  }

  private var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

  private func isSmaller(than other: Self) -> Bool {
    if magnitude != other.magnitude { return magnitude < other.magnitude }
    return digits.lexicographicallyPrecedes(other.digits)
  }

  /// The digits as an integer; `nil` beyond 18 of them.
  var significand: UInt64? {
    guard digits.count <= 18 else { return nil }
    return digits.reduce(0) { $0 * 10 + UInt64($1) }
  }

  /// Whether this is a whole number of times `divisor`, whose significand must exist.
  func isMultiple(of divisor: Self) -> Bool {
    guard !digits.isEmpty else { return true }
    // A significand has no trailing zero, so a coarser divisor can never go into it.
    guard let modulus = divisor.significand, modulus > 0, exponent >= divisor.exponent else {
      return false
    }
    let rest = digits.reduce(UInt64(0)) { ($0 * 10 + UInt64($1)) % modulus }
    return rest.multiplied(byTenTo: exponent - divisor.exponent, modulo: modulus) == 0
  }
}

extension UInt64 {
  fileprivate func multiplied(byTenTo power: Int, modulo modulus: UInt64) -> UInt64 {
    var (result, base, rest) = (self % modulus, 10 % modulus, power)
    while rest > 0 {
      if rest & 1 == 1 { result = result.times(base, modulo: modulus) }
      base = base.times(base, modulo: modulus)
      rest >>= 1
    }
    return result
  }

  private func times(_ other: UInt64, modulo modulus: UInt64) -> UInt64 {
    modulus.dividingFullWidth(multipliedFullWidth(by: other)).remainder
  }
}

extension JSONValue {
  /// A value under which equal JSON values, `1` and `1.0` among them, are equal.
  var comparable: JSONValue {
    switch self {
    case .null, .bool, .string: self
    case .number(let number):
      .array([.string("number"), .string("\(ExactDecimal(number))")])
    case .array(let elements): .array([.null] + elements.map(\.comparable))
    case .object(let fields): .object(fields.mapValues(\.comparable))
    }
  }
}

extension ExactDecimal: CustomStringConvertible {
  var description: String {
    let text = digits.map { String($0) }.joined()
    return digits.isEmpty ? "0" : "\(isNegative ? "-" : "")\(text)e\(exponent)"
  }
}
