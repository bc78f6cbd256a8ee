package import Git
package import HeadwayCore

/// Why the engine could not go on; the command line turns it into words and an exit code.
package enum EngineError: Error, Sendable {
  case git(GitError)
  case program(GitProgramError)
  case noRepository(String)
  case shallow
  /// There is no `headway.json` in the branch's tip.
  case noSettings(branch: String)
  case noAnchor
  case noLedger
  indirect case approval(ApprovalError)
  /// Another process moved the ledger: a second writer.
  case secondWriter(expected: CommitID?, found: CommitID?)
  case damagedRecord(path: String, RecordFault)
  case unreadableRecord(path: String, String)
  case file(path: String, operation: String, code: Int32)
  case index(String)
  case unknownRun(String, near: [String])
  case unknownTask(String, near: [String])
  /// The verb does not fit the task's state.
  case notPossible(String)
  case clock(String)
}
