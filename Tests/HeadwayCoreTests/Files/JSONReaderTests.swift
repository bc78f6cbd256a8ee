import HeadwayCore
import Testing

@Suite struct JSONReaderTests {
  static let refused: [(String, String)] = [
    ("", "1:1: the file ends where a value should stand"),
    ("{", "1:2: expected a key in double quotes"),
    ("{\"a\":1,}", "1:8: expected a key in double quotes | take away the comma before it"),
    ("[1,]", "1:4: expected a value | take away the comma before it"),
    ("[1 2]", "1:4: expected `,` or `]` in this list"),
    ("[1", "1:3: the file ends inside of this list"),
    ("{\"a\" 1}", "1:6: expected `:` after `a`"),
    ("{\"a\":1,\n \"a\":2}", "2:2: `a` is given twice | first at line 1"),
    ("{'a':1}", "1:2: expected a key in double quotes"),
    ("['a']", "1:2: expected a value | JSON uses double quotes"),
    ("// no", "1:1: expected a value | JSON has no comments"),
    ("01", "1:1: `01` is not a JSON number"),
    ("-", "1:1: `-` is not a JSON number"),
    ("1.", "1:1: `1.` is not a JSON number"),
    ("NaN", "1:1: `NaN` is not JSON | text stands in double quotes"),
    ("True", "1:1: `True` is not JSON | text stands in double quotes"),
    ("1 2", "1:3: something follows the end of the value"),
    ("\"a\tb\"", "1:3: control character inside of text | write a tab as `\\t`"),
    ("\"a\nb\"", "1:3: this text has no closing quote"),
    ("\"a", "1:1: this text has no closing quote"),
    ("\"\\x\"", "1:2: `\\x` is not an escape of JSON | write a backslash as `\\\\`"),
    ("\"\\ud800\"", "1:2: half of a surrogate pair"),
    ("\"\\ud800\\u0041\"", "1:2: half of a surrogate pair"),
    ("\"\\u12g4\"", "1:2: `\\u` needs four hexadecimal digits"),
    (String(repeating: "9", count: 300), "1:1: this number is too long"),
  ]

  @Test(arguments: refused)
  func refuses(_ text: String, _ expected: String) {
    #expect(Self.told { () throws(ReadFault) in try JSONReader.read(Array(text.utf8)) } == expected)
  }

  @Test func refusesInvalidUTF8AtItsPlace() {
    let told = Self.told { () throws(ReadFault) in
      try JSONReader.read(Array("{\n \"é".utf8) + [0xFF, 0x22])
    }
    #expect(told == "2:4: not valid UTF-8 | save the file as UTF-8")
  }

  @Test func refusesDeepNestingWithoutRunningOutOfStack() {
    for open in ["[", "{\"a\":"] {
      let text = String(repeating: open, count: 200_000)
      let told = Self.told { () throws(ReadFault) in try JSONReader.read(Array(text.utf8)) }
      #expect(told?.contains("nested deeper than 64 levels") == true)
    }
  }

  @Test func refusesWhatIsTooLarge() {
    let told = Self.told { () throws(ReadFault) in
      try JSONReader.read([UInt8](repeating: 0x20, count: 2_000), maximumSize: 1_024)
    }
    #expect(told == "the file is larger than 1KiB")
  }

  @Test func keepsHugeNumbersAsText() throws {
    let text = "[1e400, -0.0, 123456789012345678901234567890]"
    let node = try JSONReader.read(Array(text.utf8))
    #expect(node.json.elements?.count == 3)
    #expect(node.elements?.last?.integer == nil)
    #expect(String(decoding: node.json.compact, as: UTF8.self) == text.replacing(" ", with: ""))
  }

  @Test func marksKeysAndValuesByScalarsOverCRLFAndBOM() throws {
    let text = "\u{FEFF}{\r\n  \"é\": \"🙂\", \"b\": [true]\r\n}"
    let node = try JSONReader.read(Array(text.utf8))
    let fields = try #require(node.fields)
    #expect(fields.map(\.mark) == [Mark(line: 2, column: 3), Mark(line: 2, column: 13)])
    #expect(fields.map(\.value.mark) == [Mark(line: 2, column: 8), Mark(line: 2, column: 18)])
    #expect(node.mark(at: ["b", "0"]) == Mark(line: 2, column: 19))
  }

  @Test func readsEscapes() throws {
    let node = try JSONReader.read(Array(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude42""#.utf8))
    #expect(node.text == "\"\\/\u{8}\u{C}\n\r\té🙂")
  }

  @Test func canonicalJSONComesBackTheSame() throws {
    for seed in 0..<300 as Range<UInt64> {
      var source = Source(state: seed)
      let value = source.value(depth: 0)
      let bytes = value.canonical
      let again = try JSONValue.read(bytes)
      #expect(again == value, "seed \(seed)")
      #expect(again.canonical == bytes, "seed \(seed)")
      #expect(try JSONValue.read(value.compact) == value, "seed \(seed)")
    }
  }

  static func told(_ read: () throws(ReadFault) -> some Any) -> String? {
    do throws(ReadFault) {
      _ = try read()
      return nil
    } catch {
      let place = error.mark.map { "\($0): " } ?? ""
      return place + error.message + (error.hint.map { " | \($0)" } ?? "")
    }
  }
}

/// SplitMix64 making JSON values; a seed says everything.
private struct Source {
  var state: UInt64

  mutating func next(_ bound: UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return (mixed ^ (mixed >> 31)) % bound
  }

  mutating func text() -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "\"", "\\", "\n", "\u{0}", "\u{7F}", "é", "🙂", "/", "\u{2028}", "\u{301}", "\r",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<next(8) { text.append(scalars[Int(next(UInt64(scalars.count)))]) }
    return String(text)
  }

  mutating func value(depth: Int) -> JSONValue {
    switch next(depth < 5 ? 7 : 5) {
    case 0: return .null
    case 1: return .bool(next(2) == 0)
    case 2: return .integer(Int64(bitPattern: next(.max)))
    case 3: return JSONNumber("-\(next(1_000)).5e+\(next(400))").map(JSONValue.number) ?? .null
    case 4: return .string(text())
    case 5: return .array((0..<next(4)).map { _ in value(depth: depth + 1) })
    default:
      var fields: [String: JSONValue] = [:]
      for _ in 0..<next(4) { fields[text()] = value(depth: depth + 1) }
      return .object(fields)
    }
  }
}
