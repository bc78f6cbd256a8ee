package import Git
package import HeadwayCore

/// What is to be put before people, complete: the same draft makes the same commit.
package struct ProposalDraft: Hashable, Sendable {
  package var attempt: AttemptID
  /// The commit that the trusted state began with.
  package var anchor: CommitID
  /// Without `refs/heads/`.
  package var target: String
  package var content: [FilePath: BlobID]
  package var readAgainst: [FilePath: BlobID]
  package var risk: Risk
  package var requirement: ApprovalRequirement
  package var policies: TreeID?
  package var decision: FilePath?
  package var proposed: Instant
  package var expires: Instant
  package var nonce: Nonce
  /// The folders that the pipeline may publish to.
  package var publishes: [String]
  package var protected: ProtectedPaths
  /// What is asked, in one line.
  package var question: String
  package var runner: (name: String, email: String) {
    get { (runnerName, runnerEmail) }
    set { (runnerName, runnerEmail) = newValue }
  }
  private var runnerName: String
  private var runnerEmail: String

  package init(
    attempt: AttemptID, anchor: CommitID, target: String, content: [FilePath: BlobID],
    readAgainst: [FilePath: BlobID], risk: Risk, requirement: ApprovalRequirement,
    policies: TreeID?, decision: FilePath?, proposed: Instant, expires: Instant, nonce: Nonce,
    publishes: [String], protected: ProtectedPaths, question: String,
    runner: (name: String, email: String)
  ) {
    self.attempt = attempt
    self.anchor = anchor
    self.target = target
    self.content = content
    self.readAgainst = readAgainst
    self.risk = risk
    self.requirement = requirement
    self.policies = policies
    self.decision = decision
    self.proposed = proposed
    self.expires = expires
    self.nonce = nonce
    self.publishes = publishes
    self.protected = protected
    self.question = question
    (runnerName, runnerEmail) = runner
  }
}

/// Writes proposals: one commit on a branch of its own, which is never moved.
package struct ProposalWriter: Sendable {
  private let store: GitStore
  private let durability: Durability

  /// Content is hashed here, so it has to be read once.
  package static let contentLimit = 64 << 20

  package init(store: GitStore, durability: Durability = .power) {
    self.store = store
    self.durability = durability
  }

  /// Makes the proposal and its branch; a second call with the same draft finds them made.
  package func write(
    _ draft: ProposalDraft, onto main: CommitID
  ) async throws(ApprovalError) -> ProposalRecord {
    try Self.checkTargets(draft)
    let durability = durability
    return try await store.perform { (repository) throws(ApprovalError) in
      try Self.write(draft, onto: main, durability, repository)
    }
  }

  /// Refuses every target that a person could not rightly approve, by the bytes of its path.
  package static func checkTargets(_ draft: ProposalDraft) throws(ApprovalError) {
    for path in draft.content.keys.sorted() {
      if let fault = ProtectedPaths.fault(ofTarget: path.text) {
        throw .unusableTarget(path.text, why: fault)
      }
      guard !draft.protected.contains(path) else {
        throw .unusableTarget(path.text, why: "is a protected path")
      }
      guard draft.publishes.contains(where: { path.isUnder($0) }) else {
        throw .unusableTarget(
          path.text, why: "lies in none of \(draft.publishes.joined(separator: ", "))")
      }
    }
    guard !draft.content.isEmpty else { throw .unusableTarget("", why: "there is no content") }
    if let pair = PathFolding.collision(among: draft.content.keys.map { Array($0.text.utf8) }) {
      throw .collision(
        String(decoding: pair.one, as: UTF8.self), String(decoding: pair.other, as: UTF8.self))
    }
  }

  private static func write(
    _ draft: ProposalDraft, onto main: CommitID, _ durability: Durability,
    _ repository: borrowing Repository
  ) throws(ApprovalError) -> ProposalRecord {
    var lookup = TreeLookup()
    do {
      let tip = try repository.rawCommit(ObjectID(main))
      let base = try plainFiles(draft, in: tip.tree, &lookup, repository)
      let parent = try parent(of: draft, base, main: ObjectID(main), tip, &lookup, repository)
      let record = try record(of: draft, repository)
      let path = ApprovalRecord.path(for: draft.attempt)
      var changes: [RepositoryPath: FileChange] = [
        try RepositoryPath(checking: path.text): .write(record.bytes)
      ]
      for (path, blob) in draft.content {
        changes[try RepositoryPath(checking: path.text)] = .existing(try ObjectID(blob))
      }
      let tree = try repository.writeTree(
        try repository.rawCommit(parent).tree, changing: changes, durability: durability)
      let commit = try repository.writeCommit(commit(of: draft, tree: tree, parent: parent))
      try publish(commit, as: ApprovalRecord.branch(for: draft.attempt), repository)
      return ProposalRecord(
        attempt: draft.attempt, branch: ApprovalRecord.branch(for: draft.attempt),
        commit: CommitID(commit),
        record: PinnedFile(path: path, blob: BlobID(try Repository.id(of: record.bytes))),
        content: draft.content, base: base, risk: draft.risk, requirement: draft.requirement,
        proposed: draft.proposed, expires: draft.expires)
    } catch let error as GitError {
      throw .git(error)
    } catch let error as ApprovalError {
      throw error
    } catch {
      throw .cannotSign("\(error)")
    }
  }

  /// What main holds at the content's paths; only plain files and nothing at all are replaced.
  private static func plainFiles(
    _ draft: ProposalDraft, in tree: ObjectID, _ lookup: inout TreeLookup,
    _ repository: borrowing Repository
  ) throws(ApprovalError) -> [FilePath: BlobID?] {
    var base: [FilePath: BlobID?] = [:]
    for path in draft.content.keys {
      if let collision = try lookup.collision(with: path, in: tree, repository) {
        throw .collision(collision.path, collision.other)
      }
      let entry = try lookup.entry(at: path.text, in: tree, repository)
      if let entry, entry.mode != .blob {
        throw .unusableTarget(path.text, why: "is no plain file on \(draft.target)")
      }
      base[path] = .some(entry.map { BlobID($0.id) })
    }
    let record = ApprovalRecord.path(for: draft.attempt)
    if let collision = try lookup.collision(with: record, in: tree, repository) {
      throw .collision(collision.path, collision.other)
    }
    return base
  }

  /// One step behind main where that is possible, so that a merge is rarely a fast-forward.
  private static func parent(
    of draft: ProposalDraft, _ base: [FilePath: BlobID?], main: ObjectID, _ tip: RawCommit,
    _ lookup: inout TreeLookup, _ repository: borrowing Repository
  ) throws(ApprovalError) -> ObjectID {
    for candidate in tip.parents.prefix(2) {
      let tree: ObjectID
      do { tree = try repository.rawCommit(candidate).tree } catch { throw .git(error) }
      let files = try lookup.files(at: Array(draft.content.keys), in: tree, repository)
      let isSame = base.allSatisfy { path, blob in
        files[path] == blob.map { ListedFile(blob: $0) }
      }
      if isSame { return candidate }
    }
    return main
  }

  private static func record(
    of draft: ProposalDraft, _ repository: borrowing Repository
  ) throws(ApprovalError) -> ApprovalRecord {
    var content: [FilePath: ApprovalRecord.Content] = [:]
    for (path, blob) in draft.content {
      do {
        let bytes = try repository.blob(try ObjectID(blob), limit: contentLimit)
        content[path] = ApprovalRecord.Content(blob: blob, sha256: Digest(of: bytes).hex)
      } catch {
        throw .missingContent(path, blob)
      }
    }
    return ApprovalRecord(
      repository: draft.anchor, target: draft.target, attempt: draft.attempt, content: content,
      readAgainst: draft.readAgainst, risk: draft.risk, requirement: draft.requirement,
      policies: draft.policies, decision: draft.decision, expires: draft.expires,
      nonce: draft.nonce)
  }

  private static func commit(
    of draft: ProposalDraft, tree: ObjectID, parent: ObjectID
  ) -> CommitDraft {
    let stamp = Stamp(
      name: draft.runner.name, email: draft.runner.email,
      milliseconds: draft.proposed.milliseconds)
    let message = CommitMessage(
      subject: ApprovalRecord.branch(for: draft.attempt),
      body: oneLine(draft.question) + " (risk \(draft.risk.rawValue))")
    return CommitDraft(
      tree: tree, parents: [parent], author: stamp, committer: stamp, message: message.text)
  }

  /// The question may come from a model: it gets one line, and cannot look like a trailer.
  private static func oneLine(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.replacing(":", with: " ").trimmingPrefix { $0 == " " }.prefix(500).description
  }

  private static func publish(
    _ commit: ObjectID, as branch: String, _ repository: borrowing Repository
  ) throws(ApprovalError) {
    let move: ReferenceMove
    do {
      move = try repository.move(
        try ReferenceName(branch: branch), from: nil, to: commit, log: "headway: propose")
    } catch {
      throw .git(error)
    }
    // Made before a crash: the same draft is the same commit.
    if case .lost(let current) = move, current != commit {
      throw .branchTaken(branch, CommitID(current ?? commit))
    }
  }
}
