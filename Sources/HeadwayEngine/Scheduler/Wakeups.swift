internal import Synchronization

/// What happened while the scheduler was busy, taken all at once: results that have come meanwhile
/// are settled together, planned upon once, and share a flush.
final class Wakeups: Sendable {
  private let waiting = Mutex<[Wakeup]>([])
  /// Rings once, however much waits.
  private let bell: AsyncStream<Void>
  private let rope: AsyncStream<Void>.Continuation

  private let gathers: Gathering

  init(gathers: @escaping Gathering = { _ in true }) {
    self.gathers = gathers
    (bell, rope) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func post(_ wakeup: Wakeup) {
    waiting.withLock { $0.append(wakeup) }
    rope.yield()
  }

  /// Everything since the last call, in order, as soon as there is something; empty only when the
  /// calling task is cancelled.
  func next() async -> [Wakeup] {
    while true {
      let taken = waiting.withLock { waiting -> [Wakeup] in
        guard gathers(waiting.count) else { return [] }
        let taken = waiting
        waiting = []
        return taken
      }
      guard taken.isEmpty else { return taken }
      for await _ in bell { break }
      if Task.isCancelled { return [] }
    }
  }
}
