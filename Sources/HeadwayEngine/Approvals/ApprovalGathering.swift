internal import Git
internal import HeadwayCore

/// Reads, in one go, everything about a stretch of main that approvals depend on.
struct ApprovalGathering: Sendable {
  let open: [OpenProposal]
  let anchor: CommitID
  let branch: String
  let old: CommitID?
  let new: CommitID

  /// A statement with an 64 KiB message, escaped, fits.
  static let statementLimit = 256 << 10
  static let changeLimit = 4_096

  func facts(_ repository: borrowing Repository) throws(ApprovalError) -> ApprovalFacts {
    guard !repository.isShallow else { throw .shallow }
    var lookup = TreeLookup()
    let tip: ObjectID
    let base: ObjectID?
    do {
      tip = try ObjectID(new)
      if let old { base = try ObjectID(old) } else { base = nil }
    } catch {
      throw .git(error)
    }
    let history = try NewHistory(from: base, to: tip, in: repository)
    var evidence: [Result<RecordEvidence, EvidenceFault>] = []
    var wanted: Set<ObjectID> = []
    for proposal in open {
      do throws(EvidenceFault) {
        let found = try self.evidence(proposal, history, &lookup, repository)
        wanted.formUnion(found.candidates)
        evidence.append(.success(found))
      } catch {
        evidence.append(.failure(error))
      }
    }
    var commits: [ObjectID: CommitFacts] = [:]
    for id in wanted { commits[id] = try commit(id, history, repository) }
    var together: [ObjectID: [ProposalRecord]] = [:]
    for (proposal, evidence) in zip(open, evidence) {
      guard case .success(let evidence) = evidence else { continue }
      for id in evidence.trace.introductions {
        together[id, default: []].append(proposal.proposal)
      }
    }
    return ApprovalFacts(
      history: history, evidence: evidence, commits: commits, together: together)
  }

  private func evidence(
    _ open: OpenProposal, _ history: NewHistory, _ lookup: inout TreeLookup,
    _ repository: borrowing Repository
  ) throws(EvidenceFault) -> RecordEvidence {
    let (record, sha256) = try record(of: open.proposal, repository)
    do {
      let proposal = try ObjectID(open.proposal.commit)
      let trace = try RecordTrace(
        of: open.proposal.record, proposal: proposal, in: history, reading: &lookup, repository)
      var candidates = trace.introductions
      if let landing = trace.landing, !candidates.contains(landing) { candidates.append(landing) }
      let paths = Array(Set(open.proposal.content.keys).union(record.readAgainst.keys))
      var introductions: [ObjectID: Introduction] = [:]
      for id in candidates {
        introductions[id] = try introduction(
          of: open.proposal, in: id, trace, paths, history, &lookup, repository)
      }
      return RecordEvidence(
        record: record, sha256: sha256, trace: trace, candidates: candidates,
        introductions: introductions,
        tipFiles: try lookup.files(at: paths, in: history.tip.tree, repository),
        statements: try statements(about: open.proposal.attempt, history, &lookup, repository),
        standing: try standing(open, &lookup, repository))
    } catch let error as ApprovalError {
      throw EvidenceFault(text: "\(error)")
    } catch {
      throw EvidenceFault(text: "\(error)")
    }
  }

  /// The record's own bytes, which must say what the ledger says.
  private func record(
    of proposal: ProposalRecord, _ repository: borrowing Repository
  ) throws(EvidenceFault) -> (ApprovalRecord, sha256: String) {
    do {
      let bytes = try repository.blob(
        try ObjectID(proposal.record.blob), limit: ApprovalRecord.maximumSize)
      let record = try ApprovalRecord(bytes: bytes)
      let isSame =
        record.repository == anchor && record.target == branch
        && record.attempt == proposal.attempt && record.risk == proposal.risk
        && record.requirement == proposal.requirement && record.expires == proposal.expires
        && record.content.mapValues(\.blob) == proposal.content
        && proposal.record.path.text.utf8.elementsEqual(
          ApprovalRecord.path(for: proposal.attempt).text.utf8)
      guard isSame else {
        throw EvidenceFault(text: "\(proposal.attempt): the record is not what the ledger says")
      }
      return (record, Digest(of: bytes).hex)
    } catch let error as EvidenceFault {
      throw error
    } catch {
      throw EvidenceFault(text: "\(proposal.attempt): the record cannot be read: \(error)")
    }
  }

  private func introduction(
    of proposal: ProposalRecord, in id: ObjectID, _ trace: RecordTrace,
    _ paths: [HeadwayCore.FilePath], _ history: NewHistory, _ lookup: inout TreeLookup,
    _ repository: borrowing Repository
  ) throws(ApprovalError) -> Introduction {
    guard let commit = history[id] else { throw .oversized("commit \(id) is not new") }
    let stand = trace.stand(of: commit)
    let contentPaths = Array(proposal.content.keys)
    var before: [HeadwayCore.FilePath: ListedFile] = [:]
    if let first = commit.parents.first, let tree = history.tree(of: first) {
      before = try lookup.files(at: paths, in: tree, repository)
    }
    var collision: Introduction.Collision?
    for path in (contentPaths + [proposal.record.path]).sorted() where collision == nil {
      collision = try lookup.collision(with: path, in: commit.tree, repository)
    }
    return Introduction(
      found: stand.found, parentsWithRecord: stand.parents.map { CommitID($0) },
      wasSeen: stand.seen,
      content: try lookup.files(at: contentPaths, in: commit.tree, repository), before: before,
      collision: collision)
  }

  /// The statements about an attempt that stand on main's tip, with what lies beside them.
  private func statements(
    about attempt: AttemptID, _ history: NewHistory, _ lookup: inout TreeLookup,
    _ repository: borrowing Repository
  ) throws(ApprovalError) -> [StatementFile] {
    let folder = "\(ApprovalPath.folder)\(attempt.task.run)"
    guard let entry = try lookup.entry(at: folder, in: history.tip.tree, repository),
      entry.mode == .tree
    else { return [] }
    let entries = try lookup.entries(of: entry.id, in: repository)
    var files: [StatementFile] = []
    for entry in entries {
      guard case .statement(let place) = ApprovalPath(Array("\(folder)/".utf8) + entry.name),
        case .about(attempt, _) = place
      else { continue }
      let signature = entries.entry(named: entry.name + Array(".sig".utf8))
      files.append(
        StatementFile(
          place: place, blob: BlobID(entry.id),
          bytes: entry.mode == .blob ? read(entry.id, repository) : nil,
          signature: signature?.mode == .blob
            ? signature.flatMap { read($0.id, repository) } : nil))
    }
    return files
  }

  private func read(_ id: ObjectID, _ repository: borrowing Repository) -> [UInt8]? {
    // What cannot be read says nothing; the judgement tells that it could not.
    do { return try repository.blob(id, limit: Self.statementLimit) } catch { return nil }
  }

  /// The commits that approved before, with the content that they approved.
  private func standing(
    _ open: OpenProposal, _ lookup: inout TreeLookup, _ repository: borrowing Repository
  ) throws(ApprovalError) -> [CommitID: StandingCommit] {
    var found: [CommitID: StandingCommit] = [:]
    for judgement in open.judged.standing {
      guard case .commit(let commit) = judgement.carrier else { continue }
      let raw: RawCommit
      let id: ObjectID
      do {
        id = try ObjectID(commit)
        raw = try repository.rawCommit(id)
      } catch {
        throw .git(error)
      }
      let files = try lookup.files(
        at: Array(open.proposal.content.keys), in: raw.tree, repository)
      found[commit] = StandingCommit(id: id, raw: raw, content: files.mapValues(\.blob))
    }
    return found
  }

  private func commit(
    _ id: ObjectID, _ history: NewHistory, _ repository: borrowing Repository
  ) throws(ApprovalError) -> CommitFacts {
    do {
      let raw = try repository.rawCommit(id)
      let parsed = try repository.commit(id)
      var changes: [LandedCommit.PathChange] = []
      var excess: String?
      do throws(GitError) {
        let first = raw.parents.first.flatMap { history.tree(of: $0) }
        try repository.compare(first, raw.tree) { change throws(GitError) in
          changes.append(
            LandedCommit.PathChange(
              path: change.path.bytes, old: change.old.map { ListedFile($0) },
              new: change.new.map { ListedFile($0) }))
          return changes.count <= Self.changeLimit
        }
        if changes.count > Self.changeLimit { excess = "more than \(Self.changeLimit) changes" }
      } catch {
        excess = error.message.isEmpty ? "\(error.reason)" : error.message
      }
      return CommitFacts(id: id, raw: raw, parsed: parsed, changes: changes, excess: excess)
    } catch {
      throw .git(error)
    }
  }
}

/// Why one proposal could not be judged; the others are.
struct EvidenceFault: Error, Hashable, Sendable {
  let text: String
}

struct ApprovalFacts: Sendable {
  let history: NewHistory
  let evidence: [Result<RecordEvidence, EvidenceFault>]
  let commits: [ObjectID: CommitFacts]
  /// The open proposals whose records one commit brings in.
  let together: [ObjectID: [ProposalRecord]]
}

/// Everything about one record.
struct RecordEvidence: Sendable {
  let record: ApprovalRecord
  let sha256: String
  let trace: RecordTrace
  /// The commits to be judged, oldest first.
  let candidates: [ObjectID]
  let introductions: [ObjectID: Introduction]
  /// What main's tip holds at the content's and the inputs' paths.
  let tipFiles: [HeadwayCore.FilePath: ListedFile]
  let statements: [StatementFile]
  let standing: [CommitID: StandingCommit]
}

struct StatementFile: Sendable {
  let place: StatementPath
  let blob: BlobID
  /// `nil` unless it is a plain file of sensible size.
  let bytes: [UInt8]?
  let signature: [UInt8]?

  var carrier: JudgementRecord.Carrier {
    .statement(PinnedFile(path: place.path, blob: blob))
  }
}

struct StandingCommit: Sendable {
  let id: ObjectID
  let raw: RawCommit
  let content: [HeadwayCore.FilePath: BlobID]
}

struct CommitFacts: Sendable {
  let id: ObjectID
  let raw: RawCommit
  let parsed: Commit
  let changes: [LandedCommit.PathChange]
  /// Why its changes were not all read.
  let excess: String?

  func landed(signature: Result<Signer, SignatureRefusal>) -> LandedCommit {
    let lines = parsed.message.split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    return LandedCommit(
      id: CommitID(id), parents: raw.parents.map { CommitID($0) }, subject: lines.first ?? "",
      body: Array(lines.dropFirst()),
      trailers: parsed.trailers.map { .init(key: $0.key.text, value: $0.value) },
      changes: changes, signature: signature)
  }
}
