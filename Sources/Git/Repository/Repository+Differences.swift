/// One path at which two trees differ; a rename is a removal and an addition.
package struct TreeChange: Hashable, Sendable {
  package let path: TreePath
  package let old: Side?
  package let new: Side?

  /// What stands at the path in one of the trees.
  package struct Side: Hashable, Sendable {
    package let mode: FileMode
    package let id: ObjectID

    package init(mode: FileMode, id: ObjectID) { (self.mode, self.id) = (mode, id) }
  }

  package init(path: TreePath, old: Side?, new: Side?) {
    (self.path, self.old, self.new) = (path, old, new)
  }
}

extension Repository {
  /// Visits every file that differs between two trees, in git's order, until `visit` ends it.
  ///
  /// Equal subtrees are not opened; `nil` stands for the empty tree.
  package borrowing func compare(
    _ old: ObjectID?, _ new: ObjectID?, below folder: RepositoryPath? = nil,
    limits: TreeLimits = TreeLimits(), visit: (TreeChange) throws(GitError) -> Bool
  ) throws(GitError) {
    guard old != new else { return }
    var budget = TreeBudget(limits)
    guard let folder else {
      _ = try compare(old, new, [], 0, &budget, visit)
      return
    }
    let (before, after) = (try side(old, at: folder), try side(new, at: folder))
    let (oldFile, newFile) = (before.file, after.file)
    if oldFile != newFile {
      let change = TreeChange(path: TreePath(folder), old: oldFile, new: newFile)
      guard try visit(change) else { return }
    }
    let prefix = folder.bytes + [UInt8(ascii: "/")]
    _ = try compare(
      before.folder, after.folder, prefix, folder.components.count, &budget, visit)
  }

  /// All files that differ between two trees, in git's order.
  package borrowing func changes(
    from old: ObjectID?, to new: ObjectID?, below folder: RepositoryPath? = nil,
    limits: TreeLimits = TreeLimits()
  ) throws(GitError) -> [TreeChange] {
    var changes: [TreeChange] = []
    try compare(old, new, below: folder, limits: limits) { change throws(GitError) in
      changes.append(change)
      return true
    }
    return changes
  }

  private borrowing func side(
    _ tree: ObjectID?, at folder: RepositoryPath
  ) throws(GitError) -> (file: TreeChange.Side?, folder: ObjectID?) {
    guard let tree, let entry = try entry(at: folder, in: tree) else { return (nil, nil) }
    if entry.mode == .tree { return (nil, entry.id) }
    return (TreeChange.Side(entry), nil)
  }

  private borrowing func compare(
    _ old: ObjectID?, _ new: ObjectID?, _ prefix: [UInt8], _ depth: Int,
    _ budget: inout TreeBudget, _ visit: (TreeChange) throws(GitError) -> Bool
  ) throws(GitError) -> Bool {
    guard old != new else { return true }
    let before = try entries(of: old)
    let after = try entries(of: new)
    var (left, right) = (0, 0)
    while left < before.count || right < after.count {
      let (one, other) = Self.pair(before, &left, after, &right)
      if one == other { continue }
      guard let name = one?.name ?? other?.name else { return true }
      let path = prefix + name
      try budget.spend(path: path, depth: depth + 1)
      if one?.mode == .tree || other?.mode == .tree {
        let inside = path + [UInt8(ascii: "/")]
        guard try compare(one?.id, other?.id, inside, depth + 1, &budget, visit) else {
          return false
        }
      } else {
        let change = TreeChange(
          path: TreePath(bytes: path), old: one.map(TreeChange.Side.init),
          new: other.map(TreeChange.Side.init))
        guard try visit(change) else { return false }
      }
    }
    return true
  }

  private borrowing func entries(of tree: ObjectID?) throws(GitError) -> [TreeEntry] {
    guard let tree else { return [] }
    return try self.tree(tree)
  }

  /// Takes the next entry of either list, or of both when they are of one name and sort.
  private static func pair(
    _ before: [TreeEntry], _ left: inout Int, _ after: [TreeEntry], _ right: inout Int
  ) -> (TreeEntry?, TreeEntry?) {
    let one = left < before.count ? before[left] : nil
    let other = right < after.count ? after[right] : nil
    if let one, other.map({ TreeEntry.precedes(one, $0) }) ?? true {
      left += 1
      return (one, nil)
    }
    if let other, one.map({ TreeEntry.precedes(other, $0) }) ?? true {
      right += 1
      return (nil, other)
    }
    left += 1
    right += 1
    return (one, other)
  }
}

extension TreeChange.Side {
  init(_ entry: TreeEntry) { self.init(mode: entry.mode, id: entry.id) }
}
