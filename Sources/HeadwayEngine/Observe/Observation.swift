package import Git
package import HeadwayCore

/// What became of main since it was last judged.
package struct Observation: Hashable, Sendable {
  /// The tip up to which main was judged before; `nil` at the ledger's first tick.
  package let from: CommitID?
  package let to: CommitID
  package let history: History
  /// Briefs whose blob differs between the two tips; the net change counts.
  package let briefs: [BriefChange]

  package enum History: Hashable, Sendable {
    case forward
    /// Main was rewritten; `dropped` are the commits that only the old tip has.
    case rewound(dropped: [CommitID])
  }

  /// A file that a pipeline watches.
  package struct FileChange: Hashable, Sendable {
    package let path: FilePath
    /// `nil` when there was no such file.
    package let old: BlobID?
    /// `nil` when the file is gone.
    package let new: BlobID?
  }

  package struct BriefChange: Hashable, Sendable {
    package let path: FilePath
    /// `nil` when the file is gone.
    package let blob: BlobID?
    /// It did not change itself; what kept it from becoming a run may have.
    package let isSecondLook: Bool

    package init(path: FilePath, blob: BlobID?, isSecondLook: Bool = false) {
      self.path = path
      self.blob = blob
      self.isSecondLook = isSecondLook
    }
  }
}

/// A stretch of time in which the schedules on main were those of one commit.
package struct ScheduleEra: Hashable, Sendable {
  /// `nil` for the schedules that stood when main was last observed.
  package let from: Instant?
  package let commit: CommitID

  package init(from: Instant?, commit: CommitID) {
    self.from = from
    self.commit = commit
  }
}

/// Compares main with what was last judged.
package struct Observer: Sendable {
  /// One fold looks at no more commits than this.
  static let commitLimit = 10_000
  static let changeLimit = TreeLimits(entries: 20_000, depth: 32, pathBytes: 1_024)

  let store: GitStore

  package init(store: GitStore) { self.store = store }

  /// The tip of main, or `nil` while the branch does not exist.
  package func tip(of name: ReferenceName) async throws(EngineError) -> CommitID? {
    do {
      return try await store.perform { (repository) throws(GitError) in
        guard !repository.isShallow else {
          throw GitError(refusing: "this clone is shallow: git fetch --unshallow")
        }
        return try repository.resolve(name).map(CommitID.init)
      }
    } catch { throw .git(error) }
  }

  /// How `to` differs from what was judged; costs what changed.
  package func observe(
    from: CommitID?, to: CommitID
  ) async throws(EngineError) -> Observation {
    do {
      return try await store.perform { (repository) throws(GitError) in
        try Self.observe(from: from, to: to, in: repository)
      }
    } catch { throw .git(error) }
  }

  private static func observe(
    from: CommitID?, to: CommitID, in repository: borrowing Repository
  ) throws(GitError) -> Observation {
    let newTree = try repository.commit(ObjectID(to)).tree
    guard let from else {
      return Observation(
        from: nil, to: to, history: .forward,
        briefs: try briefs(from: nil, to: newTree, in: repository))
    }
    let (old, new) = (try ObjectID(from), try ObjectID(to))
    var history = Observation.History.forward
    if try !repository.isAncestor(old, of: new) {
      let dropped = try repository.history(from: old, excluding: [new], limit: commitLimit)
      history = .rewound(dropped: dropped.commits.map(CommitID.init))
    } else if try repository.history(from: new, excluding: [old], limit: commitLimit).isTruncated {
      throw GitError(refusing: "more than \(commitLimit) commits since \(from.short)")
    }
    return Observation(
      from: from, to: to, history: history,
      briefs: try briefs(from: repository.commit(old).tree, to: newTree, in: repository))
  }

  /// The files that match one of `patterns` and differ between the two tips.
  ///
  /// What stood there when the ledger began is no change: a file asks for nothing by being there.
  func changes(
    from: CommitID, to: CommitID, matching patterns: [PathPattern]
  ) async throws(EngineError) -> [Observation.FileChange] {
    do {
      return try await store.perform { (repository) throws(GitError) in
        let before = try repository.commit(ObjectID(from)).tree
        let after = try repository.commit(ObjectID(to)).tree
        var found: [HeadwayCore.FilePath: Observation.FileChange] = [:]
        for pattern in Set(patterns) {
          let folder = try pattern.folder.map { (path) throws(GitError) in
            try RepositoryPath(checking: path)
          }
          try repository.compare(before, after, below: folder, limits: Self.changeLimit) {
            change throws(GitError) in
            guard let path = HeadwayCore.FilePath(checked: change.path.description),
              pattern.matches(path)
            else { return true }
            found[path] = Observation.FileChange(
              path: path, old: change.old.flatMap(Self.blob), new: change.new.flatMap(Self.blob))
            return true
          }
        }
        return found.values.sorted { $0.path < $1.path }
      }
    } catch { throw .git(error) }
  }

  private static func blob(_ side: TreeChange.Side) -> BlobID? {
    side.mode == .blob || side.mode == .executable ? BlobID(side.id) : nil
  }

  /// Since when main held which schedules, between what was judged and a later tip.
  ///
  /// The commits say when, within what can be known: none was there before main was last
  /// observed, and none is from the future.
  func eras(
    from: CommitID, observed: Instant, to: CommitID, now: Instant
  ) async throws(EngineError) -> [ScheduleEra] {
    do {
      return try await store.perform { (repository) throws(GitError) in
        let folder = try RepositoryPath(checking: String(Schedule.folder.dropLast()))
        var last = try repository.entry(
          at: folder, in: repository.commit(ObjectID(from)).tree)?.id
        var time = observed
        var eras = [ScheduleEra(from: nil, commit: from)]
        let history = try repository.history(
          from: ObjectID(to), excluding: [ObjectID(from)], order: .oldestFirst,
          firstParentOnly: true, limit: Self.commitLimit)
        for id in history.commits {
          let commit = try repository.commit(id)
          time = min(max(time, Instant(milliseconds: commit.committer.milliseconds)), now)
          let tree = try repository.entry(at: folder, in: commit.tree)?.id
          guard tree != last else { continue }
          eras.append(ScheduleEra(from: time, commit: CommitID(id)))
          last = tree
        }
        return eras
      }
    } catch { throw .git(error) }
  }

  private static func briefs(
    from old: ObjectID?, to new: ObjectID, in repository: borrowing Repository
  ) throws(GitError) -> [Observation.BriefChange] {
    var found: [Observation.BriefChange] = []
    let folder = try RepositoryPath(checking: "briefs")
    try repository.compare(old, new, below: folder, limits: changeLimit) {
      change throws(GitError) in
      let path = HeadwayCore.FilePath(checked: change.path.description)
      guard let path, ProjectFile(at: path) == .brief else { return true }
      let blob = change.new.flatMap { $0.mode == .blob ? BlobID($0.id) : nil }
      found.append(.init(path: path, blob: blob))
      return true
    }
    return found
  }

  /// The paths that `commits` changed against their first parents and that differ from them in
  /// `tip`: what would be lost if the commits were.
  func paths(
    touchedBy commits: [CommitID], notIn tip: CommitID
  ) async throws(EngineError) -> [HeadwayCore.FilePath] {
    do {
      return try await store.perform { (repository) throws(GitError) in
        let tree = try repository.commit(ObjectID(tip)).tree
        var touched: Set<HeadwayCore.FilePath> = []
        for name in commits {
          let commit = try repository.commit(ObjectID(name))
          let parent = try commit.parents.first.map { (id) throws(GitError) in
            try repository.commit(id).tree
          }
          try repository.compare(parent, commit.tree, limits: Self.changeLimit) {
            change throws(GitError) in
            guard let path = HeadwayCore.FilePath(checked: change.path.description) else {
              return true
            }
            let now = try repository.entry(at: RepositoryPath(checking: path.text), in: tree)
            if now?.id != change.new?.id { touched.insert(path) }
            return true
          }
        }
        return touched.sorted()
      }
    } catch { throw .git(error) }
  }
}
