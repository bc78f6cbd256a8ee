/// Reads RFC 8259 strictly and remembers places; duplicate keys, a second value and anything
/// too deep or too long are refused.
package struct JSONReader {
  package static let maximumDepth = 64
  package static let maximumSize = 16 << 20

  private let bytes: [UInt8]
  private var offset = 0
  private var line = 1
  /// The place that `column` was last counted for; marks are asked for in ascending order.
  private var counted = (offset: 0, column: 1)

  /// Reads one value and nothing else.
  package static func read(
    _ bytes: [UInt8], maximumSize: Int = maximumSize
  ) throws(ReadFault) -> Node {
    guard bytes.count <= maximumSize else {
      throw ReadFault("the file is larger than \(ByteCount(maximumSize))", at: nil)
    }
    try SourceText.requireUTF8(bytes)
    var reader = JSONReader(bytes: bytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      reader.offset = 3
      reader.counted = (3, 1)
    }
    reader.skipSpace()
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.offset == reader.bytes.count else {
      throw reader.fault("something follows the end of the value")
    }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func mark() -> Mark {
    var column = counted.column
    for index in counted.offset..<offset where bytes[index] & 0xC0 != 0x80 { column += 1 }
    counted = (offset, column)
    return Mark(line: line, column: column)
  }

  private mutating func fault(_ message: String, hint: String? = nil) -> ReadFault {
    ReadFault(message, at: mark(), hint: hint)
  }

  private mutating func skipSpace() {
    while let byte = next {
      switch byte {
      case 0x20, 0x09, 0x0D: offset += 1
      case 0x0A:
        offset += 1
        line += 1
        counted = (offset, 1)
      default: return
      }
    }
  }

  private mutating func value(depth: Int) throws(ReadFault) -> Node {
    let place = mark()
    guard depth < Self.maximumDepth else {
      throw fault("nested deeper than \(Self.maximumDepth) levels")
    }
    guard let byte = next else { throw fault("the file ends where a value should stand") }
    switch byte {
    case UInt8(ascii: "{"): return Node(.fields(try fields(depth: depth)), at: place)
    case UInt8(ascii: "["): return Node(.list(try elements(depth: depth)), at: place)
    case UInt8(ascii: "\""): return Node(.text(try string()), at: place)
    case UInt8(ascii: "-"), 0x30...0x39: return Node(.number(try number()), at: place)
    default: return Node(try word(), at: place)
    }
  }

  private mutating func fields(depth: Int) throws(ReadFault) -> [Node.Field] {
    var fields: [Node.Field] = []
    var seen: [String: Mark] = [:]
    offset += 1
    skipSpace()
    if next == UInt8(ascii: "}") {
      offset += 1
      return []
    }
    while true {
      let place = mark()
      guard next == UInt8(ascii: "\"") else {
        let hint = next == UInt8(ascii: "}") ? "take away the comma before it" : nil
        throw fault("expected a key in double quotes", hint: hint)
      }
      let key = try string()
      if let first = seen.updateValue(place, forKey: key) {
        throw ReadFault("`\(key)` is given twice", at: place, hint: "first at line \(first.line)")
      }
      skipSpace()
      guard next == UInt8(ascii: ":") else { throw fault("expected `:` after `\(key)`") }
      offset += 1
      skipSpace()
      fields.append(Node.Field(key: key, mark: place, value: try value(depth: depth + 1)))
      if try endsList(with: UInt8(ascii: "}"), named: "object") { return fields }
    }
  }

  private mutating func elements(depth: Int) throws(ReadFault) -> [Node] {
    var elements: [Node] = []
    offset += 1
    skipSpace()
    if next == UInt8(ascii: "]") {
      offset += 1
      return []
    }
    while true {
      elements.append(try value(depth: depth + 1))
      if try endsList(with: UInt8(ascii: "]"), named: "list") { return elements }
    }
  }

  private mutating func endsList(with close: UInt8, named name: String) throws(ReadFault) -> Bool {
    skipSpace()
    if next == close {
      offset += 1
      return true
    }
    guard next == UInt8(ascii: ",") else {
      let close = String(UnicodeScalar(close))
      throw fault(
        next == nil
          ? "the file ends inside of this \(name)" : "expected `,` or `\(close)` in this \(name)")
    }
    offset += 1
    skipSpace()
    return false
  }

  private mutating func number() throws(ReadFault) -> JSONNumber {
    let start = offset
    let place = mark()
    while let byte = next, Self.isNumberByte(byte) { offset += 1 }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    guard text.utf8.count <= 256 else { throw ReadFault("this number is too long", at: place) }
    guard let number = JSONNumber(text) else {
      throw ReadFault("`\(text)` is not a JSON number", at: place)
    }
    return number
  }

  private static func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func word() throws(ReadFault) -> Node.Value {
    let letters = bytes[offset...].prefix(24).prefix { byte in
      (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    let text = String(decoding: letters, as: UTF8.self)
    let value: Node.Value
    switch text {
    case "true": value = .flag(true)
    case "false": value = .flag(false)
    case "null": value = .null
    case "": throw fault("expected a value", hint: unexpectedHint)
    default: throw fault("`\(text)` is not JSON", hint: "text stands in double quotes")
    }
    offset += letters.count
    return value
  }

  private var unexpectedHint: String? {
    switch next {
    case UInt8(ascii: "]"): "take away the comma before it"
    case UInt8(ascii: "'"): "JSON uses double quotes"
    case UInt8(ascii: "/"), UInt8(ascii: "#"): "JSON has no comments"
    default: nil
    }
  }
}

extension JSONReader {
  private mutating func string() throws(ReadFault) -> String {
    let place = mark()
    offset += 1
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try text += escape()
      case 0..<0x20:
        throw fault(
          byte == 0x0A ? "this text has no closing quote" : "control character inside of text",
          hint: byte == 0x09 ? "write a tab as `\\t`" : nil)
      default:
        text.append(byte)
        offset += 1
      }
    }
    throw ReadFault("this text has no closing quote", at: place)
  }

  private mutating func escape() throws(ReadFault) -> [UInt8] {
    let place = mark()
    offset += 1
    guard let byte = next else { throw ReadFault("the file ends inside of an escape", at: place) }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(try scalar(escapedAt: place)).utf8)
    default:
      throw ReadFault(
        "`\\\(String(UnicodeScalar(byte)))` is not an escape of JSON", at: place,
        hint: "write a backslash as `\\\\`")
    }
  }

  private mutating func scalar(escapedAt place: Mark) throws(ReadFault) -> Unicode.Scalar {
    let first = try unit(escapedAt: place)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, next == UInt8(ascii: "\\"), offset + 1 < bytes.count,
      bytes[offset + 1] == UInt8(ascii: "u")
    else { throw ReadFault("half of a surrogate pair", at: place) }
    offset += 2
    let second = try unit(escapedAt: place)
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw ReadFault("half of a surrogate pair", at: place) }
    return scalar
  }

  private mutating func unit(escapedAt place: Mark) throws(ReadFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
        throw ReadFault("`\\u` needs four hexadecimal digits", at: place)
      }
      value = value << 4 + UInt32(digit)
      offset += 1
    }
    return value
  }
}

extension JSONValue {
  /// Reads one JSON text under the strict rules of ``JSONReader``.
  package static func read(
    _ bytes: [UInt8], maximumSize: Int = JSONReader.maximumSize
  ) throws(ReadFault) -> JSONValue {
    try JSONReader.read(bytes, maximumSize: maximumSize).json
  }
}
