internal import Git

/// What git would do by itself after its own commands and libgit2 never does.
struct Housekeeping: Sendable {
  let site: Site
  let git: GitProgram
  /// The number of packs beyond which `git gc --auto` begins to work; its own default.
  private static let packs = 50

  /// Lets git pack what many flushes left behind; it goes on in the background by itself.
  ///
  /// A failure stops nothing: git keeps the reason in `gc.log` and tells it to whoever works here.
  func packIfNeeded() async {
    let count = await site.store.perform { repository in repository.packCount() }
    guard count > Self.packs else { return }
    do {
      _ = try await git.run(["gc", "--auto", "--quiet"], in: site.folders.common, as: .user)
    } catch {}
  }
}
