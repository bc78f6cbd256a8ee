/// What a commit on main is, as far as approvals depend on it.
package struct LandedCommit: Hashable, Sendable {
  package let id: CommitID
  package let parents: [CommitID]
  /// The message's first line, and nothing of what follows.
  package let subject: String
  package let body: [String]
  package let trailers: [NamedLine]
  /// Every path at which the commit differs from its first parent.
  package let changes: [PathChange]
  package let signature: Result<Signer, SignatureRefusal>

  package struct NamedLine: Hashable, Sendable {
    package let key: String
    package let value: String

    package init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  /// A path by its bytes: Swift's text equality would take two spellings for one.
  package struct PathChange: Hashable, Sendable {
    package let path: [UInt8]
    package let old: ListedFile?
    package let new: ListedFile?

    package init(path: [UInt8], old: ListedFile?, new: ListedFile?) {
      self.path = path
      self.old = old
      self.new = new
    }
  }

  package init(
    id: CommitID, parents: [CommitID], subject: String, body: [String], trailers: [NamedLine],
    changes: [PathChange], signature: Result<Signer, SignatureRefusal>
  ) {
    self.id = id
    self.parents = parents
    self.subject = subject
    self.body = body
    self.trailers = trailers
    self.changes = changes
    self.signature = signature
  }
}

extension LandedCommit {
  /// Whether the message names the proposal where only somebody who meant it would.
  ///
  /// With two parents that is the subject alone: `merge.log` copies the proposal's subject into
  /// the body of any pull.
  func names(_ proposal: ProposalRecord) -> Bool {
    if Self.holds(subject, token: proposal.branch) { return true }
    let approved = trailers.filter {
      $0.key == Self.trailerKey && $0.value == proposal.record.blob.hex
    }
    if approved.count == 1 { return true }
    if parents.count == 2 { return Self.holds(subject, token: proposal.commit.hex) }
    return body.contains("commit \(proposal.commit)")
  }

  package static let trailerKey = "Headway-Approve"

  /// Whether `token` stands in `line` by itself: not as part of a longer name, though a remote's
  /// name may stand in front.
  static func holds(_ line: String, token: String) -> Bool {
    let (text, wanted) = (Array(line.utf8), Array(token.utf8))
    guard !wanted.isEmpty, text.count >= wanted.count else { return false }
    for start in 0...(text.count - wanted.count) {
      let end = start + wanted.count
      guard text[start..<end].elementsEqual(wanted) else { continue }
      let opens = start == 0 || isDelimiter(text[start - 1]) || text[start - 1] == 0x2F
      let closes = end == text.count || isDelimiter(text[end])
      if opens, closes { return true }
    }
    return false
  }

  private static func isDelimiter(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x22 || byte == 0x27
  }
}

/// How one proposal's record came into a commit, seen from the history around it.
package struct Introduction: Hashable, Sendable {
  /// What stands at the record's path in the commit.
  package let found: ListedFile?
  /// Parents, other than the proposal itself, in which the record's path is taken.
  package let parentsWithRecord: [CommitID]
  /// Whether the path was taken earlier on main.
  package let wasSeen: Bool
  /// What stands at the content's paths in the commit itself.
  package let content: [FilePath: ListedFile]
  /// What the first parent holds at the content's paths and the inputs' paths.
  package let before: [FilePath: ListedFile]
  /// Two paths of the commit's tree, one of them the proposal's, that some file system joins.
  package let collision: Collision?

  package struct Collision: Hashable, Sendable {
    package let path: String
    package let other: String

    package init(path: String, other: String) {
      self.path = path
      self.other = other
    }
  }

  package init(
    found: ListedFile?, parentsWithRecord: [CommitID], wasSeen: Bool,
    content: [FilePath: ListedFile], before: [FilePath: ListedFile], collision: Collision?
  ) {
    self.found = found
    self.parentsWithRecord = parentsWithRecord
    self.wasSeen = wasSeen
    self.content = content
    self.before = before
    self.collision = collision
  }
}
