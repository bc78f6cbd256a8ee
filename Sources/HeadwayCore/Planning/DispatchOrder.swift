/// Hands out those that may start, one by one, in the order of dispatch: band, fair share inside the
/// band, earliest inherited deadline, longest path, then admission.
///
/// Whoever is handed out and does not start has had its turn; it keeps nobody back.
package struct DispatchOrder: Sendable {
  /// Of so many starts in a row at least one is of the oldest, of whatever band, so that nothing
  /// starves.
  package static let oldestEvery = 16

  /// Its place in the list is its age: earlier is older.
  package struct Entry: Hashable, Sendable {
    package let band: Band
    /// Whose share it is counted to.
    package let key: String
    package let deadline: Instant
    /// The longest expected path that begins with it, in milliseconds.
    package let path: Int64

    package init(band: Band, key: String, deadline: Instant, path: Int64) {
      self.band = band
      self.key = key
      self.deadline = deadline
      self.path = path
    }
  }

  private let entries: [Entry]
  private let weights: [String: Int]
  private var last: Turn
  private var shares: FairShares
  private var lines: [Line]
  /// The lines that are not empty, the one whose turn it is last.
  private var turns: [Int] = []
  private var isHandedOut: [Bool]
  private var oldest = 0

  /// Those of one band and key, the first one last.
  private struct Line: Sendable {
    let band: Band
    let key: String
    /// Where the key's next start would begin.
    var start: Int64 = 0
    var places: [Int]
  }

  private struct LineKey: Hashable {
    let band: Band
    let key: String
  }

  package init(
    _ entries: [Entry], dispatches: Dispatches, weights: [String: Int] = [:]
  ) {
    self.entries = entries
    self.weights = weights
    last = dispatches.last ?? Turn(number: 0, passed: 0)
    shares = dispatches.shares
    isHandedOut = [Bool](repeating: false, count: entries.count)
    var places: [LineKey: [Int]] = [:]
    for (place, entry) in entries.enumerated() {
      places[LineKey(band: entry.band, key: entry.key), default: []].append(place)
    }
    lines = places.map { line, places in
      Line(
        band: line.band, key: line.key,
        places: places.sorted { Self.precedes($1, $0, in: entries) })
    }
    turns = Array(lines.indices)
    sortTurns()
  }

  private static func precedes(_ left: Int, _ right: Int, in entries: [Entry]) -> Bool {
    let (one, other) = (entries[left], entries[right])
    if one.deadline != other.deadline { return one.deadline < other.deadline }
    if one.path != other.path { return one.path > other.path }
    return left < right
  }

  /// The place of the next one; `nil` when all have had their turn.
  package mutating func next() -> Int? {
    guard let place = isOldestNext ? takeOldest() : takeFirst() else { return nil }
    isHandedOut[place] = true
    return place
  }

  /// Whether the oldest was passed over so often that the next start goes by age alone.
  private var isOldestNext: Bool { last.passed >= Self.oldestEvery - 1 }

  private mutating func takeOldest() -> Int? {
    skipHandedOut()
    return oldest < entries.count ? oldest : nil
  }

  private mutating func skipHandedOut() {
    while oldest < entries.count, isHandedOut[oldest] { oldest += 1 }
  }

  private mutating func takeFirst() -> Int? {
    while let line = turns.popLast() {
      guard let place = lines[line].places.popLast() else { continue }
      // Without its first one the line may have to stand further back.
      queue(line)
      if !isHandedOut[place] { return place }
    }
    return nil
  }

  private mutating func queue(_ line: Int) {
    guard !lines[line].places.isEmpty else { return }
    var (low, high) = (0, turns.count)
    while low < high {
      let middle = (low + high) / 2
      if isAhead(line, of: turns[middle]) { low = middle + 1 } else { high = middle }
    }
    turns.insert(line, at: low)
  }

  /// Total: two lines never have the same first one.
  private func isAhead(_ left: Int, of right: Int) -> Bool {
    let (line, other) = (lines[left], lines[right])
    if line.band != other.band { return line.band < other.band }
    if line.start != other.start { return line.start < other.start }
    guard let mine = line.places.last, let theirs = other.places.last else { return false }
    return Self.precedes(mine, theirs, in: entries)
  }

  private mutating func sortTurns() {
    for line in turns {
      lines[line].start = shares.start(of: lines[line].key, in: lines[line].band)
    }
    turns = turns.sorted { isAhead($1, of: $0) }
  }

  /// Counts the start of the one at `place`, which takes `charge` of what its band shares.
  package mutating func start(_ place: Int, charge: Int64) -> (turn: Turn, share: ShareClaim) {
    let entry = entries[place]
    let claim = shares.claim(
      of: entry.key, in: entry.band, charge: charge, weight: weights[entry.key] ?? 1)
    shares.take(claim)
    skipHandedOut()
    last = Turn(number: last.number + 1, passed: oldest < place ? last.passed + 1 : 0)
    sortTurns()
    return (last, claim)
  }

  package var isEmpty: Bool { entries.isEmpty }

  /// Those that have not had a turn, oldest first.
  package var rest: [Int] { entries.indices.filter { !isHandedOut[$0] } }
}
