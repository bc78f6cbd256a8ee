package import Git
package import HeadwayCore

/// A proposal that main may have something new to say about.
package struct OpenProposal: Hashable, Sendable {
  package let proposal: ProposalRecord
  package let judged: JudgementRecord
  package let requesters: ApprovalRules.Requesters
  /// When it expires; later than the proposal says when nobody observed main for a while.
  package let expires: Instant
  /// It was approved and nothing has used it yet: only a withdrawal matters now.
  package let isSettled: Bool

  package init(
    proposal: ProposalRecord, judged: JudgementRecord? = nil,
    requesters: ApprovalRules.Requesters = .init(), expires: Instant? = nil,
    isSettled: Bool = false
  ) {
    self.proposal = proposal
    self.judged = judged ?? JudgementRecord(attempt: proposal.attempt, judgements: [])
    self.requesters = requesters
    self.expires = expires ?? proposal.expires
    self.isSettled = isSettled
  }
}

/// What a new tip of main means for one proposal.
package struct ApprovalFinding: Hashable, Sendable {
  package let proposal: ProposalRecord
  /// What was judged now, in order.
  package let judgements: [JudgementRecord.Judgement]
  /// What was judged before and now.
  package let record: JudgementRecord
  package let status: ProposalStatus
  /// Whether there is anything to write down.
  package let isNews: Bool
  /// Why the proposal could not be judged; its status is then as it was.
  package let fault: String?

  /// Record or content is on main without an approval: where from, and why it is none.
  package var landedUnapproved: (commit: CommitID, why: String)? {
    guard status == .open, record.standing.isEmpty else { return nil }
    let landed = record.judgements.last { $0.decision == .landed }
    guard let landed, case .commit(let id) = landed.carrier, let why = landed.whyNot else {
      return nil
    }
    return (id, why)
  }
}

/// Decides which proposals are approved, rejected, void or withdrawn by what came to main.
///
/// Replace refs and grafts have no say: objects are read as they are stored.
package struct ApprovalJudge: Sendable {
  let store: GitStore
  let git: GitProgram
  let directory: String
  let anchor: CommitID
  let branch: String
  let protected: ProtectedPaths
  let verifier: SignatureVerifier

  /// `verifier` holds the roster as it was at the tip judged before; `directory` is the
  /// repository's own.
  package init(
    store: GitStore, git: GitProgram, directory: String, anchor: CommitID, branch: String,
    protected: ProtectedPaths, verifier: SignatureVerifier
  ) {
    self.store = store
    self.git = git
    self.directory = directory
    self.anchor = anchor
    self.branch = branch
    self.protected = protected
    self.verifier = verifier
  }

  /// Judges every open proposal by the way from one tip of main to the next, at the moment when
  /// that was observed; one finding for each, in the order given.
  package func judge(
    _ open: [OpenProposal], from old: CommitID?, to new: CommitID, at instant: Instant
  ) async throws(ApprovalError) -> [ApprovalFinding] {
    guard !open.isEmpty else { return [] }
    let gathering = ApprovalGathering(
      open: open, anchor: anchor, branch: branch, old: old, new: new)
    let facts = try await store.perform { (repository) throws(ApprovalError) in
      try gathering.facts(repository)
    }
    var findings: [ApprovalFinding] = []
    for (proposal, evidence) in zip(open, facts.evidence) {
      switch evidence {
      case .failure(let fault):
        findings.append(
          ApprovalFinding(
            proposal: proposal.proposal, judgements: [], record: proposal.judged, status: .open,
            isNews: false, fault: fault.text))
      case .success(let evidence):
        let rules = ApprovalRules(
          proposal: proposal.proposal, record: evidence.record, roster: verifier.roster,
          protected: protected, requesters: proposal.requesters, at: instant,
          expires: proposal.expires)
        var work = ApprovalCase(
          open: proposal, rules: rules, evidence: evidence, facts: facts, judge: self,
          from: old ?? new)
        findings.append(await work.finding())
      }
    }
    return findings
  }

  /// Why an approval that was given stands no more, or `nil` while it stands.
  ///
  /// To be asked right before it is used; `tip` is main's tip as judged last.
  package func revocation(
    of proposal: OpenProposal, at tip: CommitID, now instant: Instant
  ) async throws(ApprovalError) -> String? {
    let findings = try await judge([proposal], from: tip, to: tip, at: instant)
    guard let finding = findings.first else { return "there is nothing to judge" }
    if let fault = finding.fault { return fault }
    switch finding.status {
    case .approved: return nil
    case .withdrawn: return "the approval was withdrawn, or a key that gave it was revoked"
    case .rejected(let person, _): return "\(person) rejected it"
    case .open, .void, .expired: return "too few approvals stand"
    }
  }
}

extension ApprovalJudge {
  /// Whose request the changes in these commits are; what is not validly signed is nobody's.
  package func requesters(
    broughtInBy commits: [CommitID], mayApprove: Bool, at instant: Instant
  ) async throws(ApprovalError) -> ApprovalRules.Requesters {
    var requesters = ApprovalRules.Requesters(mayApprove: mayApprove)
    for commit in commits {
      let (id, raw) = try await store.perform { (repository) throws(ApprovalError) in
        do throws(GitError) {
          let id = try ObjectID(commit)
          return (id, try repository.rawCommit(id))
        } catch {
          throw .git(error)
        }
      }
      do throws(SignatureRefusal) {
        let signer = try await verifier.signer(of: id, raw, .valid(at: instant))
        requesters.persons.insert(signer.person)
      } catch {
        requesters.includesUnknown = true
      }
    }
    return requesters
  }
}
