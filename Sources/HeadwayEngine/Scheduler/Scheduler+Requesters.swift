internal import Git
internal import HeadwayCore

extension Scheduler {
  /// How far back the change of a brief is looked for in one revision's history.
  private static let historyLimit = 2_000

  /// Whose signatures brought in, or last changed, the brief of a run.
  func requesters(
    of run: BoardRun, for proposal: ProposalRecord, _ before: MainSnapshot, _ judge: ApprovalJudge
  ) async throws(EngineError) -> ApprovalRules.Requesters {
    let mayApprove = before.project.settings?.isSolo ?? false
    guard proposal.requirement.distinctFromRequester, !mayApprove else {
      return .init(mayApprove: mayApprove)
    }
    var requesters = ApprovalRules.Requesters()
    for commit in try await changes(of: run) {
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

  /// For each revision the nearest commit that changed the brief against all its parents.
  private func changes(of run: BoardRun) async throws(EngineError) -> [ObjectID] {
    let path = run.record.cause.path
    let revisions = run.record.revisions.map(\.commit)
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        let path = try RepositoryPath(checking: path)
        var found: [ObjectID] = []
        for revision in revisions {
          let history = try repository.history(
            from: ObjectID(revision), limit: Self.historyLimit)
          for id in history.commits {
            let commit = try repository.commit(id)
            let here = try repository.entry(at: path, in: commit.tree)?.id
            var isNew = true
            for parent in commit.parents {
              let there = try repository.entry(at: path, in: repository.commit(parent).tree)?.id
              if there == here { isNew = false }
            }
            if isNew {
              if !found.contains(id) { found.append(id) }
              break
            }
          }
        }
        return found
      }
    } catch { throw .git(error) }
  }
}
