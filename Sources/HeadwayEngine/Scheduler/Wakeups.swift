internal import Synchronization

/// What happened while the scheduler was busy, taken all at once: results that have come meanwhile
/// are settled together, planned upon once, and share a flush.
final class Wakeups: Sendable {
  private let waiting = Mutex<[Wakeup]>([])
  /// Rings once, however much waits.
  private let bell: AsyncStream<Void>
  private let rope: AsyncStream<Void>.Continuation

  private let gathers: Gathering
  /// Passes the time between two looks at what has come.
  ///
  /// It is not the timekeeper's, since no decision hears of it: what is waited for is the machine.
  private let pause: @Sendable () async throws -> Void

  init(
    gathers: @escaping Gathering = { _ in true },
    pause: @escaping @Sendable () async throws -> Void = {
      try await Task.sleep(for: .milliseconds(2))
    }
  ) {
    self.gathers = gathers
    self.pause = pause
    (bell, rope) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func post(_ wakeup: Wakeup) {
    waiting.withLock { $0.append(wakeup) }
    rope.yield()
  }

  /// Everything since the last call, in order, as soon as there is something; empty only when the
  /// calling task is cancelled.
  ///
  /// Where many attempts are `underWay`, it stays for those that end right behind the first.
  func next(gathering underWay: Int = 0) async -> [Wakeup] {
    while true {
      if gathers(count), count > 0 {
        await gather(underWay)
        return take()
      }
      for await _ in bell { break }
      if Task.isCancelled { return [] }
    }
  }

  /// A pass over the board and a flush cost as much for one result as for eight.
  private func gather(_ underWay: Int) async {
    guard underWay >= Self.crowd else { return }
    var seen = 0
    for _ in 0..<Self.pauses {
      let come = count
      guard come > seen, come < underWay / 2 else { return }
      seen = come
      do { try await pause() } catch { return }
    }
  }

  /// With fewer attempts under way each has the machine's attention at once.
  private static let crowd = 8
  /// However steadily results come, none waits for longer.
  private static let pauses = 5

  private var count: Int { waiting.withLock(\.count) }

  private func take() -> [Wakeup] {
    waiting.withLock { waiting in
      let taken = waiting
      waiting = []
      return taken
    }
  }
}
