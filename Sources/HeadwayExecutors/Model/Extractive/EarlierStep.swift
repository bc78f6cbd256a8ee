internal import HeadwayCore

/// Reads back what `CompositionWriter` wrote, so that sources survive from step to step.
struct EarlierStep {
  let title: String?
  /// Notes are grouped by source; outlines and drafts by what the text is about.
  let hasSections: Bool
  let headings: [String]
  let passages: [Passage]

  init(_ text: MarkdownText) {
    let first = text.blocks.first { $0.kind == .heading(1) }?.text ?? ""
    let isNotes = first.hasPrefix(Composition.notesPrefix)
    hasSections = !isNotes
    let bare =
      first.hasPrefix(Composition.outlinePrefix)
      ? String(first.dropFirst(Composition.outlinePrefix.count)) : first
    title = isNotes || bare.isEmpty ? nil : bare
    var (passages, headings): ([Passage], [String]) = ([], [])
    var roles: [String: String] = [:]
    var level = 1
    for block in text.blocks {
      if case .heading(let depth) = block.kind { level = depth }
      if case .heading(2) = block.kind, !isNotes, !Composition.isReserved(block.text) {
        headings.append(block.text)
      }
      guard block.kind == .paragraph || block.kind == .item,
        let label = block.citations.last, let citation = text.definitions[label]
      else { continue }
      var passage = Self.passage(block.text, citation: citation)
      guard !passage.sentences.isEmpty else { continue }
      switch block.heading {
      case Composition.openingHeading?: passage.standing = .opening
      case Composition.reserveHeading?: passage.standing = .reserve
      case Composition.generalHeading?: break
      // Notes have sources on the second level and topics on the third.
      case _ where isNotes: passage.topic = level == 3 ? block.heading : nil
      case _ where level == 1: passage.standing = .opening
      default: passage.topic = block.heading
      }
      if let speaker = passage.speaker, let role = speaker.role { roles[speaker.name] = role }
      if let name = passage.speaker?.name { passage.speaker?.role = roles[name] }
      passages.append(passage)
    }
    self.passages = Self.placed(passages)
    self.headings = headings
  }

  /// How far in a passage stands among those of its source, or of its speaker.
  private static func placed(_ passages: [Passage]) -> [Passage] {
    func stretch(_ passage: Passage) -> String {
      passage.speaker?.name ?? passage.citation.sourceName
    }
    let lengths = Dictionary(grouping: passages, by: stretch).mapValues(\.count)
    var seen: [String: Int] = [:]
    return passages.map { passage in
      var passage = passage
      let index = seen[stretch(passage), default: 0]
      seen[stretch(passage)] = index + 1
      passage.place = Double(index) / Double(max(1, (lengths[stretch(passage)] ?? 1) - 1))
      return passage
    }
  }

  private static func passage(_ text: String, citation: String) -> Passage {
    guard text.hasSuffix("”"), let opening = text.firstRange(of: ": “"),
      Words.count(in: String(text[..<opening.lowerBound])) <= 24
    else {
      return Passage(sentences: Sentences.split(text), citation: citation, isFixed: true)
    }
    var attribution = String(text[..<opening.lowerBound])
    for frame in QuotationFrame.allCases where attribution.hasSuffix(frame.words) {
      attribution = String(attribution.dropLast(frame.words.count))
    }
    let quoted = text[opening.upperBound...].dropLast()
    return Passage(
      sentences: Sentences.split(String(quoted)), speaker: .init(attribution: attribution),
      citation: citation, isFixed: true)
  }
}

/// What stands between a speaker's name and the quotation; never more than that they said it.
enum QuotationFrame: CaseIterable {
  case says, puts, explains, adds

  var words: String {
    switch self {
    case .says: " says"
    case .puts: " puts it this way"
    case .explains: " explains"
    case .adds: " adds"
    }
  }
}
