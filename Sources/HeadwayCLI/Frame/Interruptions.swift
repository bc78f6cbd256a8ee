internal import HeadwayEngine
internal import Synchronization
internal import UnixSignals

/// Turns SIGTERM and SIGINT into a clean end: what runs is cancelled with grace and settled.
final class Interruptions: Sendable {
  private let schedulers = Mutex<[Scheduler]>([])
  private let isInterrupted = Mutex(false)

  /// Runs `body`; a scheduler handed to `stops` is told when a signal comes.
  static func stopping<Value: Sendable>(
    _ body: @escaping @Sendable (Interruptions) async throws -> Value
  ) async throws -> Value {
    let interruptions = Interruptions()
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask {
        for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
          interruptions.interrupt()
        }
        return nil
      }
      group.addTask { try await body(interruptions) }
      defer { group.cancelAll() }
      while let value = try await group.next() {
        if let value { return value }
      }
      throw CancellationError()
    }
  }

  /// Registers a scheduler; one that comes after the signal is stopped at once.
  @Sendable func stops(_ scheduler: Scheduler) {
    schedulers.withLock { $0.append(scheduler) }
    if isInterrupted.withLock({ $0 }) { scheduler.stop() }
  }

  var wasInterrupted: Bool { isInterrupted.withLock { $0 } }

  private func interrupt() {
    isInterrupted.withLock { $0 = true }
    for scheduler in schedulers.withLock({ $0 }) { scheduler.stop() }
  }
}
