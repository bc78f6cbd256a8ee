internal import Git
internal import HeadwayCore

/// Reads the ledger's records out of a tree; a record that does not decode is an error with its
/// path, never skipped.
struct LedgerReader {
  /// Records are small; one that is larger was not written by Headway.
  static let recordLimit = 8 << 20
  /// A ledger may hold very many files; its own writer bounds what one commit adds.
  static let limits = TreeLimits(entries: 20_000_000, depth: 32, pathBytes: 1_024)

  /// What changed between two ledger commits' trees, runs before their tasks.
  static func changes(
    from old: ObjectID?, to new: ObjectID, in repository: borrowing Repository
  ) throws(EngineError) -> [LedgerFile] {
    var found: [(path: String, blob: ObjectID)] = []
    do {
      try repository.compare(old, new, limits: limits) { change throws(GitError) in
        let path = change.path.description
        if let side = change.new, LedgerFile.isRecord(path) { found.append((path, side.id)) }
        return true
      }
    } catch { throw .git(error) }
    return try decode(found, in: repository)
  }

  /// Every record of a tree, handed over in groups: each run with all that belongs to it, a few
  /// of the others together.
  static func everything(
    of tree: ObjectID, in repository: borrowing Repository,
    take: ([LedgerFile]) throws -> Void
  ) throws {
    var (group, found) = (Substring(), [(path: String, blob: ObjectID)]())
    var fault: (any Error)?
    try repository.walk(tree, limits: limits) { file throws(GitError) in
      let path = file.path.description
      guard LedgerFile.isRecord(path) else { return true }
      let folder = folder(ofGroup: path)
      if folder != group || found.count >= 4_096 && !folder.hasPrefix("runs/") {
        do { try take(decode(found, in: repository)) } catch {
          fault = error
          return false
        }
        (group, found) = (folder, [])
      }
      found.append((path, file.id))
      return true
    }
    if let fault { throw fault }
    try take(decode(found, in: repository))
  }

  /// `runs/YYYY/MM/DD/HH/<run>`, else the folder at the top.
  private static func folder(ofGroup path: String) -> Substring {
    let slashes = path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") }
    if path.hasPrefix("runs/"), slashes.count > 5 { return path[..<slashes[5]] }
    return path[..<(slashes.first ?? path.startIndex)]
  }

  /// Every record below one folder of a tree.
  static func records(
    below folder: String, of tree: ObjectID, in repository: borrowing Repository
  ) throws(EngineError) -> [LedgerFile] {
    var found: [(path: String, blob: ObjectID)] = []
    do {
      let folder = try RepositoryPath(checking: folder)
      try repository.walk(tree, below: folder, limits: limits) { file throws(GitError) in
        let path = file.path.description
        if LedgerFile.isRecord(path) { found.append((path, file.id)) }
        return true
      }
    } catch { throw .git(error) }
    return try decode(found, in: repository)
  }

  /// One record, or `nil` when nothing stands at `path`.
  static func record(
    at path: String, of tree: ObjectID, in repository: borrowing Repository
  ) throws(EngineError) -> LedgerFile? {
    do {
      guard let entry = try repository.entry(at: RepositoryPath(checking: path), in: tree) else {
        return nil
      }
      return try decode([(path, entry.id)], in: repository).first
    } catch let error as GitError {
      throw .git(error)
    } catch let error as EngineError {
      throw error
    } catch {
      throw .unreadableRecord(path: path, "\(error)")
    }
  }

  private static func decode(
    _ found: [(path: String, blob: ObjectID)], in repository: borrowing Repository
  ) throws(EngineError) -> [LedgerFile] {
    var files: [LedgerFile] = []
    files.reserveCapacity(found.count)
    for (path, blob) in found {
      let bytes: [UInt8]
      do { bytes = try repository.blob(blob, limit: recordLimit) } catch { throw .git(error) }
      if let file = try decode(path: path, bytes: bytes) { files.append(file) }
    }
    return files.sorted { rank($0) < rank($1) }
  }

  static func decode(path: String, bytes: [UInt8]) throws(EngineError) -> LedgerFile? {
    let json: JSONValue
    do { json = try JSONReader.read(bytes).json } catch {
      throw .unreadableRecord(path: path, "\(error)")
    }
    do { return try LedgerFile(path: path, json: json) } catch {
      throw .damagedRecord(path: path, error)
    }
  }

  static func rank(_ file: LedgerFile) -> Int {
    switch file {
    case .opening: 0
    case .main, .intake: 1
    case .run: 2
    case .task: 3
    case .proposal: 4
    case .attempt, .judged: 5
    case .decision, .incident: 6
    }
  }
}

extension RepositoryPath {
  init(checking text: String) throws(GitError) {
    do { try self.init(text) } catch { throw GitError(unusablePath: error) }
  }
}
