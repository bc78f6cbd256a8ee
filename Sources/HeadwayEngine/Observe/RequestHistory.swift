internal import Git
internal import HeadwayCore

/// Looks for the commits that brought in, or last changed, what asks for a run.
struct RequestHistory: Sendable {
  let store: GitStore

  /// How far back the change of a file is looked for in one revision's history.
  private static let limit = 2_000

  /// For each revision the nearest commit that changed that file against all its parents; partial
  /// where there is none, since the file lay elsewhere then.
  func changes(
    of run: RunRecord
  ) async throws(EngineError) -> (commits: [ObjectID], isPartial: Bool) {
    var (found, isPartial) = ([ObjectID](), false)
    for revision in run.revisions {
      guard let commit = try await change(of: run, at: revision.commit) else {
        isPartial = true
        continue
      }
      if !found.contains(commit) { found.append(commit) }
    }
    return (found, isPartial)
  }

  /// The nearest commit at or before `commit` that changed what asks for the run.
  func change(of run: RunRecord, at commit: CommitID) async throws(EngineError) -> ObjectID? {
    let path = run.cause.file?.text ?? run.cause.path
    do {
      return try await store.perform { (repository) throws(GitError) in
        let path = try RepositoryPath(checking: path)
        guard repository.contains(try ObjectID(commit)) else { return nil }
        let history = try repository.history(from: ObjectID(commit), limit: Self.limit)
        for id in history.commits {
          let commit = try repository.commit(id)
          let here = try repository.entry(at: path, in: commit.tree)?.id
          var isNew = here != nil
          for parent in commit.parents {
            let there = try repository.entry(at: path, in: repository.commit(parent).tree)?.id
            if there == here { isNew = false }
          }
          if isNew { return id }
        }
        return nil
      }
    } catch { throw .git(error) }
  }

  func rawCommit(_ id: ObjectID) async throws(EngineError) -> RawCommit {
    do {
      return try await store.perform { (repository) throws(GitError) in
        try repository.rawCommit(id)
      }
    } catch { throw .git(error) }
  }
}
