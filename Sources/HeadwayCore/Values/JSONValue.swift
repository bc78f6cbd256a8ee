/// A JSON value; numbers keep their text, so nothing is lost between reading and writing.
package indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  package static func integer(_ value: some BinaryInteger) -> JSONValue {
    .number(JSONNumber(value))
  }

  /// The value, or JSON's `null` for `nil`.
  package static func optional(_ text: String?) -> JSONValue {
    text.map(JSONValue.string) ?? .null
  }

  package subscript(key: String) -> JSONValue? {
    guard case .object(let fields) = self else { return nil }
    return fields[key]
  }

  package var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  package var integer: Int64? {
    guard case .number(let number) = self else { return nil }
    return Int64(number.text)
  }

  package var flag: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  package var elements: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  package var fields: [String: JSONValue]? {
    guard case .object(let fields) = self else { return nil }
    return fields
  }
}

/// The text of a JSON number as it was written.
package struct JSONNumber: Hashable, Sendable {
  package let text: String

  package init(_ value: some BinaryInteger) { text = String(value) }

  /// `nil` unless `text` follows the number grammar of RFC 8259.
  package init?(_ text: String) {
    var rest = Substring(text).utf8
    if rest.first == 0x2D { rest.removeFirst() }
    func takeDigits() -> Int {
      let digits = rest.prefix { (0x30...0x39).contains($0) }.count
      rest = rest.dropFirst(digits)
      return digits
    }
    let leadingZero = rest.first == 0x30
    let whole = takeDigits()
    guard whole > 0, !(leadingZero && whole > 1) else { return nil }
    if rest.first == 0x2E {
      rest.removeFirst()
      guard takeDigits() > 0 else { return nil }
    }
    if rest.first == 0x65 || rest.first == 0x45 {
      rest.removeFirst()
      if rest.first == 0x2B || rest.first == 0x2D { rest.removeFirst() }
      guard takeDigits() > 0 else { return nil }
    }
    guard rest.isEmpty else { return nil }
    self.text = text
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements) { _, last in last })
  }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(nilLiteral: ()) { self = .null }
}
