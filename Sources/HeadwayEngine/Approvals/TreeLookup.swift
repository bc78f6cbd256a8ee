internal import Git
internal import HeadwayCore

/// Reads what stands at paths of trees: each tree once, and none of absurd size.
struct TreeLookup {
  private var trees: [ObjectID: [TreeEntry]] = [:]

  /// A root with a hundred thousand entries still fits.
  static let treeByteLimit = 8 << 20
  static let treesKept = 4_096

  /// The entries of a tree, or why it is not read.
  mutating func entries(
    of tree: ObjectID, in repository: borrowing Repository
  ) throws(ApprovalError) -> [TreeEntry] {
    if let known = trees[tree] { return known }
    let byteCount: Int
    do { byteCount = try repository.header(of: tree).byteCount } catch { throw .git(error) }
    guard byteCount <= Self.treeByteLimit else {
      throw .oversized("tree \(tree) has \(byteCount) bytes")
    }
    let read: [TreeEntry]
    do { read = try repository.tree(tree) } catch { throw .git(error) }
    if trees.count >= Self.treesKept { trees.removeAll(keepingCapacity: true) }
    trees[tree] = read
    return read
  }

  /// What stands at the exact bytes of a path, folders included.
  mutating func entry(
    at path: String, in tree: ObjectID, _ repository: borrowing Repository
  ) throws(ApprovalError) -> TreeEntry? {
    var folder = tree
    let components = path.utf8.split(separator: UInt8(ascii: "/"))
    for (depth, component) in components.enumerated() {
      let found = try entries(of: folder, in: repository).entry(named: component)
      guard let found, depth < components.count - 1 else { return found }
      guard found.mode == .tree else { return nil }
      folder = found.id
    }
    return nil
  }

  mutating func files(
    at paths: [HeadwayCore.FilePath], in tree: ObjectID, _ repository: borrowing Repository
  ) throws(ApprovalError) -> [HeadwayCore.FilePath: ListedFile] {
    var files: [HeadwayCore.FilePath: ListedFile] = [:]
    for path in paths {
      if let entry = try entry(at: path.text, in: tree, repository) {
        files[path] = ListedFile(entry)
      }
    }
    return files
  }

  /// Another entry beside the path or one of its folders that some file system takes for it.
  mutating func collision(
    with path: HeadwayCore.FilePath, in tree: ObjectID, _ repository: borrowing Repository
  ) throws(ApprovalError) -> Introduction.Collision? {
    var folder: ObjectID? = tree
    var prefix = ""
    for component in path.text.utf8.split(separator: UInt8(ascii: "/")) {
      guard let current = folder else { return nil }
      let folded = PathFolding.fold(component)
      var next: ObjectID?
      for entry in try entries(of: current, in: repository) {
        if entry.name.elementsEqual(component) {
          next = entry.mode == .tree ? entry.id : nil
        } else if PathFolding.fold(entry.name) == folded {
          return Introduction.Collision(
            path: path.text, other: prefix + TreePath(bytes: entry.name).description)
        }
      }
      folder = next
      prefix += String(decoding: Array(component), as: UTF8.self) + "/"
    }
    return nil
  }
}

extension ListedFile {
  /// A folder is told apart from every file by being no plain one.
  init(_ entry: TreeEntry) { self.init(mode: entry.mode, id: entry.id) }

  init(_ side: TreeChange.Side) { self.init(mode: side.mode, id: side.id) }

  private init(mode: Git.FileMode, id: ObjectID) {
    self.init(mode: HeadwayCore.FileMode(rawValue: mode.text) ?? .gitlink, blob: BlobID(id))
  }
}
