import HeadwayCore
import Testing

@Suite struct CanonicalJSONTests {
  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func hasOneText() {
    let value: JSONValue = [
      "b": [1, true, nil], "a": ["é": "x\n\"\\\u{1}\u{7f}/"], "B": [:], "empty": [],
    ]
    #expect(
      Self.text(value.canonical) == """
        {
          "B": {},
          "a": {
            "é": "x\\n\\"\\\\\\u0001\\u007f/"
          },
          "b": [
            1,
            true,
            null
          ],
          "empty": []
        }

        """)
    #expect(
      Self.text(value.compact)
        == "{\"B\":{},\"a\":{\"é\":\"x\\n\\\"\\\\\\u0001\\u007f/\"},\"b\":[1,true,null],\"empty\":[]}"
    )
  }

  @Test(arguments: 0..<100)
  func theReaderReadsWhatIsWritten(_ seed: Int) throws {
    var generator = RecordGenerator(seed: seed)
    for _ in 0..<20 {
      let value = generator.json(5)
      #expect(try JSONReader.read(value.canonical).json == value, "seed \(seed)")
      #expect(try JSONReader.read(value.compact).json == value, "seed \(seed)")
      #expect(try JSONValue.read(value.canonical).canonical == value.canonical, "seed \(seed)")
    }
  }

  static let numbers: [(String, Bool)] = [
    ("0", true), ("-0", true), ("10", true), ("-1.5", true), ("1e9", true), ("1E+9", true),
    ("1.0e-2", true), ("", false), ("-", false), ("01", false), ("-01", false), ("1.", false),
    (".5", false), ("1e", false), ("1e+", false), ("+1", false), ("NaN", false), ("0x1", false),
    (" 1", false), ("1 ", false), ("١", false),
  ]

  @Test(arguments: numbers)
  func numbersKeepTheirText(_ text: String, _ isNumber: Bool) {
    #expect(JSONNumber(text)?.text == (isNumber ? text : nil))
  }
}
