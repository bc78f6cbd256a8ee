import Testing

@testable import HeadwayCore

@Test(arguments: [
  ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
  (
    "Mr. Ng paid 4.2 million, i.e. a lot. Then he left.",
    ["Mr. Ng paid 4.2 million, i.e. a lot.", "Then he left."]
  ),
  ("J. R. Okafor wrote it. Good.", ["J. R. Okafor wrote it.", "Good."]),
  ("“We waited. It came.” She said so.", ["“We waited.", "It came.”", "She said so."]),
  ("She asked “why?” and left. Fine.", ["She asked “why?” and left.", "Fine."]),
  ("See headway.json for it. Done.", ["See headway.json for it.", "Done."]),
  ("It costs 3.50. 12 people paid.", ["It costs 3.50.", "12 people paid."]),
  ("这是一句。这是第二句。", ["这是一句。", "这是第二句。"]),
  ("هذه جملة. وهذه ثانية؟ نعم.", ["هذه جملة.", "وهذه ثانية؟", "نعم."]),
  ("", []), ("...", ["..."]),
])
func splitsWhereAReaderWould(_ text: String, _ sentences: [String]) {
  #expect(Sentences.split(text) == sentences)
}

@Test func readsTheBlocksOfMarkdown() {
  let text = MarkdownText(
    """
    ---
    title: "Notes"
    avoid: [one, "two words"]
    ---
    # A *title*

    First line with [a link](https://example.org) and `code`,
    second line.[^1]

    - an item
      that goes on
    - another

    > quoted text
    > — Somebody

    ```
    # no heading
    ```
    | a | b |

    [^1]: the source
    """)
  #expect(text.frontMatterValue("title") == "Notes")
  #expect(text.frontMatterList("avoid") == ["one", "two words"])
  #expect(text.definitions == ["1": "the source"])
  #expect(
    text.blocks.map(\.kind) == [
      .heading(1), .paragraph, .item, .item, .quotation, .verbatim, .verbatim, .definition,
    ])
  #expect(text.blocks[1].text == "First line with a link and code, second line.")
  #expect(text.blocks[1].citations == ["1"])
  #expect(text.blocks[1].lines.map(\.number) == [7, 8])
  #expect(text.blocks[2].text == "an item that goes on")
}

@Test func readsHostileBytesAsSomething() {
  let huge = Array(repeating: UInt8(ascii: "a"), count: 10_000_000)
  #expect(MarkdownText(huge).blocks.map(\.kind) == [.verbatim])
  let broken: [UInt8] = [0xFF, 0xFE, 0x00, 0x41, 0x00, 0x2E]
  #expect(MarkdownText(broken).blocks.count == 1)
  #expect(MarkdownText(Array(repeating: UInt8(ascii: "["), count: 60_000)).blocks.count == 1)
  #expect(MarkdownText("---\nnever: closed").blocks.isEmpty)
}
