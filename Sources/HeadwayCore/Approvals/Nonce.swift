/// 128 random bits that make a record or a statement one of its kind; 32 lower-case hex digits.
package struct Nonce: Hashable, Sendable, CustomStringConvertible {
  package let hex: String

  package init?(_ hex: String) {
    let digits = hex.utf8
    guard digits.count == 32,
      digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    self.hex = hex
  }

  /// From two words that the caller drew; Core itself knows no randomness.
  package init(_ high: UInt64, _ low: UInt64) {
    hex = [high, low].map { word in
      let text = String(word, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
  }

  package var description: String { hex }
}
