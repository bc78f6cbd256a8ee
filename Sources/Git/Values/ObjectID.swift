/// The name of an object: the hash of its content, of whatever length the repository uses.
///
/// The null id (all zeros) is git's way of saying "no object"; here that is `nil`.
package struct ObjectID: Hashable, Sendable {
  /// The hash in big-endian words, padded with zeros, so that ids compare as their text does.
  private let words: (UInt64, UInt64, UInt64, UInt64)
  private let byteCount: UInt8

  /// Takes 20 or 32 bytes that are not all zero.
  init?(raw bytes: some Collection<UInt8>) {
    guard bytes.count == 20 || bytes.count == 32 else { return nil }
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    for (place, byte) in bytes.enumerated() {
      let shifted = UInt64(byte) << UInt64(56 - 8 * (place % 8))
      switch place / 8 {
      case 0: words.0 |= shifted
      case 1: words.1 |= shifted
      case 2: words.2 |= shifted
      default: words.3 |= shifted
      }
    }
    guard words != (0, 0, 0, 0) else { return nil }
    self.words = words
    byteCount = UInt8(bytes.count)
  }

  /// Takes a full id in lower or upper case; never an abbreviation, never the null id.
  package init?(hex: some StringProtocol) {
    self.init(hex: hex.utf8)
  }

  init?(hex: some Collection<UInt8>) {
    guard hex.count == 40 || hex.count == 64 else { return nil }
    var raw: [UInt8] = []
    raw.reserveCapacity(32)
    var high: UInt8?
    for digit in hex {
      guard let value = Self.value(ofDigit: digit) else { return nil }
      if let first = high {
        raw.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    self.init(raw: raw)
  }

  package static func == (one: ObjectID, other: ObjectID) -> Bool {
    one.words == other.words && one.byteCount == other.byteCount
  }

  package func hash(into hasher: inout Hasher) {
    // Already evenly spread; the first word tells ids apart as well as all of them.
    hasher.combine(words.0)
  }

  /// The hash as bytes, as trees and pack indexes store it.
  var raw: [UInt8] {
    [words.0, words.1, words.2, words.3].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }.prefix(Int(byteCount)).map { $0 }
  }

  func appendRaw(to bytes: inout [UInt8]) {
    withUnsafeBytes(
      of: (
        words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
      )
    ) { bytes.append(contentsOf: $0.prefix(Int(byteCount))) }
  }

  /// The first byte, by which loose objects and pack indexes are sorted into 256 groups.
  var fanout: UInt8 { UInt8(truncatingIfNeeded: words.0 >> 56) }

  private static func value(ofDigit digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

extension ObjectID: Comparable {
  package static func < (one: ObjectID, other: ObjectID) -> Bool {
    one.words == other.words ? one.byteCount < other.byteCount : one.words < other.words
  }
}

extension ObjectID: CustomStringConvertible, LosslessStringConvertible {
  package init?(_ description: String) { self.init(hex: description) }

  /// The full id in lower case.
  package var description: String { hex }

  /// The full id in lower case.
  package var hex: String {
    String(unsafeUninitializedCapacity: 64) { text in
      let digits: StaticString = "0123456789abcdef"
      return digits.withUTF8Buffer { digits in
        for place in 0..<Int(byteCount) {
          let byte = Int(self[byte: place])
          text[2 * place] = digits[byte >> 4]
          text[2 * place + 1] = digits[byte & 15]
        }
        return 2 * Int(byteCount)
      }
    }
  }

  /// Enough of the id for a person to recognise it by; no key to anything.
  package func abbreviated(to digits: Int = 12) -> String { String(hex.prefix(digits)) }

  private subscript(byte place: Int) -> UInt8 {
    let word =
      switch place / 8 {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (place % 8)))
  }
}

extension ObjectID: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let id = ObjectID(hex: text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an object id")
    }
    self = id
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}
