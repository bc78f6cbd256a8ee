internal import HeadwayCore

/// A text before it is written out: what stands where, each piece with its source.
struct Composition: Sendable {
  var title: String
  var opening: [Passage] = []
  var sections: [Section] = []
  var reserve: [Passage] = []

  struct Section: Sendable {
    var heading: String
    var passages: [Passage]
  }

  static let notesPrefix = "Notes: "
  static let outlinePrefix = "Outline: "
  static let openingHeading = "Opening"
  static let reserveHeading = "In reserve"
  static let sourcesHeading = "Sources"
  /// In notes: what stands under no heading of its source.
  static let generalHeading = "In general"

  /// Headings that the forms themselves use.
  static func isReserved(_ heading: String) -> Bool {
    [openingHeading, reserveHeading, sourcesHeading, generalHeading].contains(heading)
  }

  var passages: [Passage] { opening + sections.flatMap(\.passages) }
  var words: Int { passages.reduce(0) { $0 + $1.words } }
}

extension Composition {
  /// Builds a text from loose material, or along the headings that an outline has settled.
  static func composed(_ material: Material, _ assignment: Assignment, words: Int) -> Composition? {
    let selection = Selection(material.passages, assignment)
    let isLoose = material.headings.isEmpty && assignment.genre != .notes
    let chosen = selection.choose(words: isLoose ? words * 14 / 10 : words)
    guard !chosen.isEmpty else { return nil }
    var composition = Composition(title: assignment.title)
    var rest = chosen
    if let opening = opening(chosen, selection) {
      composition.opening = [selection.passage(rest.remove(at: opening))]
      // What stands before the first heading of a source tells where its numbers come from.
      let isFurther = { (excerpt: Selection.Excerpt) -> Bool in
        let passage = selection.passages[excerpt.passage]
        return passage.standing == .opening || passage.isPreamble
      }
      composition.opening += rest.filter(isFurther).map(selection.passage).sorted(
        by: Passage.precedes)
      rest.removeAll(where: isFurther)
    }
    if !isLoose, material.headings.isEmpty {
      composition.sections = [
        Section(heading: assignment.title, passages: rest.map(selection.passage))
      ]
    } else if isLoose {
      let left = words - composition.opening.reduce(0) { $0 + $1.words }
      let groups = Sections(selection: selection).group(rest, target: max(left, 30))
      composition.sections = groups.map { group in
        // What stood under the heading in its source leads; what joined it follows.
        let own = group.members.filter { group.fits[$0.key] == nil }
        let joined = group.members.filter { group.fits[$0.key] != nil }
        return Section(
          heading: group.heading,
          passages: arranged(own.map(selection.passage)) + arranged(joined.map(selection.passage)))
      }
    } else {
      composition.sections = along(material.headings, rest, selection)
    }
    composition.sections.removeAll { $0.passages.isEmpty }
    return composition
  }

  /// An outline's opening, or the prose that says most of what the title promises.
  private static func opening(_ chosen: [Selection.Excerpt], _ selection: Selection) -> Int? {
    let settled = chosen.indices.filter {
      selection.passages[chosen[$0].passage].standing == .opening
    }
    if let first = settled.min(by: { chosen[$0].passage < chosen[$1].passage }) { return first }
    let values = chosen.map { excerpt -> Double in
      let passage = selection.passages[excerpt.passage]
      guard passage.speaker == nil, excerpt.words >= 20, !passage.isPreamble else { return -1 }
      let terms = excerpt.range.flatMap { Words.contentTerms(of: passage.sentences[$0]) }
      let coverage = selection.ranking.coverage(of: terms, selection.assignment.query)
      // A source opens with what it is about; what stands first there may stand first here.
      let first = excerpt.range.lowerBound == 0 ? 0.15 : 0
      // Numbers need to be told what they count.
      let number = passage.sentences[excerpt.range.lowerBound].utf8.contains(where: \.isDigit)
      return coverage + 0.5 * (1 - passage.place) + first + 0.3 * excerpt.score
        - (number ? 0.5 : 0)
    }
    guard let best = chosen.indices.max(by: { values[$0] < values[$1] }), values[best] >= 0 else {
      return nil
    }
    return best
  }

  private static func along(
    _ headings: [String], _ excerpts: [Selection.Excerpt], _ selection: Selection
  ) -> [Section] {
    var sections = headings.map { Section(heading: $0, passages: []) }
    for excerpt in excerpts.sorted(by: { $0.passage < $1.passage }) {
      let passage = selection.passage(excerpt)
      let settled = headings.firstIndex { $0 == passage.topic }
      let index = settled ?? nearest(excerpt, headings, excerpts, selection)
      sections[index].passages.append(passage)
    }
    return sections
  }

  /// Where something that the outline held in reserve fits best.
  private static func nearest(
    _ excerpt: Selection.Excerpt, _ headings: [String], _ excerpts: [Selection.Excerpt],
    _ selection: Selection
  ) -> Int {
    let values = headings.map { heading -> Double in
      let own = selection.ranking.vector(Words.contentTerms(of: heading))
      let members = excerpts.filter { selection.passages[$0.passage].topic == heading }
      return members.reduce(Ranking.similarity(own, excerpt.vector)) {
        max($0, Ranking.similarity($1.vector, excerpt.vector))
      }
    }
    return headings.indices.max { values[$0] < values[$1] } ?? 0
  }

  /// Prose in the order of its source, voices between; neighbours from one place become one
  /// paragraph.
  static func arranged(_ passages: [Passage]) -> [Passage] {
    let sorted = passages.sorted(by: Passage.precedes)
    var prose = joined(sorted.filter { $0.speaker == nil })[...]
    var speech = joined(sorted.filter { $0.speaker != nil })[...]
    var result: [Passage] = []
    let share = max(1, speech.count / max(1, prose.count))
    while !prose.isEmpty || !speech.isEmpty {
      if let next = prose.popFirst() { result.append(next) }
      let count = prose.isEmpty ? speech.count : share
      for _ in 0..<count { if let next = speech.popFirst() { result.append(next) } }
    }
    return result
  }

  private static func joined(_ passages: [Passage]) -> [Passage] {
    var result: [Passage] = []
    for passage in passages {
      if let last = result.last, last.citation == passage.citation, last.order == passage.order,
        last.start + last.sentences.count == passage.start,
        last.sentences.count + passage.sentences.count <= 6
      {
        result[result.count - 1].sentences += passage.sentences
      } else {
        result.append(passage)
      }
    }
    return result
  }
}
