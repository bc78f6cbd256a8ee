internal import Git
internal import HeadwayCore

/// The repository that `headway.remote` names: main is judged as it stands there, and the ledger
/// and the proposals go there.
///
/// Nothing is ever forced.
struct Remote: Sendable {
  let name: String
  let branch: String
  let git: GitProgram
  let folder: String

  /// `nil` without `headway.remote`.
  init?(site: Site, git: GitProgram) {
    guard let remote = site.settings.remote else { return nil }
    name = remote
    branch = site.settings.branch
    self.git = git
    folder = site.folders.working ?? site.folders.git
  }

  func fetch() async throws(EngineError) {
    do {
      try await git.fetch(
        from: name, ["+refs/heads/\(branch):refs/remotes/\(name)/\(branch)"], in: folder)
    } catch { throw .program(error) }
  }

  /// Pushes what is new; a refused ledger means that another home writes it.
  func push() async throws(EngineError) {
    let ledger = "refs/heads/\(LocalSettings.ledgerBranch)"
    let results: [PushedReference]
    do {
      results = try await git.push(
        to: name,
        ["\(ledger):\(ledger)", "refs/heads/headway/proposals/*:refs/heads/headway/proposals/*"],
        in: folder)
    } catch { throw .program(error) }
    for result in results where result.isRejected && result.destination == ledger {
      throw .secondWriter(expected: nil, found: nil)
    }
  }
}
