internal import Git
internal import HeadwayCore

extension Scheduler {
  /// How far back the change of a file is looked for in one revision's history.
  private static let historyLimit = 2_000

  /// Whose signatures brought in, or last changed, the file that asks for a run.
  func requesters(
    of run: BoardRun, for proposal: ProposalRecord, _ before: MainSnapshot, _ judge: ApprovalJudge
  ) async throws(EngineError) -> ApprovalRules.Requesters {
    let mayApprove = before.project.settings?.isSolo ?? false
    guard proposal.requirement.distinctFromRequester, !mayApprove else {
      return .init(mayApprove: mayApprove)
    }
    var requesters = ApprovalRules.Requesters()
    let history = RequestHistory(store: site.store)
    let changes = try await history.changes(of: run.record)
    requesters.includesUnknown = changes.isPartial
    for commit in changes.commits {
      let raw = try await history.rawCommit(commit)
      do throws(SignatureRefusal) {
        let signer = try await judge.verifier.signer(
          of: commit, raw, .notRevoked(at: await moment()))
        requesters.persons.insert(signer.person)
      } catch {
        // Whatever keeps the signature from naming somebody, nobody stands for the change.
        requesters.includesUnknown = true
      }
    }
    return requesters
  }
}
