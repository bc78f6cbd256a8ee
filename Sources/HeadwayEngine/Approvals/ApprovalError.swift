package import Git
package import HeadwayCore

/// Why nothing on main could be judged, proposed or signed; nothing was approved then.
package enum ApprovalError: Error, Sendable {
  case git(GitError)
  case program(GitProgramError)
  /// History ends early, so that nobody can say what was new.
  case shallow
  /// The commit, or what it brings with it, is larger than anything is read.
  case overLimit(CommitID, String)
  /// A commit on main whose tree no git would have written, or whose objects are missing.
  case unreadable(CommitID, String)
  /// An object too large to be read, by what it is.
  case oversized(String)
  case unusableTarget(String, why: String)
  /// Content and folders that some file system would take for one another.
  case collision(String, String)
  /// The branch exists and holds something else.
  case branchTaken(String, CommitID)
  case missingContent(FilePath, BlobID)
  /// The branch moved while we worked; nothing was changed.
  case branchMoved(String)
  case cannotSign(String)
  /// Uncommitted work stands where the proposal's files go; nothing was changed.
  case pathsInTheWay([String])
  /// Somebody's merge, rebase or pick is under way in the working tree.
  case busyWorkingTree(String)
  case noLongerOpen(String)
  case conflict([String])
  case file(EngineError)
}

extension ApprovalError {
  /// Does something with the repository, whose failures become ours.
  static func reading<Value>(
    _ body: () throws(GitError) -> Value
  ) throws(ApprovalError) -> Value {
    do { return try body() } catch { throw .git(error) }
  }
}
