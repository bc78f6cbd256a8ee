/// BM25 over the passages of memory documents (k₁ 1.2, b 0.75).
struct PassageIndex: Sendable {
  private struct Passage: Sendable {
    let text: String
    let counts: [String: Int]
    let length: Int
  }

  struct Best: Hashable, Sendable {
    /// In millionths, never negative.
    let score: Int64
    let passage: String
  }

  private let passages: [[Passage]]
  private let frequency: [String: Int]
  private let count: Int
  private let meanLength: Double

  init(_ documents: [MemoryDocument]) {
    var frequency: [String: Int] = [:]
    passages = documents.map { document in
      // Title and tags speak for every passage of their document.
      let shared = Words.contentTerms(of: ([document.title] + document.tags).joined(separator: " "))
      return document.passages.map { text in
        let terms = Words.contentTerms(of: text) + shared
        let counts = terms.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        for term in counts.keys { frequency[term, default: 0] += 1 }
        return Passage(text: text, counts: counts, length: terms.count)
      }
    }
    self.frequency = frequency
    let all = passages.joined()
    count = all.reduce(0) { sum, _ in sum + 1 }
    meanLength = Double(all.reduce(0) { $0 + $1.length }) / Double(max(1, count))
  }

  /// The passage of one document that fits the query best; its first where none fits.
  func best(in document: Int, for query: String) -> Best {
    // Sorted, so that the sum is made in one order and has the same last bits everywhere.
    let terms = Set(Words.contentTerms(of: query)).sorted()
    var best = Best(score: 0, passage: passages[document].first?.text ?? "")
    for passage in passages[document] {
      let score = terms.reduce(0.0) { $0 + weight(of: $1, in: passage) }
      let rounded = Int64((score * 1_000_000).rounded())
      if rounded > best.score { best = Best(score: rounded, passage: passage.text) }
    }
    return best
  }

  private func weight(of term: String, in passage: Passage) -> Double {
    guard let times = passage.counts[term], let holders = frequency[term] else { return 0 }
    let rarity = naturalLogarithm(1 + (Double(count - holders) + 0.5) / (Double(holders) + 0.5))
    let length = 0.25 + 0.75 * Double(passage.length) / max(1, meanLength)
    return rarity * Double(times) * 2.2 / (Double(times) + 1.2 * length)
  }
}
