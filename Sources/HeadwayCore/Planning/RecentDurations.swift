/// How long the last successful attempts of one task key took: what estimates are made from.
package struct RecentDurations: Hashable, Sendable {
  /// So many count; older ones say little about how things are now.
  package static let limit = 20

  package struct Entry: Hashable, Sendable, Comparable {
    package let finished: Instant
    package let attempt: AttemptID
    package let duration: Span

    package init(finished: Instant, attempt: AttemptID, duration: Span) {
      self.finished = finished
      self.attempt = attempt
      self.duration = duration
    }

    package static func < (left: Entry, right: Entry) -> Bool {
      (left.finished, left.attempt) < (right.finished, right.attempt)
    }
  }

  /// Oldest first.
  package private(set) var entries: [Entry]

  package init(_ entries: [Entry] = []) {
    self.entries = []
    for entry in entries { insert(entry) }
  }

  /// Takes one in, in whatever order they come; the same one again changes nothing.
  package mutating func insert(_ entry: Entry) {
    let place = entries.lastIndex { $0 < entry || $0 == entry }
    if let place, entries[place].attempt == entry.attempt { return }
    entries.insert(entry, at: place.map { $0 + 1 } ?? 0)
    if entries.count > Self.limit { entries.removeFirst() }
  }
}

extension AttemptRecord {
  /// What the attempt says about how long such work takes; `nil` for what did not succeed, and for
  /// what was adopted or found done, since nobody measured that.
  package var duration: RecentDurations.Entry? {
    guard outcome == .succeeded, reconciles == nil, isolation != "person" || finished > started
    else { return nil }
    return RecentDurations.Entry(finished: finished, attempt: id, duration: finished - started)
  }
}
