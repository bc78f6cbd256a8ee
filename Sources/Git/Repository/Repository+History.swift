internal import CLibgit2

/// A stretch of history.
package struct History: Hashable, Sendable {
  package let commits: [ObjectID]
  /// Whether there are more commits than the caller asked for.
  package let isTruncated: Bool

  package init(commits: [ObjectID], isTruncated: Bool) {
    (self.commits, self.isTruncated) = (commits, isTruncated)
  }

  /// The order commits come in; children never stand on the wrong side of their parents.
  package enum Order: Hashable, Sendable { case newestFirst, oldestFirst }
}

extension Repository {
  /// The commits reachable from `tip` and from none of `excluded`.
  package borrowing func history(
    from tip: ObjectID, excluding excluded: [ObjectID] = [], order: History.Order = .newestFirst,
    firstParentOnly: Bool = false, limit: Int = .max
  ) throws(GitError) -> History {
    if firstParentOnly, excluded.isEmpty, order == .newestFirst {
      return try line(from: tip, limit: limit)
    }
    let walk = try Handle(.readHistory, free: { git_revwalk_free($0) }) {
      git_revwalk_new(&$0, handle.pointer)
    }
    var sorting = GIT_SORT_TOPOLOGICAL.rawValue | GIT_SORT_TIME.rawValue
    if order == .oldestFirst { sorting |= GIT_SORT_REVERSE.rawValue }
    try check(git_revwalk_sorting(walk.pointer, sorting), .readHistory)
    if firstParentOnly {
      try check(git_revwalk_simplify_first_parent(walk.pointer), .readHistory)
    }
    var oid = tip.oid
    try check(git_revwalk_push(walk.pointer, &oid), .readHistory)
    for id in excluded {
      oid = id.oid
      try check(git_revwalk_hide(walk.pointer, &oid), .readHistory)
    }
    var commits: [ObjectID] = []
    while true {
      let status = git_revwalk_next(&oid, walk.pointer)
      if status == GIT_ITEROVER.rawValue { break }
      try check(status, .readHistory)
      guard commits.count < limit else { return History(commits: commits, isTruncated: true) }
      guard let id = ObjectID(oid) else { throw GitError(.readHistory, .damaged) }
      commits.append(id)
    }
    git_error_clear()
    return History(commits: commits, isTruncated: false)
  }

  /// From parent to first parent; a sorted walk loads all of history before it tells its first
  /// commit.
  private borrowing func line(from tip: ObjectID, limit: Int) throws(GitError) -> History {
    var commits: [ObjectID] = []
    var next: ObjectID? = tip
    while let id = next {
      guard commits.count < limit else { return History(commits: commits, isTruncated: true) }
      next = try rawCommit(id).parents.first
      commits.append(id)
    }
    return History(commits: commits, isTruncated: false)
  }

  /// A best common ancestor, or `nil` when the histories share nothing.
  package borrowing func mergeBase(
    of one: ObjectID, and other: ObjectID
  ) throws(GitError) -> ObjectID? {
    var (base, one, other) = (git_oid(), one.oid, other.oid)
    let status = git_merge_base(&base, handle.pointer, &one, &other)
    if status == GIT_ENOTFOUND.rawValue {
      git_error_clear()
      return nil
    }
    try check(status, .readHistory)
    return ObjectID(base)
  }

  /// Whether `descendant` is `ancestor` or was built upon it.
  package borrowing func isAncestor(
    _ ancestor: ObjectID, of descendant: ObjectID
  ) throws(GitError) -> Bool {
    if ancestor == descendant { return true }
    var (one, other) = (descendant.oid, ancestor.oid)
    let status = git_graph_descendant_of(handle.pointer, &one, &other)
    try check(status, .readHistory)
    return status == 1
  }

  /// How many commits `tip` has that `base` lacks, and the other way round.
  package borrowing func distance(
    from base: ObjectID, to tip: ObjectID
  ) throws(GitError) -> (ahead: Int, behind: Int) {
    var (ahead, behind, one, other) = (0, 0, tip.oid, base.oid)
    try check(
      git_graph_ahead_behind(&ahead, &behind, handle.pointer, &one, &other), .readHistory)
    return (ahead, behind)
  }
}
