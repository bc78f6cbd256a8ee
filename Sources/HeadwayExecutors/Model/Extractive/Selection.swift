internal import HeadwayCore

/// Chooses excerpts: runs of one to four neighbouring sentences that can stand by themselves.
struct Selection: Sendable {
  let passages: [Passage]
  let ranking: Ranking
  let assignment: Assignment

  init(_ passages: [Passage], _ assignment: Assignment) {
    self.passages = passages
    self.assignment = assignment
    ranking = Ranking(passages, assignment)
  }

  struct Excerpt: Sendable {
    let passage: Int
    let range: Range<Int>
    let words: Int
    let score: Double
    let vector: Ranking.Vector
    /// The terms of the query that it speaks of, or that its heading or question names.
    let asked: [String]
  }

  /// The best excerpts within about `words`, most valuable first.
  func choose(words limit: Int) -> [Excerpt] {
    var candidates = passages.indices.flatMap(candidates)
    var chosen: [Excerpt] = []
    var total = 0
    var perSource: [String: Int] = [:]
    var covered: Set<String> = []
    // Each round looks at all that is left; both are bounded by the target.
    while total < limit - 15, !candidates.isEmpty {
      let values = candidates.map { value($0, beside: chosen, perSource, covered) }
      guard let best = candidates.indices.max(by: { values[$0] < values[$1] }) else { break }
      let excerpt = candidates[best]
      let isRepetition = chosen.contains {
        Ranking.similarity($0.vector, excerpt.vector) > 0.72
      }
      let fits = total + excerpt.words <= limit + max(30, limit / 20) || chosen.isEmpty
      if !isRepetition, fits {
        chosen.append(excerpt)
        total += excerpt.words
        covered.formUnion(excerpt.asked)
        perSource[passages[excerpt.passage].citation, default: 0] += 1
        candidates.removeAll { $0.passage == excerpt.passage && $0.range.overlaps(excerpt.range) }
      } else {
        candidates.remove(at: best)
      }
    }
    return chosen
  }

  /// Relevance less what it repeats; the last passages of a source that was heard often count less.
  private func value(
    _ excerpt: Excerpt, beside chosen: [Excerpt], _ perSource: [String: Int],
    _ covered: Set<String>
  ) -> Double {
    let repeated = chosen.reduce(0.0) { max($0, Ranking.similarity($1.vector, excerpt.vector)) }
    let passage = passages[excerpt.passage]
    let heard = Double(perSource[passage.citation] ?? 0)
    let again = chosen.contains { $0.passage == excerpt.passage } ? 0.15 : 0
    let standing = passage.standing == .reserve ? 0.25 : 0
    // What the brief asks for and nothing chosen has spoken of yet.
    let news = ranking.coverage(
      of: excerpt.asked.filter { !covered.contains($0) }, assignment.query)
    return 0.75 * excerpt.score + 0.2 * news - 0.25 * repeated - 0.02 * heard - again - standing
  }

  /// The runs of one passage that may be taken, with at most the six best kept.
  private func candidates(of index: Int) -> [Excerpt] {
    let passage = passages[index]
    let count = passage.sentences.count
    if passage.isFixed {
      guard !passage.sentences.contains(where: assignment.refuses) else { return [] }
      return [excerpt(index, 0..<count)]
    }
    let isSpeech = passage.speaker != nil
    let fit = passage.sentences.map { !assignment.refuses($0) && (isSpeech || !$0.hasSuffix("?")) }
    var found: [Excerpt] = []
    // How a source came about is told from its beginning or not at all.
    let starts = passage.isPreamble ? 0..<1 : 0..<count
    for start in starts where fit[start] && !passage.sentences[start].leansOnWhatStoodBefore {
      for end in (start + 1)...min(start + 4, count) where end <= count {
        guard fit[end - 1] else { break }
        let excerpt = excerpt(index, start..<end)
        // An answer must not break off at a question of the speaker's own.
        guard excerpt.words <= 110, !passage.sentences[end - 1].hasSuffix("?") else { continue }
        if excerpt.words >= 9 { found.append(excerpt) }
      }
    }
    return Array(
      found.sorted { ($1.score, $0.range.lowerBound) < ($0.score, $1.range.lowerBound) }.prefix(6))
  }

  func excerpt(_ index: Int, _ range: Range<Int>) -> Excerpt {
    let passage = passages[index]
    let scores = range.map { ranking.relevance[index][$0] }
    let words = range.reduce(0) { $0 + Words.count(in: passage.sentences[$1]) }
    let shape = [0.74, 0.95, 1.0, 0.98][min(range.count, 4) - 1]
    let terms = range.flatMap { Words.contentTerms(of: passage.sentences[$0]) }
    let mean = scores.reduce(0, +) / Double(scores.count)
    let strongest = scores.max() ?? 0
    // A paragraph's own beginning is the best place to begin.
    let first = range.lowerBound == 0 ? 0.08 : 0
    return Excerpt(
      passage: index, range: range, words: words,
      score: shape * (0.6 * mean + 0.4 * strongest + first),
      vector: ranking.vector(terms),
      asked: Set(terms + Words.contentTerms(of: passage.topic ?? "")).sorted()
        .filter { assignment.query[$0] != nil })
  }

  func passage(_ excerpt: Excerpt) -> Passage {
    var passage = passages[excerpt.passage]
    passage.sentences = Array(passage.sentences[excerpt.range])
    passage.start = excerpt.range.lowerBound
    return passage
  }
}

extension String {
  private static let leaning: Set<String> = [
    "this", "that", "that's", "these", "those", "it", "it's", "it'll", "he", "he's", "she",
    "she's", "they", "they're", "they'd", "they've", "his", "her", "their", "its", "but", "and",
    "so", "or", "nor", "however", "therefore", "then", "also", "yet", "still", "such",
    "which", "another", "instead", "meanwhile", "otherwise", "moreover", "both", "neither",
    "either", "nevertheless", "consequently", "hence", "thus", "similarly", "likewise",
    "finally", "second", "secondly", "third", "thirdly", "again", "besides", "yes", "no", "right",
    "exactly", "well", "true", "sure", "correct", "them", "him", "there", "here", "otherwise",
    "because", "same", "partly", "mostly", "not", "everyone else", "theirs", "afterwards",
    "later", "before", "than", "plus", "nothing", "what", "one", "none", "some", "others", "two",
    "three", "four",
  ]
  private static let leaningPairs: Set<String> = [
    "for example", "for instance", "in contrast", "by contrast", "as a", "the same", "the other",
    "the second", "the third", "the former", "the latter", "the rest", "at that", "in that",
    "on that", "after that", "before that", "in both", "in this", "in these", "of those",
    "of these", "all of", "at the same", "the reason", "the others", "most of", "even then",
    "even so", "the difference", "the gap", "that way", "the answer", "in turn", "on top",
    "only then", "the change",
  ]

  /// Whether the sentence starts in the middle of a thought: `This`, `However`, `He`.
  var leansOnWhatStoodBefore: Bool {
    let words = Array(Words.folded(String(prefix(60))).prefix(3))
    guard let first = words.first else { return true }
    if Self.leaning.contains(first) { return true }
    return Self.leaningPairs.contains(words.prefix(2).joined(separator: " "))
      || Self.leaningPairs.contains(words.joined(separator: " "))
  }
}
