internal import Git
internal import HeadwayCore

/// The commits reachable from main's new tip and not from the tip judged before.
struct NewHistory: Sendable {
  /// Parents before children.
  let commits: [Node]
  let tip: Node
  /// Whether the old tip is part of the new tip's history.
  let descends: Bool
  private let places: [ObjectID: Int]
  /// The trees of parents that were judged before.
  private let known: [ObjectID: ObjectID]

  struct Node: Sendable {
    let id: ObjectID
    let tree: ObjectID
    let parents: [ObjectID]
  }

  static let commitLimit = 10_000
  static let parentLimit = 256

  init(
    from old: ObjectID?, to new: ObjectID, in repository: borrowing Repository
  ) throws(ApprovalError) {
    let history: History
    do {
      history = try repository.history(
        from: new, excluding: old.map { [$0] } ?? [], order: .oldestFirst,
        limit: Self.commitLimit)
      descends = if let old { try repository.isAncestor(old, of: new) } else { true }
    } catch {
      throw .git(error)
    }
    guard !history.isTruncated else {
      throw .overLimit(CommitID(new), "more than \(Self.commitLimit) new commits")
    }
    var commits: [Node] = []
    commits.reserveCapacity(history.commits.count)
    var places: [ObjectID: Int] = [:]
    for id in history.commits {
      places[id] = commits.count
      commits.append(try Self.node(id, repository))
    }
    var known: [ObjectID: ObjectID] = [:]
    for parent in commits.flatMap(\.parents) where places[parent] == nil && known[parent] == nil {
      known[parent] = try Self.node(parent, repository).tree
    }
    if let place = places[new] {
      tip = commits[place]
    } else {
      tip = try Self.node(new, repository)
    }
    (self.commits, self.places, self.known) = (commits, places, known)
    if let wide = commits.first(where: { $0.parents.count > Self.parentLimit }) {
      throw .overLimit(CommitID(wide.id), "\(wide.parents.count) parents")
    }
  }

  private static func node(
    _ id: ObjectID, _ repository: borrowing Repository
  ) throws(ApprovalError) -> Node {
    let raw: RawCommit
    do { raw = try repository.rawCommit(id) } catch { throw .git(error) }
    return Node(id: id, tree: raw.tree, parents: raw.parents)
  }

  subscript(id: ObjectID) -> Node? { places[id].map { commits[$0] } }

  /// The tree of a commit of this stretch, or of one right before it.
  func tree(of id: ObjectID) -> ObjectID? { self[id]?.tree ?? known[id] }
}

/// Where one path came to main and went from it, in a stretch of history.
struct RecordTrace: Sendable {
  let atTip: ListedFile?
  /// Commits, other than the proposal, that hold the path while none of their parents does.
  private(set) var introductions: [ObjectID] = []
  /// The commit by which main itself got the path; `nil` when it had it before, or has it not.
  private(set) var landing: ObjectID?
  /// Commits that lack the record while a parent has it.
  private(set) var removals: [ObjectID] = []
  /// What the path holds in each commit at hand.
  private let found: [ObjectID: ListedFile]
  private let seen: Set<ObjectID>
  private let proposal: ObjectID

  init(
    of record: PinnedFile, proposal: ObjectID, in history: NewHistory,
    reading lookup: inout TreeLookup, _ repository: borrowing Repository
  ) throws(ApprovalError) {
    var found: [ObjectID: ListedFile] = [:]
    var byFolder: [ObjectID: ListedFile?] = [:]
    let parents = Set(history.commits.flatMap(\.parents))
    for id in Set(history.commits.map(\.id)).union(parents).union([history.tip.id]) {
      guard let tree = id == history.tip.id ? history.tip.tree : history.tree(of: id) else {
        continue
      }
      do {
        // Most commits leave `approvals/` as it was.
        let folder = try lookup.entry(at: "approvals", in: tree, repository)
        guard let folder, folder.mode == .tree else { continue }
        if let known = byFolder[folder.id] {
          found[id] = known
        } else {
          let file = try lookup.entry(at: record.path.text, in: tree, repository)
            .map { ListedFile($0) }
          byFolder[folder.id] = .some(file)
          found[id] = file
        }
      } catch {
        throw .unreadable(CommitID(id), "\(error)")
      }
    }
    self.found = found
    self.proposal = proposal
    atTip = found[history.tip.id]
    var seen: Set<ObjectID> = []
    for commit in history.commits {
      let before = commit.parents.filter { $0 != proposal }
      if before.contains(where: { found[$0] != nil || seen.contains($0) }) {
        seen.insert(commit.id)
      }
    }
    self.seen = seen
    trace(record, history)
  }

  private mutating func trace(_ record: PinnedFile, _ history: NewHistory) {
    for commit in history.commits where commit.id != proposal {
      let others = commit.parents.filter { $0 != proposal }
      if found[commit.id] != nil, !others.contains(where: { found[$0] != nil }) {
        introductions.append(commit.id)
      }
      let stood = commit.parents.enumerated().contains { place, parent in
        // A merge that leaves out the proposal it merges removes nothing from main.
        found[parent]?.blob == record.blob && (parent != proposal || place == 0)
      }
      if stood, found[commit.id]?.blob != record.blob { removals.append(commit.id) }
    }
    landing = Self.landing(found, history)
  }

  private static func landing(_ found: [ObjectID: ListedFile], _ history: NewHistory) -> ObjectID? {
    guard found[history.tip.id] != nil else { return nil }
    var current = history[history.tip.id]
    while let commit = current {
      guard let first = commit.parents.first, found[first] != nil else { return commit.id }
      current = history[first]
    }
    return nil
  }

  /// What stands at the record's path in a commit, and where else it stood before.
  func stand(of commit: NewHistory.Node) -> (found: ListedFile?, parents: [ObjectID], seen: Bool) {
    (
      found[commit.id], commit.parents.filter { $0 != proposal && found[$0] != nil },
      seen.contains(commit.id)
    )
  }
}
