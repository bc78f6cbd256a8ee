/// An object that exists in memory only.
struct PendingObject: Sendable {
  let id: ObjectID
  let kind: ObjectKind
  let bytes: [UInt8]
  /// The tree that this one is a new version of, from which it differs in little.
  var predecessor: ObjectID?
}

/// What one append wants to add.
struct TreeUpdate: Sendable {
  let root: ObjectID
  var objects: [PendingObject] = []
  var parsed: [ObjectID: [TreeEntry]] = [:]
  /// Trees that have a newer version now.
  var outdated: [ObjectID] = []
}

/// The state of a `CommitQueue`.
struct PendingHistory: Sendable {
  private(set) var tip: ObjectID?
  private(set) var tree: ObjectID?
  private(set) var waitingCommits = 0
  var isFlushing = false
  /// Where the reference stands according to the last flush.
  private var base: ObjectID?
  /// In the order they were made, so that a tree comes after the one it is a new version of.
  private var objects: [PendingObject] = []
  private var places: [ObjectID: Int] = [:]
  private var parsed: [ObjectID: [TreeEntry]] = [:]

  private static let parsedLimit = 2048

  /// What a flush has taken upon itself.
  struct Batch: Sendable {
    let base: ObjectID?
    let tip: ObjectID
    let objects: [PendingObject]
    let commits: Int
  }

  init(tip: ObjectID?, tree: ObjectID?) { (self.tip, base, self.tree) = (tip, tip, tree) }

  func object(_ id: ObjectID, _ kind: ObjectKind) -> [UInt8]? {
    guard let place = places[id], objects[place].kind == kind else { return nil }
    return objects[place].bytes
  }

  /// The entries of a tree, from memory where it has been seen before.
  mutating func entries(
    of id: ObjectID, in repository: borrowing Repository
  ) throws(GitError) -> [TreeEntry] {
    if let known = parsed[id] { return known }
    let entries: [TreeEntry]
    if let bytes = object(id, .tree) {
      guard let read = TreeFormat.entries(of: bytes) else { throw GitError(.readTree, .damaged) }
      entries = read
    } else {
      entries = id == TreeFormat.emptyTree ? [] : try repository.tree(id)
    }
    if parsed.count >= Self.parsedLimit { parsed.removeAll(keepingCapacity: true) }
    parsed[id] = entries
    return entries
  }

  mutating func accept(_ update: TreeUpdate, commit: PendingObject) {
    for id in update.outdated { parsed[id] = nil }
    parsed.merge(update.parsed) { $1 }
    for object in update.objects { add(object) }
    add(commit)
    (tip, tree) = (commit.id, update.root)
    waitingCommits += 1
  }

  mutating func beginFlush() throws(GitError) -> Batch? {
    guard !isFlushing else {
      throw GitError(.flush, .refused("a flush of this queue is under way"))
    }
    guard waitingCommits > 0, let tip else { return nil }
    isFlushing = true
    return Batch(base: base, tip: tip, objects: objects, commits: waitingCommits)
  }

  mutating func endFlush(_ batch: Batch, _ move: ReferenceMove) {
    isFlushing = false
    guard move == .moved else { return }
    base = batch.tip
    waitingCommits -= batch.commits
    objects.removeFirst(batch.objects.count)
    places.removeAll(keepingCapacity: true)
    for (place, object) in objects.enumerated() { places[object.id] = place }
  }

  private mutating func add(_ object: PendingObject) {
    guard places[object.id] == nil else { return }
    places[object.id] = objects.count
    objects.append(object)
  }
}
