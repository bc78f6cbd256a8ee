internal import HeadwayCore

/// Sentences as vectors of weighted terms, and how central each is among the others.
struct Ranking: Sendable {
  typealias Vector = [(term: Int, weight: Double)]

  private(set) var vectors: [[Vector]] = []
  private(set) var relevance: [[Double]] = []
  private var terms: [String: Int] = [:]
  private var rarity: [Double] = []

  /// Beyond this many sentences only those that fit the query best enter the graph.
  private static let mostNodes = 1_200

  init(_ passages: [Passage], _ assignment: Assignment) {
    let words = passages.map { $0.sentences.map(Words.contentTerms) }
    countTerms(words)
    vectors = words.map { $0.map(vector) }
    let coverage = words.map { $0.map { self.coverage(of: $0, assignment.query) } }
    let centrality = centrality(coverage)
    relevance = passages.indices.map { index in
      passages[index].sentences.indices.map { place in
        let sentence = passages[index].sentences[place]
        let number = sentence.utf8.contains(where: \.isDigit) ? 0.08 : 0
        let early = passages[index].speaker == nil ? 0.08 * (1 - passages[index].place) : 0
        let length = Words.count(in: sentence) < 5 ? -0.1 : 0
        return 0.45 * centrality[index][place] + 0.4 * coverage[index][place] + number + early
          + length
      }
    }
  }

  private mutating func countTerms(_ words: [[[String]]]) {
    var frequency: [Int] = []
    var count = 0
    for sentence in words.joined() {
      count += 1
      for term in Set(sentence).sorted() {
        if let index = terms[term] {
          frequency[index] += 1
        } else {
          terms[term] = frequency.count
          frequency.append(1)
        }
      }
    }
    rarity = frequency.map { naturalLogarithm(1 + Double(count) / Double($0)) }
  }

  /// A unit vector; terms in the order of their numbers, so that sums are always the same.
  func vector(_ words: [String]) -> Vector {
    var counts: [Int: Double] = [:]
    for word in words { if let term = terms[word] { counts[term, default: 0] += 1 } }
    let weights = counts.sorted { $0.key < $1.key }.map {
      (term: $0.key, weight: $0.value * rarity[$0.key])
    }
    let length = weights.reduce(0) { $0 + $1.weight * $1.weight }.squareRoot()
    return length > 0 ? weights.map { ($0.term, $0.weight / length) } : []
  }

  /// The weighted share of the query that a sentence speaks of; three strong terms are plenty.
  func coverage(of words: [String], _ query: [String: Double]) -> Double {
    let total = Set(words).sorted().reduce(0.0) { sum, word in
      guard let weight = query[word], let term = terms[word] else { return sum }
      return sum + weight * rarity[term]
    }
    let strongest = (query.values.max() ?? 1) * 8
    return min(1, total / strongest)
  }

  static func similarity(_ left: Vector, _ right: Vector) -> Double {
    var (sum, i, j) = (0.0, 0, 0)
    while i < left.count, j < right.count {
      if left[i].term == right[j].term {
        sum += left[i].weight * right[j].weight
        i += 1
        j += 1
      } else if left[i].term < right[j].term {
        i += 1
      } else {
        j += 1
      }
    }
    return sum
  }

  /// PageRank over the graph of similar sentences, scaled so that the best has 1.
  private func centrality(_ coverage: [[Double]]) -> [[Double]] {
    var nodes = vectors.indices.flatMap { index in
      vectors[index].indices.map { (passage: index, place: $0) }
    }
    if nodes.count > Self.mostNodes {
      let best = nodes.enumerated().sorted {
        let (left, right) = ($0.element, $1.element)
        let (one, other) = (
          coverage[left.passage][left.place], coverage[right.passage][right.place]
        )
        return one == other ? $0.offset < $1.offset : one > other
      }
      nodes = best.prefix(Self.mostNodes).sorted { $0.offset < $1.offset }.map(\.element)
    }
    let scores = walk(edges(nodes.map { vectors[$0.passage][$0.place] }))
    let highest = max(scores.max() ?? 1, .leastNonzeroMagnitude)
    var result = vectors.map { $0.map { _ in 0.0 } }
    for (node, score) in zip(nodes, scores) { result[node.passage][node.place] = score / highest }
    return result
  }

  private func edges(_ nodes: [Vector]) -> [[(node: Int, weight: Double)]] {
    var postings: [Int: [(node: Int, weight: Double)]] = [:]
    for (index, vector) in nodes.enumerated() {
      for entry in vector { postings[entry.term, default: []].append((index, entry.weight)) }
    }
    return nodes.indices.map { index in
      var sums: [Int: Double] = [:]
      for entry in nodes[index] {
        let others = postings[entry.term] ?? []
        // Terms that are everywhere say nothing and would make this quadratic.
        guard others.count <= max(40, nodes.count / 5) else { continue }
        for other in others where other.node != index {
          sums[other.node, default: 0] += entry.weight * other.weight
        }
      }
      return sums.filter { $0.value > 0.04 }.sorted { $0.key < $1.key }
        .map { (node: $0.key, weight: $0.value) }
    }
  }

  private func walk(_ edges: [[(node: Int, weight: Double)]]) -> [Double] {
    let count = Double(max(1, edges.count))
    let totals = edges.map { $0.reduce(0) { $0 + $1.weight } }
    var scores = edges.map { _ in 1 / count }
    for _ in 0..<30 {
      var next = edges.map { _ in 0.15 / count }
      for (index, list) in edges.enumerated() where totals[index] > 0 {
        for edge in list { next[edge.node] += 0.85 * scores[index] * edge.weight / totals[index] }
      }
      scores = next
    }
    return scores
  }
}
