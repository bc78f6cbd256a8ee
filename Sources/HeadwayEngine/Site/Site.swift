package import Git

/// A repository as Headway finds it on this machine: its folders and what its local
/// configuration says.
package struct Site: Sendable {
  package let store: GitStore
  package let folders: Folders
  package let settings: LocalSettings

  package struct Folders: Hashable, Sendable {
    /// Of this working tree; equal to `common` unless it is a linked one.
    package let git: String
    /// Shared by all working trees.
    package let common: String
    /// The working tree's top; `nil` in a bare repository.
    package let working: String?

    /// Where Headway keeps what can be made again, its lock and its log.
    package var headway: String { "\(common)/headway" }
    package var lock: String { "\(headway)/lock" }
    package var nudged: String { "\(headway)/nudged" }
    package var running: String { "\(headway)/running" }
    package var requests: String { "\(headway)/requests" }
    package var vigil: String { "\(headway)/vigil.json" }
    package var redactionKey: String { "\(headway)/redaction.key" }
    package var standstill: String { "\(headway)/standstill.json" }
    package var told: String { "\(headway)/told.json" }
    package var index: String { "\(headway)/index.sqlite" }
    package var log: String { "\(headway)/log" }
  }

  /// Finds the repository at or above `directory`; shallow and unreadable ones are refused.
  package static func find(from directory: String) async throws(EngineError) -> Site {
    do throws(GitError) {
      let store = try GitStore(.discovered(from: directory))
      return try await store.perform { (repository) throws(GitError) in
        try read(repository, store)
      }
    } catch {
      if error.reason == .notFound { throw .noRepository(directory) }
      throw .git(error)
    }
  }

  private static func read(
    _ repository: borrowing Repository, _ store: GitStore
  ) throws(GitError) -> Site {
    Site(
      store: store,
      folders: Folders(
        git: repository.gitDirectory, common: repository.commonDirectory,
        working: repository.workingDirectory),
      settings: try LocalSettings(repository))
  }

  /// The same site after its configuration changed.
  package func refreshed() async throws(EngineError) -> Site {
    do {
      let settings = try await store.perform { (repository) throws(GitError) in
        try LocalSettings(repository)
      }
      return Site(store: store, folders: folders, settings: settings)
    } catch {
      throw .git(error)
    }
  }
}
