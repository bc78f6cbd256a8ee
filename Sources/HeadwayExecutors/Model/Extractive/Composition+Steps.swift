internal import HeadwayCore

extension Composition {
  /// A text for the words asked for, with what nearly made it held in reserve: the next step may
  /// be asked for more, or for something else.
  static func outlined(_ material: Material, _ assignment: Assignment) -> Composition? {
    guard var composition = composed(material, assignment, words: assignment.words)
    else { return nil }
    let taken = Set(composition.passages.flatMap(\.sentences))
    var left = material
    left.passages = material.passages.filter { passage in
      !passage.sentences.contains(where: taken.contains)
    }
    if !left.passages.isEmpty {
      let selection = Selection(left.passages, assignment)
      composition.reserve = selection.choose(words: assignment.words / 2).map(selection.passage)
        .sorted(by: Passage.precedes)
    }
    return composition
  }

  /// A draft tidied: repetitions and unwanted sentences out, prose before voices, no section of
  /// one line, and as long as was asked for.
  static func edited(_ material: Material, _ assignment: Assignment) -> Composition? {
    var kept: [Passage] = []
    for var passage in material.passages where passage.isFixed && passage.standing != .reserve {
      passage.sentences.removeAll(where: assignment.refuses)
      if let first = passage.sentences.first, first.leansOnWhatStoodBefore,
        material.passages[passage.order].sentences.first != first
      {
        continue
      }
      if !passage.sentences.isEmpty, passage.words >= 6 { kept.append(passage) }
    }
    let selection = Selection(kept, assignment)
    kept = withoutRepetitions(kept, selection)
    let asked = assignment.words
    let isLengthAsked = assignment.feedback.words != nil || assignment.feedback.lengthFactor < 1
    // A draft may be long because a reviewer asked for it; only a far longer one is cut.
    if kept.reduce(0, { $0 + $1.words }) > (isLengthAsked ? asked * 21 / 20 : asked * 7 / 5) {
      let chosen = Set(selection.choose(words: asked).map { selection.passage($0) })
      kept.removeAll { !chosen.contains($0) && $0.standing != .opening }
    }
    guard !kept.isEmpty else { return nil }
    var composition = Composition(title: material.title ?? assignment.title)
    composition.opening = kept.filter { $0.standing == .opening }
    composition.sections = material.headings.map { heading in
      Section(
        heading: heading, passages: kept.filter { $0.standing == .body && $0.topic == heading })
    }
    composition.mergeSmallSections()
    return composition
  }

  private static func withoutRepetitions(
    _ passages: [Passage], _ selection: Selection
  ) -> [Passage] {
    var kept: [(Passage, Ranking.Vector)] = []
    for (index, passage) in passages.enumerated() {
      let vector = selection.excerpt(index, 0..<passage.sentences.count).vector
      if kept.contains(where: { Ranking.similarity($0.1, vector) > 0.8 }) { continue }
      kept.append((passage, vector))
    }
    return kept.map(\.0)
  }

  /// A heading above a single short paragraph promises more than it gives.
  private mutating func mergeSmallSections() {
    sections.removeAll { $0.passages.isEmpty }
    var index = 0
    while sections.count > 1, index < sections.count {
      let section = sections[index]
      if section.passages.reduce(0, { $0 + $1.words }) < 40 {
        sections.remove(at: index)
        let target = index > 0 ? index - 1 : 0
        sections[target].passages += section.passages
      } else {
        index += 1
      }
    }
  }

  /// One paragraph, in the order of the sources.
  static func summarised(_ material: Material, _ assignment: Assignment) -> Composition? {
    var prose = material
    prose.passages = material.passages.filter { $0.speaker == nil }
    let selection = Selection(
      prose.passages.isEmpty ? material.passages : prose.passages, assignment)
    let chosen = selection.choose(words: assignment.words).sorted { $0.passage < $1.passage }
    guard !chosen.isEmpty else { return nil }
    var composition = Composition(title: assignment.title)
    composition.opening = chosen.map(selection.passage)
    return composition
  }
}

/// Short posts for social networks, each one sentence of the text and a place for its link.
enum PostWriter {
  static let longest = 280
  /// What readers' networks count a link as.
  private static let linkLength = 23
  private static let most = 5

  static func posts(_ composition: Composition, _ assignment: Assignment) -> String {
    var posts = ["\(composition.title) [link]"]
    var sources: Set<String> = []
    let background = Set(composition.opening.dropFirst())
    let selection = Selection(composition.passages, assignment)
    let sentences = selection.passages.indices.flatMap { index in
      selection.passages[index].sentences.indices.map { (index, $0) }
    }
    let ranked = sentences.sorted {
      let left = selection.ranking.relevance[$0.0][$0.1]
      let right = selection.ranking.relevance[$1.0][$1.1]
      return left == right ? $0 < $1 : left > right
    }
    for (index, place) in ranked where posts.count < most {
      let passage = selection.passages[index]
      let sentence = passage.sentences[place]
      // How a survey was made is for readers of the whole text.
      guard !background.contains(passage), !sentence.leansOnWhatStoodBefore,
        Words.count(in: sentence) >= 6,
        sources.insert("\(passage.citation)\(index)").inserted
      else { continue }
      let text = passage.speaker.map { "“\(sentence.asQuoted)” — \($0.name)" } ?? sentence
      if text.count + 1 + linkLength <= longest { posts.append("\(text) [link]") }
    }
    let blocks = posts.enumerated().map { "## Post \($0.offset + 1)\n\n\($0.element)\n" }
    return "# Posts: \(composition.title)\n\n" + blocks.joined(separator: "\n")
  }
}
