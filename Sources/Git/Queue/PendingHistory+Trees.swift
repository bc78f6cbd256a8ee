extension PendingHistory {
  /// Works `changes` into the tree of the last commit, without changing the queue.
  mutating func update(
    _ changes: [RepositoryPath: FileChange], in repository: borrowing Repository
  ) throws(GitError) -> TreeUpdate {
    let wanted = try WantedFolder(changes)
    var making = TreeUpdate(root: tree ?? TreeFormat.emptyTree)
    let root = try rewrite(tree, wanted, [], repository, &making)
    if root == nil { making.objects.append(.emptyTree) }
    return TreeUpdate(
      root: root ?? TreeFormat.emptyTree, objects: making.objects, parsed: making.parsed,
      outdated: making.outdated)
  }

  /// The id of the folder after the changes, or `nil` when nothing is left in it.
  private mutating func rewrite(
    _ old: ObjectID?, _ wanted: WantedFolder, _ path: [UInt8],
    _ repository: borrowing Repository, _ making: inout TreeUpdate
  ) throws(GitError) -> ObjectID? {
    let before = if let old { try entries(of: old, in: repository) } else { [TreeEntry]() }
    var entries = before
    for (name, change) in wanted.children.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let inside = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
      try replace(name, by: change, in: &entries, inside, repository, &making)
    }
    guard !entries.isEmpty else { return nil }
    if entries == before { return old }
    let bytes = TreeFormat.bytes(of: entries)
    let id = try Repository.id(of: bytes, as: .tree)
    making.objects.append(PendingObject(id: id, kind: .tree, bytes: bytes, predecessor: old))
    making.parsed[id] = entries
    if let old { making.outdated.append(old) }
    return id
  }

  private mutating func replace(
    _ name: [UInt8], by wanted: WantedFolder, in entries: inout [TreeEntry], _ path: [UInt8],
    _ repository: borrowing Repository, _ making: inout TreeUpdate
  ) throws(GitError) {
    var (file, hasFile) = entries.place(of: name, isTree: false)
    var (folder, hasFolder) = entries.place(of: name, isTree: true)
    if wanted.change == .delete {
      if hasFile { entries.remove(at: file) } else if hasFolder { entries.remove(at: folder) }
      (file, hasFile) = entries.place(of: name, isTree: false)
      (folder, hasFolder) = entries.place(of: name, isTree: true)
    }
    if !wanted.children.isEmpty {
      if hasFile, wanted.hasWritesBelow { throw Self.mixed(path) }
      let old = hasFolder ? entries[folder].id : nil
      let new = try rewrite(old, wanted, path, repository, &making)
      let entry = new.map { TreeEntry(name: name, mode: .tree, id: $0) }
      switch (hasFolder, entry) {
      case (true, let entry?): entries[folder] = entry
      case (true, nil): entries.remove(at: folder)
      case (false, let entry?): entries.insert(entry, at: folder)
      case (false, nil): break
      }
      hasFolder = entry != nil
      if wanted.change == nil { return }
      (file, hasFile) = entries.place(of: name, isTree: false)
    }
    guard let (id, mode) = try written(wanted.change, repository, &making) else { return }
    guard !hasFolder else { throw Self.mixed(path) }
    if hasFile { entries.remove(at: file) }
    entries.insert(TreeEntry(name: name, mode: mode, id: id), at: file)
  }

  /// The blob that a change puts in place, made if need be; `nil` when it puts none.
  private func written(
    _ change: FileChange?, _ repository: borrowing Repository, _ making: inout TreeUpdate
  ) throws(GitError) -> (ObjectID, FileMode)? {
    switch change {
    case nil, .delete: return nil
    case .write(let bytes, let mode):
      guard mode.isFile else { throw GitError(.buildCommit, .refused("a blob cannot be \(mode)")) }
      let id = try Repository.id(of: bytes, as: .blob)
      making.objects.append(PendingObject(id: id, kind: .blob, bytes: bytes))
      return (id, mode)
    case .existing(let id, let mode):
      guard mode.isFile else { throw GitError(.buildCommit, .refused("a blob cannot be \(mode)")) }
      if object(id, .blob) == nil, !making.objects.contains(where: { $0.id == id }) {
        _ = try repository.blobSize(id)
      }
      return (id, mode)
    }
  }

  private static func mixed(_ path: [UInt8]) -> GitError {
    do {
      let path = try RepositoryPath(bytes: path)
      return GitError(
        .buildCommit, .fileAndFolder(path), "`\(path)` cannot be a file and a folder at once")
    } catch {
      return GitError(.buildCommit, .refused("a path cannot be a file and a folder at once"))
    }
  }
}

/// Changes sorted into the folders they lie in.
private struct WantedFolder {
  /// What is to happen at this very path.
  private(set) var change: FileChange?
  private(set) var children: [[UInt8]: WantedFolder] = [:]

  init(_ changes: [RepositoryPath: FileChange]) throws(GitError) {
    for (path, change) in changes { add(path.components[...], change) }
  }

  private init() {}

  var hasWritesBelow: Bool {
    children.values.contains { child in
      (child.change.map { $0 != .delete } ?? false) || child.hasWritesBelow
    }
  }

  private mutating func add(_ path: ArraySlice<ArraySlice<UInt8>>, _ change: FileChange) {
    guard let first = path.first else {
      self.change = change
      return
    }
    children[Array(first), default: WantedFolder()].add(path.dropFirst(), change)
  }
}

extension TreeFormat {
  /// Known to git even where it is not stored.
  static let emptyTree: ObjectID = {
    let digits = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    guard let id = ObjectID(hex: digits) else { preconditionFailure("\(digits) is an id") }
    return id
  }()
}

extension PendingObject {
  static var emptyTree: PendingObject {
    PendingObject(id: TreeFormat.emptyTree, kind: .tree, bytes: [])
  }
}
