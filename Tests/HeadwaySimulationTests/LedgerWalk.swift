import Git
import HeadwayCore

@testable import HeadwayEngine

/// One commit of the ledger as an auditor sees it.
struct LedgerStep: Sendable {
  var commit: String
  var parents: [String]
  var event: LedgerEvent?
  /// The keys of its trailers, without `Headway-`.
  var trailers: Set<String>
  var files: [File]
  /// Records that the commit took away.
  var removed: [String]
  /// What was in force for the decision that it carries.
  var rules: Rules?

  struct File: Sendable {
    var record: LedgerFile
    /// Whether the path held something before.
    var isChange: Bool
  }
}

/// Reads a ledger commit by commit, from where it stopped the last time.
struct LedgerWalk {
  private let store: GitStore
  private let reader: MainReader
  /// What main says at each commit that a decision was made over.
  private var projects: [CommitID: Project] = [:]
  private(set) var tip: ObjectID?

  init(_ store: GitStore) {
    self.store = store
    reader = MainReader(store: store)
  }

  /// The steps from the last tip to `new`; `nil` when the one does not build upon the other.
  mutating func steps(to new: ObjectID) async throws -> [LedgerStep]? {
    guard new != tip else { return [] }
    let old = tip
    let commits = try await store.perform { (repository) throws(GitError) -> [ObjectID]? in
      let history = try repository.history(
        from: new, excluding: old.map { [$0] } ?? [], order: .oldestFirst)
      if let old, try !repository.isAncestor(old, of: new) { return nil }
      return history.commits
    }
    guard let commits else { return nil }
    var steps: [LedgerStep] = []
    for commit in commits {
      steps.append(try await step(commit))
      tip = commit
    }
    return steps
  }

  mutating func project(at commit: CommitID) async throws -> Project {
    if let known = projects[commit] { return known }
    let project = try await reader.snapshot(commit, briefs: .only([])).project
    projects[commit] = project
    return project
  }

  private mutating func step(_ id: ObjectID) async throws -> LedgerStep {
    let before = tip
    var step = try await store.perform { (repository) throws(EngineError) in
      do {
        return try Self.read(id, after: before, in: repository)
      } catch let error as GitError { throw .git(error) } catch let error as EngineError {
        throw error
      } catch { throw .index("\(error)") }
    }
    for file in step.files {
      guard case .decision(let record) = file.record else { continue }
      step.rules = Rules(try await project(at: record.main), at: record.moment.time)
    }
    return step
  }

  private static func read(
    _ id: ObjectID, after before: ObjectID?, in repository: borrowing Repository
  ) throws -> LedgerStep {
    let commit = try repository.commit(id)
    let old = try before.map { try repository.commit($0).tree }
    var found: [(path: String, blob: ObjectID, isChange: Bool)] = []
    var removed: [String] = []
    try repository.compare(old, commit.tree, limits: LedgerReader.limits) {
      change throws(GitError) in
      let path = change.path.description
      guard LedgerFile.isRecord(path) else { return true }
      if let new = change.new {
        found.append((path, new.id, change.old != nil))
      } else {
        removed.append(path)
      }
      return true
    }
    var files: [LedgerStep.File] = []
    for (path, blob, isChange) in found {
      let bytes = try repository.blob(blob, limit: LedgerReader.recordLimit)
      if let record = try LedgerReader.decode(path: path, bytes: bytes) {
        files.append(.init(record: record, isChange: isChange))
      }
    }
    files.sort { LedgerReader.rank($0.record) < LedgerReader.rank($1.record) }
    return LedgerStep(
      commit: id.hex, parents: commit.parents.map(\.hex),
      event: commit.trailers.first { $0.key == "Headway-Event" }
        .flatMap { LedgerEvent(rawValue: $0.value) },
      trailers: Set(commit.trailers.map { String($0.key.text.dropFirst("Headway-".count)) }),
      files: files, removed: removed, rules: nil)
  }
}
