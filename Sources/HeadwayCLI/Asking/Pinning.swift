internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// Writes what a clone is and what it trusts into its local configuration, and nowhere else.
struct Pinning: Sendable {
  let site: Site

  /// Sets this clone up to schedule; refuses where another one visibly does.
  ///
  /// `configHome` is where the user's configuration lies, if only the environment says so.
  func makeHome(configHome: String? = nil) async throws {
    let site = site
    let foreign = try await site.store.perform { (repository) throws(GitError) -> Bool in
      let remote = site.settings.remote ?? "origin"
      let tracking = try ReferenceName("refs/remotes/\(remote)/\(LocalSettings.ledgerBranch)")
      guard try repository.resolve(site.settings.ledgerReference()) == nil else { return false }
      return try repository.resolve(tracking) != nil
    }
    guard !foreign else {
      let branch = LocalSettings.ledgerBranch
      let remote = site.settings.remote ?? "origin"
      throw Complaint.Carrier(
        Complaint(
          "another clone writes \(branch): it came here from \(remote)",
          hint: "to move home here: `git config --unset \(LocalSettings.homeKey)` there,",
          "then here `git branch \(branch) \(remote)/\(branch)` and `headway trust --home`"))
    }
    try await site.store.perform { (repository) throws(GitError) in
      try repository.setLocalConfiguration(LocalSettings.homeKey, to: "true")
      if try repository.localConfiguration(LocalSettings.branchKey) == nil {
        try repository.setLocalConfiguration(
          LocalSettings.branchKey, to: site.settings.branch)
      }
      if let configHome, site.settings.configHome == nil {
        try repository.setLocalConfiguration(LocalSettings.configHomeKey, to: configHome)
      }
    }
  }

  /// Pins `anchor`, if the ledger that this clone has begins with it and still holds `tip`.
  func pin(_ anchor: CommitID, containing tip: CommitID) async throws {
    if let pinned = site.settings.anchor, pinned != anchor {
      throw Complaint.Carrier(
        Complaint(
          "this clone has pinned another anchor, \(pinned.short)",
          hint: "if you know why: git config --unset \(LocalSettings.anchorKey), and again"))
    }
    let view = try await LedgerView.open(site)
    guard let opening = view.board.opening, opening.anchor == anchor else {
      let found = view.board.opening?.anchor.short ?? "nothing"
      throw Complaint.Carrier(
        Complaint(
          "the ledger here begins with \(found), not with \(anchor.short)",
          hint: "this is another ledger than the one at home; nothing was pinned"))
    }
    guard try await view.changes(since: tip) != nil else {
      throw Complaint.Carrier(
        Complaint(
          "the ledger here (\(view.tip.short)) does not hold \(tip.short)",
          hint: "git fetch, if it is only behind; if not, it was rewritten: nothing was pinned"))
    }
    let site = site
    try await site.store.perform { (repository) throws(GitError) in
      guard try repository.contains(ObjectID(anchor)) else {
        throw GitError(refusing: "the anchor \(anchor) is not in this clone; git fetch brings it")
      }
      try repository.setLocalConfiguration(LocalSettings.anchorKey, to: anchor.hex)
      if try repository.localConfiguration(LocalSettings.branchKey) == nil {
        try repository.setLocalConfiguration(LocalSettings.branchKey, to: opening.branch)
      }
    }
  }
}
