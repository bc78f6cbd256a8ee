internal import Dispatch

/// The one thread at a time that a repository's C objects belong to.
///
/// libgit2 blocks on disks and locks, which must not happen on Swift's shared threads; several
/// stores of one repository read in parallel.
package actor GitStore {
  private let executor = BlockingExecutor(label: "headway.git")
  private let repository: Repository

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// Opens the repository on the calling thread, which takes about a millisecond.
  package init(_ location: Repository.Location) throws(GitError) {
    repository = try Repository(location)
  }

  /// Runs `body` on the repository; several reads in one call see no interleaved call of this store.
  package func perform<Value: Sendable, Failure: Error>(
    _ body: @Sendable (borrowing Repository) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    try body(repository)
  }
}

/// Runs an actor's jobs on a queue of its own, where blocking harms nobody else.
final class BlockingExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(label: String) { queue = DispatchQueue(label: label) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
