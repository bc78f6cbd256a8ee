internal import Git

/// What git would do by itself after its own commands and libgit2 never does.
struct Housekeeping: Sendable {
  let site: Site
  let git: GitProgram
  /// The number of packs at which `git gc --auto` begins to work; its own default.
  private static let packs = 50

  /// Lets git pack what many flushes left behind; it goes on in the background by itself.
  func packIfNeeded() async throws(EngineError) {
    let count = await site.store.perform { repository in repository.packCount() }
    guard count >= Self.packs else { return }
    do {
      _ = try await git.run(["gc", "--auto", "--quiet"], in: site.folders.common, as: .user)
    } catch { throw .program(error) }
  }
}
