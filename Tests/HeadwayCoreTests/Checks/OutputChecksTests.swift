import Testing

@testable import HeadwayCore

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

private func missing(_ output: String, in inputs: String...) -> [String] {
  let named = inputs.enumerated().map { (name: "in-\($0.offset).md", bytes: bytes($0.element)) }
  return Grounding(inputs: named).missing(in: bytes(output)).map(\.text)
}

@Suite struct OutputChecksTests {
  @Test func measuresWhatIsRead() {
    let text = bytes("# One two\n\nThree, four — five. [^1]\n\n[^1]: not read\n")
    #expect(OutputChecks.count(.words, in: text) == 5)
    #expect(OutputChecks.measure(.words, .atLeast, 5, of: text).passes)
    #expect(OutputChecks.measure(.words, .atLeast, 600, of: text).finding == "has 5 words")
    #expect(OutputChecks.measure(.lines, .exactly, 5, of: text).passes)
    #expect(OutputChecks.presence(nil).finding == "was not written")
    #expect(OutputChecks.presence(bytes(" \n")).finding == "is empty")
    #expect(OutputChecks.presence(text).passes)
  }

  @Test(arguments: [
    ("It cost 1,200 euros.", "1200"), ("It cost 1200 euros.", "1.200,00 and 1,200"),
    ("About 39% fell.", "39 percent"), ("Pi is 3.140.", "3.14"),
    ("On 2026-10-28.", "28.10.2026 2026 10 28"),
    ("1. First\n2. Second", "nothing"), ("## 3.1 Costs", "nothing"),
    ("Seen [1], [2, 3] and [^4].", "x"),
    ("Version v2 and A4.", "none"), ("He has 10m.", "10"), ("“quoted 5”", "5"), ("—7—", "7"),
    ("1 234 567", "1 234 567"),
  ])
  func findsNumbersByValue(_ output: String, _ input: String) {
    #expect(missing(output, in: input) == [])
  }

  @Test(arguments: [
    ("It cost 1,201 euros.", "1200", "1,201"), ("3 ways", "two ways", "3"),
    ("4.2 times", "42 times", "4.2"),
    ("## 3 ways to begin", "none", "3"), ("in 2027", "in 2026", "2027"),
  ])
  func reportsInventedNumbers(_ output: String, _ input: String, _ number: String) {
    #expect(missing(output, in: input) == [number])
  }

  @Test func comparesQuotationsByWords() {
    let input = "She said: \"We didn’t wait -- we\n  acted at once.\" And left."
    #expect(missing("“We didn't wait—we acted at once”", in: input).isEmpty)
    #expect(missing("> We didn’t wait — we acted at once.\n> — Somebody Else", in: input).isEmpty)
    #expect(missing("“We didn't … acted at once”", in: input).isEmpty)
    #expect(missing("She said \"no way\".", in: input).isEmpty)
    #expect(missing("“We never waited at all”", in: input) == ["We never waited at all"])
    #expect(missing("“We never waited, and this is not closed", in: input).count == 1)
    #expect(missing("> We never waited at all", in: input).count == 1)
    #expect(missing("“He called it “the wait of all waits” once”", in: input).count == 1)
  }

  @Test func saysWhereAndCountsTheBrief() {
    let grounding = Grounding(
      inputs: [("brief.md", bytes("900 words")), ("files/2024-plan.md", [])],
      parameters: ["audience": 12000])
    #expect(grounding.missing(in: bytes("900, 2024 and 12,000\n\nbut 7")).map(\.line) == [3])
    #expect(grounding.check(bytes("7")).finding == "no input has number “7” (line 1)")
    #expect(grounding.check(bytes("")).passes)
  }

  @Test func holdsTextsToTheVoice() {
    let voice = bytes(
      "---\nkind: voice\navoid:\n  - game-changer\n  - unlock\nlongestSentence: 8\n---\n")
    let rules = StyleRules(voices: [voice, bytes("---\nkind: fact\navoid: [team]\n---\n")])
    #expect(rules.check(bytes("The team works. “A game-changer,” she said.")).passes)
    #expect(rules.check(bytes("A game changer!")).finding == "says “game-changer” (line 1)")
    let long = "one two three four five six seven eight nine."
    #expect(rules.check(bytes(long)).finding?.contains("9 words") == true)
  }

  @Test func readsHostileTextInTime() {
    let huge = Array(repeating: UInt8(ascii: "7"), count: 3_000_000)
    let grounding = Grounding(inputs: [("a", huge)])
    _ = grounding.missing(in: bytes(String(repeating: "“", count: 20_000)))
    #expect(grounding.missing(in: [0xFF, 0x00, 0x37, 0xE2, 0x80]).count == 1)
  }
}
