package import HeadwayCore

/// The moments between two writes at which a crash leaves something half done; the next tick must
/// make it whole.
///
/// Tests end the process at each of them.
package enum WritePoint: String, Hashable, Sendable, CaseIterable {
  /// Commits are made in memory; nothing is on the disk.
  case beforeFlush
  /// The ledger's branch has moved; the index does not know it yet.
  case beforeIndex
  /// Ledger and index agree; nothing that was decided has begun.
  case afterFlush
  /// The anchor is pinned; there is no ledger yet.
  case anchorPinned
  /// The program's process is on record and may begin.
  case processMarked
  /// The attempt has ended; its result is in memory only.
  case attemptEnded
  /// The result is durable; the process's mark still stands.
  case beforeUnmark
  /// The proposal's branch exists; the ledger has not heard of it.
  case proposalMade
  /// A dropped tip is kept; the rewind is not recorded.
  case tipRescued
  /// A person's verb is durable; they have no answer yet.
  case beforeAnswer
  /// An approval is durable; the proposal's branch is still there.
  case beforeTidying
}

/// Called at each write point; does nothing outside tests, where it may end the process, or throw
/// what stands for its end: nothing that throws here is caught before the tick is over.
package typealias Checkpoint = @Sendable (WritePoint) throws(EngineError) -> Void

/// Where a tick waits for what happens outside.
package enum Rest: Hashable, Sendable {
  /// Nothing more can be done before one of these has ended, the alarm rings or somebody nudges;
  /// since the last rest it was woken so many times.
  case waiting(Set<AttemptID>, alarm: Instant?, woken: Int)
  /// The tick has failed, and waits for the end of what it cancels.
  case failing
}

/// Called at each rest; does nothing outside tests, which let things happen one after the other.
package typealias Resting = @Sendable (Rest) -> Void

/// Whether a tick takes the wake-ups that have come, so many of them; always, outside tests, which
/// say what comes together.
package typealias Gathering = @Sendable (Int) -> Bool
