internal import HeadwayCore

/// Reads a source as people write them: prose under headings, and interviews in turns.
struct SourceReader {
  private let text: MarkdownText
  private let title: String
  private let path: String
  /// The labels of turns: `Mara` where a line reads `Mara: We moved it to the night`.
  private var speakers: Set<String> = []
  private var askers: Set<String> = []

  init(_ text: MarkdownText, name: String) {
    self.text = text
    path = name
    let first = text.blocks.first { $0.kind == .heading(1) }?.text
    title = text.frontMatterValue("title") ?? first ?? name
    countTurns()
  }

  func passages() -> [Passage] {
    var passages: [Passage] = []
    var question: (text: String, heading: String?)?
    for block in text.blocks {
      switch block.kind {
      case .paragraph:
        for turn in turns(in: block) {
          if let label = turn.label, askers.contains(label) {
            question = (turn.text, block.heading)
          } else if let label = turn.label {
            let asked = question?.heading == block.heading ? question?.text : nil
            passages += speech(turn.text, label: label, heading: block.heading, asked: asked)
          } else {
            passages += prose(turn.text, heading: block.heading)
          }
        }
      case .item:
        if Words.count(in: block.text) >= 8 {
          passages += prose(block.text, heading: block.heading)
        }
      case .quotation: passages += quotation(block)
      case .heading, .verbatim, .definition: continue
      }
    }
    return placed(passages)
  }

  /// How far in everything stands: prose in the whole source, an answer in its interview.
  private func placed(_ passages: [Passage]) -> [Passage] {
    let lengths = Dictionary(grouping: passages, by: \.stretch).mapValues(\.count)
    var seen: [String?: Int] = [:]
    return passages.map { passage in
      var passage = passage
      let index = seen[passage.stretch, default: 0]
      seen[passage.stretch] = index + 1
      passage.place = Double(index) / Double(max(1, (lengths[passage.stretch] ?? 1) - 1))
      return passage
    }
  }

  private func prose(_ text: String, heading: String?) -> [Passage] {
    let sentences = Sentences.split(text).filter(\.isWholeSentence)
    guard !sentences.isEmpty else { return [] }
    let topic = heading.flatMap { $0 == title || isPerson($0) ? nil : $0 }
    return [Passage(sentences: sentences, citation: citation(heading), topic: topic)]
  }

  private func speech(
    _ text: String, label: String, heading: String?, asked: String?
  ) -> [Passage] {
    let sentences = Sentences.split(text).filter(\.isWholeSentence)
    guard !sentences.isEmpty else { return [] }
    let speaker = speaker(label, heading: heading)
    let fallback = heading.flatMap { $0 == title || isPerson($0) ? nil : $0 }
    return [
      Passage(
        sentences: sentences, speaker: speaker, citation: citation(speaker.name),
        topic: asked?.asTopic ?? fallback)
    ]
  }

  /// A block quotation counts when its last line says whose it is.
  private func quotation(_ block: MarkdownText.Block) -> [Passage] {
    guard let last = block.lines.last?.text, let dash = last.first, "—–-".contains(dash) else {
      return []
    }
    let name = last.trimming { "—–- ".contains($0) }
    let text = block.lines.dropLast().map(\.text).joined(separator: " ")
    let sentences = Sentences.split(text.trimming { "\"“”".contains($0) }).filter(\.isWholeSentence)
    guard !sentences.isEmpty, !name.isEmpty else { return [] }
    return [
      Passage(
        sentences: sentences, speaker: Passage.Speaker(attribution: name),
        citation: citation(block.heading), topic: block.heading)
    ]
  }

  private func citation(_ part: String?) -> String {
    let source = title == path ? path : "\(title) (\(path))"
    guard let part, part != title else { return source }
    return "\(source), \(part)"
  }
}

/// Turns and who speaks in them.
extension SourceReader {
  private struct Turn {
    var label: String?
    var text: String
  }

  private mutating func countTurns() {
    var counts: [String: (turns: Int, questions: Int)] = [:]
    for block in text.blocks where block.kind == .paragraph {
      for (index, line) in block.lines.enumerated() {
        guard let (label, _) = Self.label(of: line.text) else { continue }
        let end = block.lines[index...].prefix { $0 == line || Self.label(of: $0.text) == nil }
        let isQuestion = end.last?.text.hasSuffix("?") == true
        let old = counts[label] ?? (0, 0)
        counts[label] = (old.turns + 1, old.questions + (isQuestion ? 1 : 0))
      }
    }
    // One `Note: …` is a remark, not a conversation.
    let labels = counts.filter { $0.value.turns >= 2 || isNamed($0.key) }
    guard labels.values.reduce(0, { $0 + $1.turns }) >= 2 else { return }
    speakers = Set(labels.keys)
    let asking = labels.filter { label, count in
      ["q", "question", "interviewer"].contains(label.lowercased())
        || count.questions * 10 >= count.turns * 6
    }
    if asking.count < labels.count { askers = Set(asking.keys) }
  }

  private func isNamed(_ label: String) -> Bool {
    text.blocks.contains { block in
      guard case .heading = block.kind else { return false }
      return Words.folded(block.text).contains(label.lowercased())
    }
  }

  private func turns(in block: MarkdownText.Block) -> [Turn] {
    var turns: [Turn] = []
    for line in block.lines {
      if let (label, rest) = Self.label(of: line.text), speakers.contains(label) {
        turns.append(Turn(label: label, text: rest))
      } else if turns.isEmpty {
        turns.append(Turn(text: line.text))
      } else {
        turns[turns.count - 1].text += " " + line.text
      }
    }
    return turns
  }

  private static func label(of line: String) -> (label: String, rest: String)? {
    guard let colon = line.prefix(48).firstIndex(of: ":") else { return nil }
    let label = line[..<colon]
    let rest = line[line.index(after: colon)...]
    let words = label.split(separator: " ")
    guard (1...4).contains(words.count), rest.first == " ",
      words.allSatisfy({ word in
        word.first?.isUppercase == true
          && word.allSatisfy { $0.isLetter || ".’'-".contains($0) }
      })
    else { return nil }
    return (String(label), String(rest).trimmed)
  }

  private func isPerson(_ heading: String) -> Bool {
    let words = Set(Words.folded(heading.asPerson.name))
    return speakers.subtracting(askers).contains { words.isSuperset(of: Words.folded($0)) }
  }

  /// `Mara` under `Mara Lind, founder of a studio of four` is Mara Lind, and a founder.
  private func speaker(_ label: String, heading: String?) -> Passage.Speaker {
    let isInitial = ["a", "answer"].contains(label.lowercased())
    guard let heading, isInitial || isPerson(heading) else { return .init(name: label) }
    let person = heading.asPerson
    let words = Set(Words.folded(person.name))
    guard isInitial || words.isSuperset(of: Words.folded(label)) else { return .init(name: label) }
    return person
  }
}

extension Passage {
  fileprivate var stretch: String? { speaker?.name }
}

extension Passage.Speaker {
  /// Reads `Mara Lind, founder of a studio`.
  init(attribution: String) {
    let halves = attribution.split(separator: ",", maxSplits: 1)
    name = halves.first.map { String($0).trimmed } ?? attribution
    let rest = halves.count == 2 ? String(halves[1]).trimming { $0 == " " || $0 == "," } : ""
    role = rest.isEmpty ? nil : rest
  }
}

extension String {
  fileprivate var asPerson: Passage.Speaker {
    // `Interview 2: Mara Lind, founder`
    let person = split(separator: ":", maxSplits: 1).last.map { String($0).trimmed } ?? self
    return Passage.Speaker(attribution: person)
  }

  /// The question that a long-winded interviewer ends with, when it is short enough for a heading.
  fileprivate var asTopic: String? {
    guard let last = Sentences.split(self).last, last.hasSuffix("?"),
      (3...10).contains(Words.count(in: last))
    else { return nil }
    return last
  }

  /// Whether this can stand in a text as it is: neither a fragment nor a wall.
  var isWholeSentence: Bool {
    guard utf8.count <= 600, let last = trimming({ "\"'”’»)]".contains($0) }).last,
      ".!?…。！？؟।".contains(last)
    else { return false }
    let words = Words.count(in: self)
    return (3...60).contains(words) || unicodeScalars.contains { $0.value >= 0x3040 }
  }
}
