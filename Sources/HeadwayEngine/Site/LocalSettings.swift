package import Git
package import HeadwayCore

/// Machine facts, kept in the repository's own configuration and never in its tree.
package struct LocalSettings: Hashable, Sendable {
  /// `headway.branch`, else the branch that is checked out, else `main`; without `refs/heads/`.
  package let branch: String
  /// `headway.anchor`: the commit that the trusted state began with.
  package let anchor: CommitID?
  /// `headway.scheduler`: this clone is home.
  package let isHome: Bool
  /// `headway.remote`: fetched before and pushed after a tick.
  package let remote: String?
  /// `headway.configHome`: where the user's configuration lies, for those who start Headway without
  /// the variable that says so.
  package let configHome: String?

  package static let branchKey = "headway.branch"
  package static let anchorKey = "headway.anchor"
  package static let homeKey = "headway.scheduler"
  package static let remoteKey = "headway.remote"
  package static let configHomeKey = "headway.configHome"

  package init(_ repository: borrowing Repository) throws(GitError) {
    branch = try Self.branch(repository)
    anchor = try repository.localConfiguration(Self.anchorKey).flatMap { CommitID($0) }
    isHome = try repository.localConfiguration(Self.homeKey) != nil
    remote = try repository.localConfiguration(Self.remoteKey)
    configHome = try repository.localConfiguration(Self.configHomeKey)
  }

  private static func branch(_ repository: borrowing Repository) throws(GitError) -> String {
    if let named = try repository.localConfiguration(branchKey) { return named }
    return try repository.symbolicTarget(of: .head)?.branch ?? "main"
  }

  /// Where people speak: the local branch, or the remote's when ticks judge that.
  package func mainReference() throws(GitError) -> ReferenceName {
    if let remote { return try ReferenceName("refs/remotes/\(remote)/\(branch)") }
    return try ReferenceName(branch: branch)
  }

  package static let ledgerBranch = "headway/ledger"

  package func ledgerReference() throws(GitError) -> ReferenceName {
    try ReferenceName(branch: Self.ledgerBranch)
  }
}
