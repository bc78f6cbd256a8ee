internal import Git
internal import HeadwayCore

/// Works out what the evidence about one record means; a value of its own because the steps share
/// what was found so far.
struct ApprovalCase {
  let open: OpenProposal
  let rules: ApprovalRules
  let evidence: RecordEvidence
  let facts: ApprovalFacts
  let judge: ApprovalJudge
  let from: CommitID

  private(set) var new: [JudgementRecord.Judgement] = []
  var approvals: [Approval] = []
  var rejection: (person: Name, message: String)?

  init(
    open: OpenProposal, rules: ApprovalRules, evidence: RecordEvidence, facts: ApprovalFacts,
    judge: ApprovalJudge, from: CommitID
  ) {
    self.open = open
    self.rules = rules
    self.evidence = evidence
    self.facts = facts
    self.judge = judge
    self.from = from
  }

  var proposal: ProposalRecord { open.proposal }
  var record: JudgementRecord {
    JudgementRecord(
      attempt: proposal.attempt, judgements: open.judged.judgements + new)
  }
  private var tip: CommitID { CommitID(facts.history.tip.id) }

  mutating func finding() async -> ApprovalFinding {
    let status = await status()
    var isAsBefore = status == .open
    if case .approved = status { isAsBefore = open.isSettled }
    return ApprovalFinding(
      proposal: proposal, judgements: new, record: record, status: status,
      isNews: !new.isEmpty || !isAsBefore, fault: nil)
  }

  private mutating func status() async -> ProposalStatus {
    if await withdraw() { return .withdrawn }
    await recallStanding()
    if !open.isSettled { await judgeCommits() }
    await judgeStatements()
    if let rejection {
      // What was approved and not used is taken back; nothing is left to be rejected.
      return open.isSettled
        ? .withdrawn : .rejected(by: rejection.person, message: rejection.message)
    }
    if let content = rules.agreement(approvals) {
      // By what is it approved matters, not what else came the same way without approving.
      new.removeAll { $0.decision == .landed }
      return .approved(content: content)
    }
    return open.isSettled ? .withdrawn : undecided()
  }

  /// With neither enough approvals nor a rejection, there may be nothing left to be decided.
  private mutating func undecided() -> ProposalStatus {
    if rules.at >= rules.expires {
      note(.observation(tip), nil, .expire, nil)
      return .expired
    }
    guard let why = changeBeforeLanding() ?? changeOnMain() else { return .open }
    note(.observation(tip), nil, .void, nil, message: why.text)
    if case .inputsChanged = why { return .void(.inputsChanged) }
    return .void(.targetChanged)
  }

  /// Whether the record was void already when it landed, though nobody looked in between.
  private func changeBeforeLanding() -> WhyNot? {
    guard let landing = evidence.trace.landing, CommitID(landing) != proposal.commit,
      let introduction = evidence.introductions[landing]
    else { return nil }
    return rules.changed(since: introduction.before)
  }

  private func changeOnMain() -> WhyNot? {
    guard evidence.trace.atTip == ListedFile(blob: proposal.record.blob) else {
      return rules.changed(since: evidence.tipFiles)
    }
    // Landed: main holds what was proposed, or what an approver made of it.
    let held = evidence.tipFiles.filter { proposal.content[$0.key] != nil }
    let isKnown = ([proposal.content] + approvals.map(\.content)).contains { content in
      held == content.mapValues { ListedFile(blob: $0) }
    }
    if !isKnown { return .targetChanged(firstDifference(held)) }
    let inputs = evidence.tipFiles.merging(
      rules.record.readAgainst.filter { proposal.content[$0.key] != nil }
        .mapValues { ListedFile(blob: $0) }
    ) { $1 }
    return rules.changedInput(in: inputs)
  }

  private func firstDifference(_ held: [HeadwayCore.FilePath: ListedFile]) -> String {
    let different = proposal.content.keys.sorted().first { path in
      held[path] != proposal.content[path].map { ListedFile(blob: $0) }
    }
    return different?.text ?? proposal.record.path.text
  }

  mutating func note(
    _ carrier: JudgementRecord.Carrier, _ person: Name?, _ decision: JudgementRecord.Decision,
    _ whyNot: WhyNot?, message: String? = nil
  ) {
    let judgement = JudgementRecord.Judgement(
      from: from, carrier: carrier, person: person, decision: decision, at: rules.at,
      whyNot: whyNot?.text, message: message)
    let known = record
    let isKnown =
      if judgement.counts, decision == .approve {
        known.standing.contains { $0.carrier == carrier && $0.person == person }
      } else {
        known.judgements.contains {
          $0.carrier == carrier && $0.decision == decision && $0.whyNot == judgement.whyNot
            && $0.person == person
        }
      }
    // Only a statement comes and goes; each going is news.
    if !isKnown || (decision == .withdraw && judgement.counts) { new.append(judgement) }
  }
}

// Withdrawal.
extension ApprovalCase {
  /// Whether the record was taken from main, by whomever: that is for good.
  private mutating func withdraw() async -> Bool {
    if let removal = evidence.trace.removals.first {
      let person = await signer(of: removal)
      note(.commit(CommitID(removal)), person, .withdraw, nil)
      return true
    }
    let isGone = evidence.trace.atTip?.blob != proposal.record.blob
    // A rewind of main that drops no approval removes nothing: it is as if it never landed.
    guard isGone, stoodBefore, facts.history.descends || !open.judged.standing.isEmpty else {
      return false
    }
    note(.observation(tip), nil, .withdraw, nil)
    return true
  }

  /// Whether the record was on main when main was judged before.
  private var stoodBefore: Bool {
    open.isSettled
      || open.judged.judgements.contains { judgement in
        guard case .commit = judgement.carrier else { return false }
        return judgement.decision == .landed || (judgement.decision == .approve && judgement.counts)
      }
  }

  private func signer(of id: ObjectID) async -> Name? {
    let store = judge.store
    do {
      let raw = try await store.perform { (repository) throws(GitError) in
        try repository.rawCommit(id)
      }
      return try await judge.verifier.signer(of: id, raw, .valid(at: rules.at)).person
    } catch {
      return nil
    }
  }
}

// Commits.
extension ApprovalCase {
  /// Approvals that were judged before count on, unless their key was revoked since.
  private mutating func recallStanding() async {
    for judgement in open.judged.standing {
      guard let person = judgement.person, case .commit(let id) = judgement.carrier,
        let commit = evidence.standing[id]
      else { continue }
      do {
        let signer = try await judge.verifier.signer(
          of: commit.id, commit.raw, .notRevoked(at: rules.at))
        guard signer.person == person else { continue }
        approvals.append(Approval(person: person, content: commit.content))
      } catch {
        continue
      }
    }
  }

  private mutating func judgeCommits() async {
    var failures: [(ObjectID, LandedCommit, WhyNot)] = []
    var anyApproved = approvals.isEmpty == false
    for id in evidence.candidates {
      guard let commit = facts.commits[id], let introduction = evidence.introductions[id] else {
        continue
      }
      let landed = commit.landed(signature: await signature(of: commit))
      switch await judged(commit, landed, introduction) {
      case .success(let approval):
        anyApproved = true
        approvals.append(approval)
        note(.commit(CommitID(id)), approval.person, .approve, nil)
      case .failure(let why): failures.append((id, landed, why))
      }
    }
    guard !anyApproved, !stoodBefore, let landing = evidence.trace.landing,
      let (_, landed, why) = failures.first(where: { $0.0 == landing })
    else { return }
    note(.commit(CommitID(landing)), Self.person(landed), .landed, why)
  }

  private func judged(
    _ commit: CommitFacts, _ landed: LandedCommit, _ introduction: Introduction
  ) async -> Result<Approval, WhyNot> {
    if let excess = commit.excess { return .failure(.overLimit(excess)) }
    let isProposal = landed.id == proposal.commit
    let lateAgain = !isProposal && wasSeenBefore
    let introduction = lateAgain ? introduction.seenBefore : introduction
    let result = rules.judge(landed, introduction, together: facts.together[commit.id] ?? [])
    guard case .success(let approval) = result, approval.content != proposal.content else {
      return result
    }
    return await heldAgainstGit(approval, commit)
  }

  /// Whether main held the record in an earlier judgement, other than as the proposal itself.
  private var wasSeenBefore: Bool {
    open.judged.judgements.contains { judgement in
      guard case .commit(let id) = judgement.carrier, id != proposal.commit else { return false }
      return judgement.decision == .landed || judgement.decision == .approve
        || judgement.decision == .withdraw
    }
  }

  private func signature(of commit: CommitFacts) async -> Result<Signer, SignatureRefusal> {
    do {
      return .success(
        try await judge.verifier.signer(of: commit.id, commit.raw, .valid(at: rules.at)))
    } catch {
      return .failure(error)
    }
  }

  private static func person(_ landed: LandedCommit) -> Name? {
    if case .success(let signer) = landed.signature { return signer.person }
    return nil
  }

  /// An edit is the approver's only where it differs from what git merges by itself.
  private func heldAgainstGit(
    _ approval: Approval, _ commit: CommitFacts
  ) async -> Result<Approval, WhyNot> {
    do throws(ApprovalError) {
      let merged = try await judge.automaticMerge(
        of: commit.raw.parents, at: Array(proposal.content.keys))
      for (path, blob) in approval.content.sorted(by: { $0.key < $1.key })
      where blob != proposal.content[path] && merged[path]?.blob == blob {
        return .failure(.mergedByGit(path.text))
      }
      return .success(approval)
    } catch {
      return .failure(.overLimit("git could not merge it again"))
    }
  }
}

extension Introduction {
  /// The same, for a record that main held when it was judged before.
  var seenBefore: Introduction {
    Introduction(
      found: found, parentsWithRecord: parentsWithRecord, wasSeen: true, content: content,
      before: before, collision: collision)
  }
}
