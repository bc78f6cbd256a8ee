/// What approves one record and what does not: every condition here stands against something that
/// plain git does by accident, or that somebody can make it do.
package struct ApprovalRules: Hashable, Sendable {
  package let proposal: ProposalRecord
  package let record: ApprovalRecord
  package let roster: Roster
  package let protected: ProtectedPaths
  package let requesters: Requesters
  /// When main was observed: the moment at which keys and expiry are judged.
  package let at: Instant
  /// Later than the record says when nobody observed main for a while.
  package let expires: Instant

  /// Whose signatures brought in what this is the answer to.
  package struct Requesters: Hashable, Sendable {
    package var persons: Set<Name>
    /// An unsigned change was among it; then one approver more is needed.
    package var includesUnknown: Bool
    /// One person works here alone and may approve their own requests.
    package var mayApprove: Bool

    package init(persons: Set<Name> = [], includesUnknown: Bool = false, mayApprove: Bool = false) {
      self.persons = persons
      self.includesUnknown = includesUnknown
      self.mayApprove = mayApprove
    }
  }

  package init(
    proposal: ProposalRecord, record: ApprovalRecord, roster: Roster, protected: ProtectedPaths,
    requesters: Requesters, at: Instant, expires: Instant
  ) {
    self.proposal = proposal
    self.record = record
    self.roster = roster
    self.protected = protected
    self.requesters = requesters
    self.at = at
    self.expires = expires
  }

  /// How many distinct persons are needed.
  package var needed: Int {
    let requirement = proposal.requirement
    guard requirement.distinctFromRequester, !requesters.mayApprove else {
      return requirement.count
    }
    return requirement.count + (requesters.includesUnknown ? 1 : 0)
  }

  /// The highest risk that a signed commit alone may approve.
  package static let highestForCommits = Risk.medium

  /// Whether `commit` approves the record, judged with all proposals that it brings in.
  ///
  /// A result that differs from the record in content is an approval *with edits*, which the
  /// caller holds against git's automatic merge.
  package func judge(
    _ commit: LandedCommit, _ introduction: Introduction, together: [ProposalRecord]
  ) -> Result<Approval, WhyNot> {
    do throws(WhyNot) {
      guard commit.id != proposal.commit else { throw .fastForwarded }
      let signer = try Self.require(commit.signature)
      try mayDecide(signer.person)
      try requireShape(commit)
      try requireIntroduction(introduction)
      try requireExactly(commit, introduction, together)
      guard commit.names(proposal) else { throw .notNamed }
      guard proposal.risk <= Self.highestForCommits else { throw .needsStatement(proposal.risk) }
      try requireStanding(introduction.before)
      return .success(
        Approval(person: signer.person, content: introduction.content.mapValues(\.blob)))
    } catch {
      return .failure(error)
    }
  }

  /// Whether `person` holds the role, and did not ask for it where that matters.
  package func mayDecide(_ person: Name) throws(WhyNot) {
    guard roster.members[person] != nil else { throw .unknownPerson(person) }
    guard roster.holds(person, proposal.requirement.role) else {
      throw .lacksRole(person, role: proposal.requirement.role)
    }
    let mustDiffer = proposal.requirement.distinctFromRequester && !requesters.mayApprove
    guard !mustDiffer || !requesters.persons.contains(person) else { throw .isRequester(person) }
  }

  private static func require(
    _ signature: Result<Signer, SignatureRefusal>
  ) throws(WhyNot) -> Signer {
    switch signature {
    case .success(let signer): return signer
    case .failure(let refusal): throw .signature(refusal)
    }
  }

  private func requireShape(_ commit: LandedCommit) throws(WhyNot) {
    switch commit.parents.count {
    case 1: return
    case 2: guard commit.parents[1] == proposal.commit else { throw .otherParent }
    default: throw .parents(commit.parents.count)
    }
  }

  private func requireIntroduction(_ introduction: Introduction) throws(WhyNot) {
    guard let found = introduction.found else { throw .notIntroduced }
    guard introduction.parentsWithRecord.isEmpty else { throw .notIntroduced }
    guard !introduction.wasSeen else { throw .seenBefore }
    guard found.mode == .regular else { throw .notAPlainFile(proposal.record.path.text) }
    guard found.blob == proposal.record.blob else { throw .otherRecord }
  }

  /// The commit differs from its first parent in what these records say, and in nothing else.
  private func requireExactly(
    _ commit: LandedCommit, _ introduction: Introduction, _ together: [ProposalRecord]
  ) throws(WhyNot) {
    if let collision = introduction.collision {
      throw .collides(collision.path, with: collision.other)
    }
    let named = commit.parents.count == 1 ? together.filter { commit.names($0) } : []
    let records = named.contains(proposal) ? named : named + [proposal]
    var allowed: [[UInt8]: BlobID] = [:]
    for other in records {
      allowed[Array(other.record.path.text.utf8)] = other.record.blob
      for (path, blob) in other.content { allowed[Array(path.text.utf8)] = blob }
    }
    let attempts = Set(records.map(\.attempt))
    let own = Set(proposal.content.keys.map { Array($0.text.utf8) })
    let mayEdit = commit.parents.count == 2
    for change in commit.changes {
      let shown = String(decoding: change.path, as: UTF8.self)
      if let blob = allowed[change.path] {
        guard let new = change.new else { throw .missingContent(shown) }
        guard new.mode == .regular else { throw .notAPlainFile(shown) }
        guard new.blob == blob || (mayEdit && own.contains(change.path)) else {
          throw .differs(shown)
        }
      } else {
        try requireStatement(change, shown, about: attempts)
      }
    }
    try requireContent(introduction, mayEdit: mayEdit)
  }

  private func requireStatement(
    _ change: LandedCommit.PathChange, _ shown: String, about attempts: Set<AttemptID>
  ) throws(WhyNot) {
    switch ApprovalPath(change.path) {
    case .statement(let path), .signature(let path):
      guard let attempt = path.attempt, attempts.contains(attempt), let new = change.new else {
        throw .changesMore(shown)
      }
      guard new.mode == .regular else { throw .notAPlainFile(shown) }
    case .record, nil: throw .changesMore(shown)
    }
  }

  private func requireContent(
    _ introduction: Introduction, mayEdit: Bool
  ) throws(WhyNot) {
    for (path, blob) in proposal.content.sorted(by: { $0.key < $1.key }) {
      guard ProtectedPaths.fault(ofTarget: path.text) == nil, !protected.contains(path) else {
        throw .protectedPath(path.text)
      }
      guard let file = introduction.content[path] else { throw .missingContent(path.text) }
      guard file.mode == .regular else { throw .notAPlainFile(path.text) }
      guard file.blob == blob || mayEdit else { throw .differs(path.text) }
    }
  }

  /// Not expired, and main still is what the proposal was made for.
  private func requireStanding(_ before: [FilePath: ListedFile]) throws(WhyNot) {
    guard at < expires else { throw .expired }
    if let why = changed(since: before) { throw why }
  }

  /// What makes the record void where a tree holds `files` at the paths that matter.
  package func changed(since files: [FilePath: ListedFile]) -> WhyNot? {
    for (path, base) in proposal.base.sorted(by: { $0.key < $1.key }) {
      guard files[path] == base.map({ ListedFile(blob: $0) }) else {
        return .targetChanged(path.text)
      }
    }
    return changedInput(in: files)
  }

  package func changedInput(in files: [FilePath: ListedFile]) -> WhyNot? {
    for (path, blob) in record.readAgainst.sorted(by: { $0.key < $1.key })
    where files[path]?.blob != blob {
      return .inputsChanged(path.text)
    }
    return nil
  }

  /// Every path whose state on main matters.
  package var pathsThatMatter: [FilePath] {
    Array(Set(proposal.content.keys).union(record.readAgainst.keys)).sorted()
  }
}

/// One person's word for exactly this content.
package struct Approval: Hashable, Sendable {
  package let person: Name
  package let content: [FilePath: BlobID]

  package init(person: Name, content: [FilePath: BlobID]) {
    self.person = person
    self.content = content
  }
}

extension ApprovalRules {
  /// Where `persons` enough approved one and the same content.
  package func agreement(_ approvals: [Approval]) -> [FilePath: BlobID]? {
    var seen: [[FilePath: BlobID]] = []
    for approval in approvals where !seen.contains(approval.content) {
      seen.append(approval.content)
      let persons = Set(approvals.filter { $0.content == approval.content }.map(\.person))
      if persons.count >= needed { return approval.content }
    }
    return nil
  }

  /// Whether a statement counts; one that was `isKnown` to count in time does not expire.
  package func judge(
    _ statement: Statement, at place: StatementPath, signedBy signer: Signer, repository: CommitID,
    target: String, recordSHA256: String, isKnown: Bool = false
  ) -> Result<Statement.Decision, WhyNot> {
    do throws(WhyNot) {
      guard statement.person == place.person else {
        throw .statement(.otherPerson(stated: statement.person, file: place.person))
      }
      guard signer.person == statement.person else {
        throw .statement(.otherSigner(stated: statement.person, signer: signer.person))
      }
      guard statement.repository == repository else { throw .statement(.otherRepository) }
      guard statement.target == target else { throw .statement(.otherTarget(statement.target)) }
      let name = Statement.RecordName(
        attempt: proposal.attempt, blob: proposal.record.blob, sha256: recordSHA256)
      switch statement.decision {
      case .approve(let found), .reject(let found, _):
        guard found == name else { throw .statement(.otherRecord) }
      case .override, .accept: throw .statement(.otherDecision)
      }
      let extra = expires - proposal.expires
      guard isKnown || at < statement.expires + extra else { throw .statement(.expired) }
      if case .approve = statement.decision {
        try mayDecide(signer.person)
        guard isKnown || at < expires else { throw .expired }
      } else {
        guard roster.holds(signer.person, proposal.requirement.role) else {
          throw .lacksRole(signer.person, role: proposal.requirement.role)
        }
      }
      guard proposal.risk <= Self.highestForCommits || signer.isConfirmed else {
        throw .needsConfirmedKey(signer.person)
      }
      return .success(statement.decision)
    } catch {
      return .failure(error)
    }
  }
}
