/// Numbers written in digits, with what they may mean: `1,200` is 1200, in some countries 1.2.
struct NumberScanner {
  struct Number: Hashable, Sendable {
    let text: String
    /// Canonical decimals; more than one where the separators leave it open.
    let readings: [String]
  }

  /// The numbers of `text` in order; citation marks such as `[1]` and digits inside of words
  /// are none.
  static func numbers(in text: String) -> [Number] {
    let bytes = Array(text.utf8)
    var numbers: [Number] = []
    var index = 0
    while index < bytes.count {
      guard bytes[index].isDigit else {
        index += 1
        continue
      }
      var end = index
      while end < bytes.count {
        if bytes[end].isDigit {
          end += 1
        } else if let length = separatorLength(bytes, at: end) {
          end += length
        } else {
          break
        }
      }
      let isInWord =
        index > 0 && (bytes[index - 1].isLetter || bytes[index - 1] >= 0x80)
        && !followsSeparator(bytes, index)
      if !isInWord, !isCitation(bytes, index..<end) {
        let digits = String(decoding: bytes[index..<end], as: UTF8.self)
        numbers.append(Number(text: digits, readings: readings(of: digits)))
      }
      index = end
    }
    return numbers
  }

  /// The length of a mark between two digits that keeps them one number.
  private static func separatorLength(_ bytes: [UInt8], at index: Int) -> Int? {
    let marks: [[UInt8]] = [
      [0x2E], [0x2C], [0x27], [0xC2, 0xA0], [0xE2, 0x80, 0xAF], [0xE2, 0x80, 0x99],
    ]
    return marks.first { mark in
      bytes[index...].starts(with: mark) && index + mark.count < bytes.count
        && bytes[index + mark.count].isDigit
    }?.count
  }

  /// Dashes, quotes, spaces and currency signs are several bytes and part no word.
  private static func followsSeparator(_ bytes: [UInt8], _ index: Int) -> Bool {
    guard bytes[index - 1] >= 0x80 else { return false }
    let before = String(decoding: bytes[max(0, index - 4)..<index], as: UTF8.self)
    return before.unicodeScalars.last.map { !$0.isWordScalar } ?? true
  }

  private static func isCitation(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    func isInside(_ byte: UInt8) -> Bool {
      byte.isDigit || byte == 0x2C || byte == 0x20 || byte == 0x5E
    }
    let before = bytes[..<range.lowerBound].suffix(40).reversed().first { !isInside($0) }
    let after = bytes[range.upperBound...].prefix(40).first { !isInside($0) }
    return before == 0x5B && after == 0x5D
  }

  static func readings(of text: String) -> [String] {
    let marks = text.filter { !$0.isNumber }
    let parts = text.split { !$0.isNumber }
    guard let last = parts.last else { return [] }
    var readings: Set<String> = []
    let isGrouped = parts.dropFirst().allSatisfy { $0.count == 3 } && parts[0].count <= 3
    if marks.isEmpty || isGrouped { readings.insert(canonical(parts.joined(), "")) }
    if let mark = marks.last, mark == "." || mark == "," {
      let others = marks.dropLast()
      let whole = parts.dropLast()
      if others.allSatisfy({ $0 != mark }), whole.dropFirst().allSatisfy({ $0.count == 3 }) {
        readings.insert(canonical(whole.joined(), String(last)))
      }
    }
    // Versions and dates such as 28.10.2026 count by their parts.
    if readings.isEmpty { readings.insert(text) }
    return readings.sorted()
  }

  private static func canonical(_ whole: String, _ fraction: String) -> String {
    let whole = whole.drop { $0 == "0" }
    let fraction = fraction.trimmingTrailingZeros
    return (whole.isEmpty ? "0" : String(whole)) + (fraction.isEmpty ? "" : "." + fraction)
  }
}

extension String {
  fileprivate var trimmingTrailingZeros: String {
    var text = self
    while text.last == "0" { text.removeLast() }
    return text
  }
}
