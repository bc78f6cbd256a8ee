package import Git
package import HeadwayCore

/// One commit of main, read from objects and never from a working tree.
package struct MainSnapshot: Sendable {
  package let commit: CommitID
  package let project: Project
  /// The trees of `executors/` and `policies/`, where there are such folders.
  package let programs: TreeID?
  package let policies: TreeID?
  /// Paths that no file system should be asked to hold; they are told, never read.
  package let refused: [Diagnostic]

  /// Every protected file, which is what comes into force when this commit is trusted.
  package var protectedFiles: [FilePath: MainRecord.TrustedFile] {
    project.listing.filter { project.protected.contains($0.key) }
      .mapValues { MainRecord.TrustedFile(mode: $0.mode.rawValue, blob: $0.blob) }
  }

  package var hasFreezeFile: Bool { project.blob(at: "FREEZE") != nil }
}

/// Reads snapshots; the last few are kept, since most ticks look at one commit several times.
package actor MainReader {
  /// Enough for a large project; a tree beyond it is refused rather than half read.
  private static let limits = TreeLimits(entries: 500_000, depth: 32, pathBytes: 1_024)
  /// No file that people write by hand is larger.
  private static let fileLimit = 1 << 20

  private let store: GitStore
  private static let kept = 3
  /// The one that was asked for last comes last.
  private var recent: [(commit: CommitID, briefs: Briefs, snapshot: MainSnapshot)] = []

  /// Which briefs a reader wants decoded.
  package enum Briefs: Hashable, Sendable {
    case all
    case only(Set<FilePath>)

    /// Whether what was read for these serves whoever wants `others`; no briefs are wanted by those
    /// who do not look at them.
    fileprivate func serves(_ others: Briefs) -> Bool { self == others || others == .only([]) }
  }

  package init(store: GitStore) { self.store = store }

  package func snapshot(
    _ commit: CommitID, briefs: Briefs
  ) async throws(EngineError) -> MainSnapshot {
    let served = recent.firstIndex { $0.commit == commit && $0.briefs.serves(briefs) }
    if let index = served {
      let found = recent.remove(at: index)
      recent.append(found)
      return found.snapshot
    }
    let snapshot: MainSnapshot
    do {
      snapshot = try await store.perform { (repository) throws(GitError) in
        try Self.read(commit, briefs, in: repository)
      }
    } catch { throw .git(error) }
    recent = recent.suffix(Self.kept - 1) + [(commit, briefs, snapshot)]
    return snapshot
  }

  private static func read(
    _ commit: CommitID, _ briefs: Briefs, in repository: borrowing Repository
  ) throws(GitError) -> MainSnapshot {
    let tree = try repository.commit(ObjectID(commit)).tree
    var listing: [HeadwayCore.FilePath: ListedFile] = [:]
    var refused: [Diagnostic] = []
    try repository.walk(tree, limits: limits) { file throws(GitError) in
      let text = String(decoding: file.path.bytes, as: UTF8.self)
      guard Array(text.utf8) == file.path.bytes, let path = HeadwayCore.FilePath(checked: text),
        let mode = HeadwayCore.FileMode(rawValue: file.mode.text)
      else {
        refused.append(
          Diagnostic(
            file: file.path.description, mark: nil,
            message: "has a path that not every file system can hold", hint: "rename it"))
        return true
      }
      listing[path] = ListedFile(mode: mode, blob: BlobID(file.id))
      return true
    }
    let files = try contents(of: listing, briefs, in: repository, refused: &refused)
    return MainSnapshot(
      commit: commit, project: Project.read(files: files, listing: listing),
      programs: try folder("executors", in: tree, of: repository),
      policies: try folder("policies", in: tree, of: repository), refused: refused)
  }

  private static func contents(
    of listing: [HeadwayCore.FilePath: ListedFile], _ briefs: Briefs,
    in repository: borrowing Repository, refused: inout [Diagnostic]
  ) throws(GitError) -> [HeadwayCore.FilePath: FileEntry] {
    var files: [HeadwayCore.FilePath: FileEntry] = [:]
    for (path, file) in listing where file.mode == .regular {
      guard let kind = ProjectFile(at: path) else { continue }
      if kind == .brief, case .only(let wanted) = briefs, !wanted.contains(path) { continue }
      let id = try ObjectID(file.blob)
      guard try repository.blobSize(id) <= fileLimit else {
        refused.append(
          Diagnostic(
            file: path.text, mark: nil, message: "is larger than 1 MiB",
            hint: "keep long texts outside and name them as inputs"))
        continue
      }
      files[path] = FileEntry(
        mode: file.mode, blob: file.blob, bytes: try repository.blob(id, limit: fileLimit))
    }
    return files
  }

  private static func folder(
    _ name: String, in tree: ObjectID, of repository: borrowing Repository
  ) throws(GitError) -> TreeID? {
    guard let entry = try repository.entry(at: RepositoryPath(checking: name), in: tree),
      entry.mode == .tree
    else { return nil }
    return TreeID(entry.id)
  }
}
