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
    let changes = try await changes(of: run)
    requesters.includesUnknown = changes.isPartial
    for commit in changes.commits {
      let raw = try await rawCommit(commit)
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

  private func rawCommit(_ id: ObjectID) async throws(EngineError) -> RawCommit {
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        try repository.rawCommit(id)
      }
    } catch { throw .git(error) }
  }

  /// For each revision the nearest commit that changed that file against all its parents; partial
  /// where there is none, since the file lay elsewhere then.
  private func changes(
    of run: BoardRun
  ) async throws(EngineError) -> (commits: [ObjectID], isPartial: Bool) {
    let path = run.record.cause.file?.text ?? run.record.cause.path
    let revisions = run.record.revisions.map(\.commit)
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        let path = try RepositoryPath(checking: path)
        var (found, isPartial) = ([ObjectID](), false)
        for revision in revisions {
          var isFound = false
          let history = try repository.history(
            from: ObjectID(revision), limit: Self.historyLimit)
          for id in history.commits {
            let commit = try repository.commit(id)
            let here = try repository.entry(at: path, in: commit.tree)?.id
            var isNew = here != nil
            for parent in commit.parents {
              let there = try repository.entry(at: path, in: repository.commit(parent).tree)?.id
              if there == here { isNew = false }
            }
            if isNew {
              if !found.contains(id) { found.append(id) }
              isFound = true
              break
            }
          }
          if !isFound { isPartial = true }
        }
        return (found, isPartial)
      }
    } catch { throw .git(error) }
  }
}
