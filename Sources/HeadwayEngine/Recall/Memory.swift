internal import Git
internal import HeadwayCore

/// The memory documents of one attempt: people's on the trusted commit, the system's on the
/// ledger.
struct Memory: Sendable {
  let store: GitStore
  let snapshot: MainSnapshot
  /// The tree of the ledger's `memory/`.
  let learned: ObjectID?

  private static let documentLimit = 1 << 20
  private static let countLimit = 20_000

  func documents() async throws(EngineError) -> [MemoryDocument] {
    let people = snapshot.project.listing.filter { Self.isDocument($0.key, $0.value.mode) }
      .map { (path: $0.key, blob: $0.value.blob) }
    do {
      return try await store.perform { (repository) throws(GitError) in
        var found = people
        if let learned { found += try Self.learned(in: learned, of: repository) }
        guard found.count <= Self.countLimit else {
          throw GitError(refusing: "more than \(Self.countLimit) memory documents")
        }
        return try found.sorted { $0.path < $1.path }.map { (path, blob) throws(GitError) in
          let bytes = try repository.blob(ObjectID(blob), limit: Self.documentLimit)
          return MemoryDocument(
            path: path, blob: blob, text: String(decoding: bytes, as: UTF8.self))
        }
      }
    } catch { throw .git(error) }
  }

  private static func isDocument(
    _ path: HeadwayCore.FilePath, _ mode: HeadwayCore.FileMode
  ) -> Bool {
    mode == .regular && path.isUnder("memory") && path.text.hasSuffix(".md")
  }

  private static func learned(
    in tree: ObjectID, of repository: borrowing Repository
  ) throws(GitError) -> [(path: HeadwayCore.FilePath, blob: BlobID)] {
    var found: [(path: HeadwayCore.FilePath, blob: BlobID)] = []
    try repository.walk(tree) { file throws(GitError) in
      if file.mode == .blob, file.path.description.hasSuffix(".md"),
        let path = HeadwayCore.FilePath(checked: "ledger/memory/\(file.path)")
      {
        found.append((path, BlobID(file.id)))
      }
      return true
    }
    return found
  }
}

/// What recall chose for a task, with every candidate for the record.
struct Recollection: Sendable {
  let chosen: [WorkOrder.Recalled]
  let record: [JSONValue]

  init(task: TaskRecord, documents: [MemoryDocument], at now: Instant) {
    var (chosen, record): ([WorkOrder.Recalled], [JSONValue]) = ([], [])
    for case .recall(let query, let tokens) in task.specification.inputs {
      let candidates = Recall.choose(
        query: query, documents: documents, tokenBudget: tokens, at: now)
      record += candidates.map(\.record)
      for candidate in candidates {
        guard let text = candidate.text, !chosen.contains(where: { $0.path == candidate.path })
        else { continue }
        chosen.append(.init(path: candidate.path, blob: candidate.blob, text: text))
      }
    }
    self.chosen = chosen
    self.record = record
  }
}
