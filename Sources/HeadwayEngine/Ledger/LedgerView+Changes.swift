internal import Git
package import HeadwayCore

extension LedgerView {
  /// The records that are new or different since the ledger stood at `commit`; `nil` when that
  /// commit is no part of this ledger's history.
  package func changes(since commit: CommitID) async throws(EngineError) -> [LedgerFile]? {
    let (tree, tip) = (tree, tip)
    return try await site.store.perform { (repository) throws(EngineError) -> [LedgerFile]? in
      let before: ObjectID
      do throws(GitError) {
        let (old, new) = (try ObjectID(commit), try ObjectID(tip))
        guard repository.contains(old) else { return nil }
        // An ancestor in git's sense is never the commit itself.
        guard old != new else { return [] }
        guard try repository.isAncestor(old, of: new) else { return nil }
        before = try repository.commit(old).tree
      } catch { throw .git(error) }
      return try LedgerReader.changes(from: before, to: tree, in: repository)
    }
  }

  /// Whether `commit` is the ledger's tip or in its history.
  package func holds(_ commit: CommitID) async throws(EngineError) -> Bool {
    guard commit != tip else { return true }
    let tip = tip
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        try repository.isAncestor(ObjectID(commit), of: ObjectID(tip))
      }
    } catch { throw .git(error) }
  }

  /// The last commit of the ledger that was written by `instant`; `nil` when it began later.
  package func commit(before instant: Instant) async throws(EngineError) -> CommitID? {
    let tip = tip
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        // A ledger is one line of commits, and time never runs backwards in it.
        var next: ObjectID? = try ObjectID(tip)
        while let id = next {
          let commit = try repository.commit(id)
          if commit.committer.milliseconds <= instant.milliseconds { return CommitID(id) }
          next = commit.parents.first
        }
        return nil
      }
    } catch { throw .git(error) }
  }

  /// When the ledger's tip was written.
  package func written() async throws(EngineError) -> Instant {
    let tip = tip
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        Instant(milliseconds: try repository.commit(ObjectID(tip)).committer.milliseconds)
      }
    } catch { throw .git(error) }
  }

  /// The run at exactly this id, as it stood at the ledger's tip, with what it has cost so far.
  package func cost(of run: BoardRun) async throws(EngineError) -> Money? {
    var sum: Money?
    for task in run.tasksInOrder {
      for attempt in try await attempts(of: task) {
        guard let cost = attempt.cost, cost.micros > 0 else { continue }
        sum = sum.map { $0.adding(cost) ?? $0 } ?? cost
      }
    }
    return sum
  }

  /// The machine that wrote the ledger's last commit: the one that schedules.
  package func scheduler() async throws(EngineError) -> String? {
    let email = try await commits(of: nil, limit: 1).first?.committer.email
    return email.flatMap { text in
      text.split(separator: "@", maxSplits: 1).last.map(String.init)
    }
  }
}
