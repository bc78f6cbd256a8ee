import Testing

@testable import HeadwayCore

@Suite struct RecallTests {
  private func document(_ path: String, _ text: String) throws -> MemoryDocument {
    MemoryDocument(
      path: try FilePath(path), blob: BlobID(unchecked: Digest(of: text.utf8).prefix(40)),
      text: text)
  }

  private func library() throws -> [MemoryDocument] {
    [
      try document(
        "memory/voice.md", "---\npin: true\nkind: voice\nimportance: 5\n---\nPlain and calm."),
      try document(
        "memory/b.md", "# Schedules\n\nScheduling the work of a night needs a schedule."),
      try document("memory/a.md", "# Budgets\n\nA budget for the day caps what work costs."),
      try document("memory/old.md", "---\nvalidTo: 2025-12-31\n---\nA schedule that was replaced."),
      try document(
        "memory/copy.md", "# Schedules\n\nScheduling the work of a night needs a schedule."),
      try document("memory/tea.md", "# Tea\n\nGreen tea is brewed for two minutes."),
    ]
  }

  private let now = Instant(milliseconds: 1_795_000_000_000)

  @Test func givesEveryDocumentAVerdict() throws {
    let found = Recall.choose(
      query: "Why schedule work?", documents: try library(), tokenBudget: 500, at: now)
    #expect(
      found.map(\.path.text) == [
        "memory/voice.md", "memory/b.md", "memory/copy.md", "memory/old.md", "memory/a.md",
        "memory/tea.md",
      ])
    #expect(found.map(\.isChosen) == [true, true, false, false, true, false])
    #expect(found[2].verdict.whyNot == "the same text as memory/b.md")
    #expect(found[3].verdict == .noLongerValid)
    #expect(found[5].verdict == .noMatch)
  }

  @Test func ordersTheSameWhateverTheInput() throws {
    let documents = try library()
    let first = Recall.choose(query: "work budget", documents: documents, tokenBudget: 60, at: now)
    for turn in 1..<documents.count {
      let rotated = Array(documents[turn...] + documents[..<turn])
      let again = Recall.choose(query: "work budget", documents: rotated, tokenBudget: 60, at: now)
      #expect(again.map(\.record) == first.map(\.record))
    }
  }

  @Test func staysWithinItsBudget() throws {
    let long = String(repeating: "The night work is planned by hand every evening. ", count: 60)
    let text = "# Nights\n\n\(long)\n\n# Mornings\n\nThe rooster reads first."
    let found = Recall.choose(
      query: "rooster", documents: [try document("memory/n.md", text)], tokenBudget: 40, at: now)
    #expect(found[0].verdict == .bestPassage)
    #expect(found[0].text == "Mornings\n\nThe rooster reads first.")
    let none = Recall.choose(
      query: "night", documents: [try document("memory/n.md", text)], tokenBudget: 40, at: now)
    #expect(none[0].verdict.whyNot?.contains("tokens, 40 were left") == true)
    #expect(none[0].record["scores"]?["bm25"] != nil)
  }

  @Test func readsFrontMatterWithTolerance() throws {
    let read = try document(
      "memory/x.md",
      "---\ntitle: A title\nimportance: 99\nkind: nonsense\ntags: [a, b]\nvalidFrom: 2030-01-01\n---\nx"
    )
    #expect(read.title == "A title" && read.importance == 5 && read.kind == .fact)
    #expect(read.tags == ["a", "b"] && read.validFrom != nil && !read.isPinned)
    #expect(try document("memory/empty.md", "").passages.isEmpty)
  }
}
