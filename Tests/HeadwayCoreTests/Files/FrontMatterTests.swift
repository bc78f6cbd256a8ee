import HeadwayCore
import Testing

@Suite struct FrontMatterTests {
  static let refused: [(String, String)] = [
    ("# Hello", "1:1: front matter is missing"),
    ("---\ntitle: x\n", "1:1: the front matter has no closing `---`"),
    ("---\na: &x 1\nb: *x\n---\n", "2:4: YAML anchors and aliases are not allowed"),
    ("---\na: &x 1\n---\n", "2:4: YAML anchors and aliases are not allowed"),
    ("---\nb: *x\n---\n", "2:4: YAML anchors and aliases are not allowed"),
    ("---\na: !!int 1\n---\n", "2:4: YAML tags such as `tag:yaml.org,2002:int` are not allowed"),
    ("---\na: !mine 1\n---\n", "2:4: YAML tags such as `!mine` are not allowed"),
    ("---\n<<: {a: 1}\n---\n", "2:1: YAML merge keys are not allowed"),
    ("---\ntitle: x\ntitle: y\n---\n", "2:1: `title` is given twice"),
    ("---\n\ttitle: x\n---\n", "2:1: front matter: found character that cannot start any token"),
    (
      "---\ntitle: a: b\n---\n", "2:9: front matter: mapping values are not allowed in this context"
    ),
    ("---\n? [a]\n: b\n---\n", "2:3: a key must be text, not a list"),
    ("---\na: [1\n---\n", "3:1: front matter: did not find expected ',' or ']'"),
  ]

  @Test(arguments: refused)
  func refuses(_ text: String, _ expected: String) {
    let told = JSONReaderTests.told { () throws(ReadFault) in
      try FrontMatterReader.read(Array(text.utf8))
    }
    #expect(told?.hasPrefix(expected) == true, "\(told ?? "nothing")")
  }

  @Test func readsCRLFAndBOMWithPlacesOfTheWholeFile() throws {
    let text = "\u{FEFF}---\r\ntitle: Yes\r\ndue: 2026-12-01\r\n---\r\nBody\r\nmore\r\n"
    let matter = try FrontMatterReader.read(Array(text.utf8))
    #expect(matter.body == "Body\nmore\n")
    #expect(matter.bodyLine == 5)
    #expect(matter.node["title"] == Node(.plain("Yes"), at: Mark(line: 2, column: 8)))
    #expect(matter.node["due"]?.text == "2026-12-01")
    #expect(matter.node.fields?.map(\.mark.line) == [2, 3])
  }

  @Test func aliasesCannotMakeItRunForever() {
    var lines = ["a0: &a0 [x, x]"]
    for level in 1..<40 { lines.append("a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]") }
    lines.append("? *a39\n: x")
    let text = "---\n" + lines.joined(separator: "\n") + "\n---\n"
    let told = JSONReaderTests.told { () throws(ReadFault) in
      try FrontMatterReader.read(Array(text.utf8))
    }
    #expect(told?.hasPrefix("2:5: YAML anchors and aliases are not allowed") == true)
  }

  @Test(arguments: ["[", "{a: ", "- ", "? "])
  func deepNestingIsRefused(_ open: String) {
    let text = "---\na:\n  " + String(repeating: open, count: 60_000 / open.count) + "\n---\n"
    let told = JSONReaderTests.told { () throws(ReadFault) in
      try FrontMatterReader.read(Array(text.utf8))
    }
    #expect(told != nil)
  }

  @Test func refusesTooMuchFrontMatter() {
    let text = "---\na: " + String(repeating: "x", count: 70_000) + "\n---\n"
    let told = JSONReaderTests.told { () throws(ReadFault) in
      try FrontMatterReader.read(Array(text.utf8))
    }
    #expect(told == "1:1: the front matter is larger than 64KiB")
  }

  @Test func anAmpersandInsideOfTextIsText() throws {
    let matter = try FrontMatterReader.read(Array("---\ntitle: R&D, Q & A\n---\n".utf8))
    #expect(matter.node["title"]?.text == "R&D, Q & A")
  }
}
