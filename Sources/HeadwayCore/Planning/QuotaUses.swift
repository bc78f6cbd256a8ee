/// What is taken of quotas by work that is done; work under way counts by its own claims.
package struct QuotaUses: Hashable, Sendable {
  /// Those that end first come first; what has ended is let go.
  package private(set) var uses: [Use] = []

  package struct Use: Hashable, Sendable {
    package let attempt: AttemptID
    package let claim: QuotaClaim

    package init(attempt: AttemptID, claim: QuotaClaim) {
      self.attempt = attempt
      self.claim = claim
    }
  }

  package init() {}

  package mutating func insert(_ use: Use) {
    var (low, high) = (0, uses.count)
    while low < high {
      let middle = (low + high) / 2
      if uses[middle].comesBefore(use) { low = middle + 1 } else { high = middle }
    }
    guard low == uses.count || uses[low] != use else { return }
    uses.insert(use, at: low)
  }

  /// Lets go of what ended by `time`.
  package mutating func pass(to time: Instant) {
    guard let first = uses.first, first.claim.until <= time else { return }
    uses.removeFirst(uses.firstIndex { $0.claim.until > time } ?? uses.count)
  }
}

extension QuotaUses.Use {
  /// Total, so that the order of reading does not show.
  fileprivate func comesBefore(_ other: Self) -> Bool {
    if claim.until != other.claim.until { return claim.until < other.claim.until }
    if attempt != other.attempt { return attempt < other.attempt }
    return (claim.name.text, claim.key) < (other.claim.name.text, other.claim.key)
  }
}

extension AttemptRecord {
  /// What the attempt keeps of the quotas that it claimed: all of it when it succeeded or may have,
  /// else nothing.
  package var quotaUses: [QuotaUses.Use] {
    guard outcome == .succeeded || (effect == .external && summary().isFateUnknown) else {
      return []
    }
    return quotas.map { QuotaUses.Use(attempt: id, claim: $0) }
  }
}
