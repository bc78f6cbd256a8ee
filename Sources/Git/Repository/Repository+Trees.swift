/// How much of a tree a caller is willing to look at: eight objects can hold ten million paths.
package struct TreeLimits: Hashable, Sendable {
  package var entries: Int
  package var depth: Int
  package var pathBytes: Int

  package init(entries: Int = 20_000, depth: Int = 32, pathBytes: Int = 1024) {
    (self.entries, self.depth, self.pathBytes) = (entries, depth, pathBytes)
  }
}

/// A file or submodule somewhere below a tree.
package struct TreeFile: Hashable, Sendable {
  package let path: TreePath
  package let mode: FileMode
  package let id: ObjectID
}

extension Repository {
  /// The entries of a tree, in git's order.
  package borrowing func tree(_ id: ObjectID) throws(GitError) -> [TreeEntry] {
    let bytes = try content(of: id, as: .tree, .readTree)
    guard let entries = TreeFormat.entries(of: bytes) else {
      throw GitError(.readTree, .damaged, "tree \(id) is not in the form git writes")
    }
    return entries
  }

  /// What stands at `path` below `tree`, or `nil` when nothing does.
  package borrowing func entry(
    at path: RepositoryPath, in tree: ObjectID
  ) throws(GitError) -> TreeEntry? {
    var folder = tree
    let components = path.components
    for component in components.dropLast() {
      let found = try self.tree(folder).entry(named: component)
      guard let found, found.mode == .tree else { return nil }
      folder = found.id
    }
    guard let name = components.last else { return nil }
    return try self.tree(folder).entry(named: name)
  }

  /// The content of the file at `path`, or `nil` when there is no file.
  package borrowing func file(
    at path: RepositoryPath, in tree: ObjectID, limit: Int
  ) throws(GitError) -> [UInt8]? {
    guard let entry = try entry(at: path, in: tree), entry.mode.isFile else { return nil }
    return try blob(entry.id, limit: limit)
  }

  /// Visits every file below `tree` in git's order, until `visit` returns `false`.
  package borrowing func walk(
    _ tree: ObjectID, below folder: RepositoryPath? = nil, limits: TreeLimits = TreeLimits(),
    visit: (TreeFile) throws(GitError) -> Bool
  ) throws(GitError) {
    var start = tree
    if let folder {
      guard let entry = try entry(at: folder, in: tree), entry.mode == .tree else { return }
      start = entry.id
    }
    var budget = TreeBudget(limits)
    let prefix = folder.map { $0.bytes + [UInt8(ascii: "/")] } ?? []
    _ = try walk(start, prefix, folder?.components.count ?? 0, &budget, visit)
  }

  /// Every file below `tree`, in git's order.
  package borrowing func files(
    in tree: ObjectID, below folder: RepositoryPath? = nil, limits: TreeLimits = TreeLimits()
  ) throws(GitError) -> [TreeFile] {
    var files: [TreeFile] = []
    try walk(tree, below: folder, limits: limits) { file throws(GitError) in
      files.append(file)
      return true
    }
    return files
  }

  private borrowing func walk(
    _ id: ObjectID, _ prefix: [UInt8], _ depth: Int, _ budget: inout TreeBudget,
    _ visit: (TreeFile) throws(GitError) -> Bool
  ) throws(GitError) -> Bool {
    for entry in try tree(id) {
      let path = prefix + entry.name
      try budget.spend(path: path, depth: depth + 1)
      if entry.mode == .tree {
        let inside = path + [UInt8(ascii: "/")]
        guard try walk(entry.id, inside, depth + 1, &budget, visit) else { return false }
      } else {
        let file = TreeFile(path: TreePath(bytes: path), mode: entry.mode, id: entry.id)
        guard try visit(file) else { return false }
      }
    }
    return true
  }
}

/// What is left of a caller's limits.
struct TreeBudget {
  private let limits: TreeLimits
  private var spent = 0

  init(_ limits: TreeLimits) { self.limits = limits }

  mutating func spend(path: [UInt8], depth: Int) throws(GitError) {
    spent += 1
    guard spent <= limits.entries else {
      throw GitError(
        .readTree, .overLimit(limits.entries), "more than \(limits.entries) tree entries")
    }
    guard depth <= limits.depth else {
      throw GitError(
        .readTree, .overLimit(limits.depth), "folders nest deeper than \(limits.depth)")
    }
    guard path.count <= limits.pathBytes else {
      throw GitError(
        .readTree, .overLimit(limits.pathBytes), "a path is longer than \(limits.pathBytes) bytes")
    }
  }
}
