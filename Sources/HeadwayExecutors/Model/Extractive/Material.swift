internal import HeadwayCore

/// Everything an order offers to write from, read once.
struct Material: Sendable {
  var passages: [Passage] = []
  /// Section headings that an outline or a draft among the inputs has settled, in order.
  var headings: [String] = []
  /// The title that an outline or draft carries.
  var title: String?
  /// Words and phrases that the brand's voice asks to avoid.
  var avoided: [String] = []
  /// Text of JSON and `key: value` inputs, for structured outputs.
  var facts: [String: String] = [:]

  /// Sentences beyond this many bytes of input are not read; the rest is in the sources anyway.
  static let mostBytes = 4_000_000

  init(_ order: WorkOrder) {
    var budget = Self.mostBytes
    var documents = order.inputs.filter { !$0.isInstruction }.sorted { $0.name < $1.name }
      .map { (name: $0.name, text: MarkdownText($0.bytes(within: &budget))) }
    for recalled in order.recalled.sorted(by: { $0.path < $1.path }) {
      let text = MarkdownText(recalled.text)
      avoided += text.frontMatterList("avoid")
      // The voice and the examples show how to write; they are not what to write.
      let kind = text.frontMatterValue("kind") ?? "fact"
      if ["voice", "example", "procedure"].contains(kind) { continue }
      documents.append((name: recalled.path.text, text: text))
    }
    for document in documents {
      let isEarlierStep = !document.text.definitions.isEmpty && document.name.isEarlierOutput
      if isEarlierStep {
        readEarlierStep(document.text)
      } else {
        readSource(document.text, name: document.name.sourcePath)
      }
    }
    removeRepetitions()
    for index in passages.indices { passages[index].order = index }
  }

  private mutating func readSource(_ text: MarkdownText, name: String) {
    readFacts(text)
    let source = SourceReader(text, name: name)
    passages += source.passages()
  }

  /// Reads notes, an outline or a draft that this model wrote, citations included.
  private mutating func readEarlierStep(_ text: MarkdownText) {
    let step = EarlierStep(text)
    passages += step.passages
    guard step.hasSections else { return }
    title = title ?? step.title
    for heading in step.headings where !headings.contains(heading) { headings.append(heading) }
  }

  /// Front matter and lines such as `Amount: 12.50 EUR`.
  private mutating func readFacts(_ text: MarkdownText) {
    let lines = text.frontMatter + text.blocks.flatMap { $0.lines.map(\.text) }
    for line in lines.prefix(5_000) where line.utf8.count < 400 {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let key = line[..<colon].lowercased().trimmed.replacing(" ", with: "_")
      let value = String(line[line.index(after: colon)...]).trimmed
      if (1...40).contains(key.count), !value.isEmpty { facts[key] = facts[key] ?? value }
    }
  }

  /// The same passage may come from the notes, the outline and the source itself.
  private mutating func removeRepetitions() {
    var seen: Set<String> = []
    let ranked = passages.enumerated().sorted {
      ($0.element.isFixed ? 0 : 1, $0.element.standing == .reserve ? 1 : 0, $0.offset)
        < ($1.element.isFixed ? 0 : 1, $1.element.standing == .reserve ? 1 : 0, $1.offset)
    }
    var kept: [Int: Passage] = [:]
    for (offset, passage) in ranked {
      var passage = passage
      // A source that an earlier step has drawn from gives only what was not taken yet.
      passage.sentences = passage.sentences.filter { !seen.contains($0.sentenceKey) }
      guard !passage.sentences.isEmpty else { continue }
      seen.formUnion(passage.sentences.map(\.sentenceKey))
      kept[offset] = passage
    }
    passages = passages.indices.compactMap { kept[$0] }
  }
}

extension WorkOrder.Input {
  /// The brief, a reviewer's feedback and findings say what to do; they are not sources.
  fileprivate var isInstruction: Bool {
    name == "brief.md" || name == Self.findings || name == "feedback.md"
      || name.hasSuffix("/feedback.md")
  }

  fileprivate func bytes(within budget: inout Int) -> [UInt8] {
    let taken = Array(bytes.prefix(max(0, budget)))
    budget -= taken.count
    return taken
  }
}

extension String {
  fileprivate var isEarlierOutput: Bool { contains("/") && !hasPrefix("files/") }

  /// `files/sources/x.md` is known to people as `sources/x.md`.
  fileprivate var sourcePath: String { hasPrefix("files/") ? String(dropFirst(6)) : self }

  /// What makes two sentences the same to a reader.
  var sentenceKey: String { Words.folded(self).joined(separator: " ") }
}
