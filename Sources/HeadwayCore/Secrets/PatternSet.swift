/// Many byte strings searched for in one pass; every pattern has at least three bytes.
struct PatternSet: Sendable {
  private let patterns: [[UInt8]]
  private let buckets: [UInt32: [Int]]
  /// Whether any pattern begins with these two bytes; one look rejects nearly every position.
  private let begins: [Bool]

  init(_ patterns: [[UInt8]]) {
    var (buckets, begins) = ([UInt32: [Int]](), Array(repeating: false, count: 65_536))
    for (index, pattern) in patterns.enumerated() where pattern.count >= 3 {
      begins[Int(pattern[0]) << 8 | Int(pattern[1])] = true
      buckets[Self.key(pattern, 0), default: []].append(index)
    }
    self.patterns = patterns
    self.begins = begins
    // The longest first: of several at one place it says most.
    self.buckets = buckets.mapValues {
      $0.sorted { (patterns[$1].count, $0) < (patterns[$0].count, $1) }
    }
  }

  private static func key(_ bytes: [UInt8], _ index: Int) -> UInt32 {
    UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
  }

  struct Match: Hashable, Sendable {
    let pattern: Int
    let range: Range<Int>
  }

  /// For each position the longest pattern that stands there, from front to back.
  func matches(in bytes: [UInt8]) -> [Match] {
    guard !buckets.isEmpty, bytes.count >= 3 else { return [] }
    var matches: [Match] = []
    for index in 0...(bytes.count - 3)
    where begins[Int(bytes[index]) << 8 | Int(bytes[index + 1])] {
      guard let bucket = buckets[Self.key(bytes, index)] else { continue }
      for pattern in bucket {
        let end = index + patterns[pattern].count
        guard end <= bytes.count, bytes[index..<end].elementsEqual(patterns[pattern]) else {
          continue
        }
        matches.append(Match(pattern: pattern, range: index..<end))
        break
      }
    }
    return matches
  }
}
