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

  /// Fetches main and, where there is one, what home pushed there earlier.
  ///
  /// A remote that main was never pushed to has nothing to fetch yet.
  func fetch() async throws(EngineError) {
    do throws(GitProgramError) {
      let there = try await git.run(
        ["ls-remote", "--", name, "refs/heads/\(branch)"], in: folder, as: .user,
        adding: ["GIT_TERMINAL_PROMPT": "0"])
      guard !there.standardOutput.isEmpty else { return }
      try await git.fetch(
        from: name,
        [
          "+refs/heads/\(branch):refs/remotes/\(name)/\(branch)",
          "+refs/heads/headway/*:refs/remotes/\(name)/headway/*",
        ], in: folder, prune: true)
    } catch { throw .program(error) }
  }

  /// The remote's ledger if it holds what ours does not: another home writes it.
  func foreignLedger(in store: GitStore) async throws(EngineError) -> CommitID? {
    let remoteName = "refs/remotes/\(name)/\(LocalSettings.ledgerBranch)"
    do {
      return try await store.perform { (repository) throws(GitError) in
        guard let there = try repository.resolve(ReferenceName(remoteName)) else { return nil }
        guard
          let here = try repository.resolve(ReferenceName(branch: LocalSettings.ledgerBranch))
        else { return CommitID(there) }
        return try repository.isAncestor(there, of: here) ? nil : CommitID(there)
      }
    } catch { throw .git(error) }
  }

  /// Pushes what is new and takes away what is settled; a refused ledger means that another home
  /// writes it.
  func push(from store: GitStore) async throws(EngineError) {
    let ledger = "refs/heads/\(LocalSettings.ledgerBranch)"
    let refspecs = try await refspecs(from: store)
    guard !refspecs.isEmpty else { return }
    let results: [PushedReference]
    do { results = try await git.push(to: name, refspecs, in: folder) } catch {
      throw .program(error)
    }
    for result in results where result.isRejected && result.destination == ledger {
      throw .secondWriter(expected: nil, found: nil)
    }
  }

  private func refspecs(from store: GitStore) async throws(EngineError) -> [String] {
    let ledger = "refs/heads/\(LocalSettings.ledgerBranch)"
    let there = "refs/remotes/\(name)/headway/proposals"
    do {
      return try await store.perform { (repository) throws(GitError) in
        guard try repository.resolve(ReferenceName(ledger)) != nil else { return [] }
        var refspecs = ["\(ledger):\(ledger)"]
        for (name, _) in try repository.references(in: "refs/heads/headway/proposals") {
          refspecs.append("\(name.rawValue):\(name.rawValue)")
        }
        for (tracked, _) in try repository.references(in: there) {
          // Only what we settled: a branch of somebody else's making is not ours to delete.
          let proposal = tracked.rawValue.dropFirst(there.count + 1)
          let settled = try ReferenceName("refs/headway/settled/\(proposal)")
          let branch = try ReferenceName("refs/heads/headway/proposals/\(proposal)")
          guard try repository.resolve(settled) != nil, try repository.resolve(branch) == nil
          else { continue }
          refspecs.append(":\(branch.rawValue)")
        }
        return refspecs
      }
    } catch { throw .git(error) }
  }
}
