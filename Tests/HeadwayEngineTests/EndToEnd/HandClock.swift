import HeadwayCore
import HeadwayEngine
import Synchronization

/// A clock that stands still until a test turns it.
final class HandClock: Sendable {
  private struct Sleeper {
    let until: Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now: Instant
    var next = 0
    var sleepers: [Int: Sleeper] = [:]
    var cancelled: Set<Int> = []
    var watchers: [(until: Instant, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state: Mutex<State>

  init(at now: Instant) { state = Mutex(State(now: now)) }

  var now: Instant { state.withLock { $0.now } }

  var timekeeper: Timekeeper {
    Timekeeper(now: { self.now }, sleep: { try await self.rest($0) })
  }

  func advance(by span: Span) {
    let due = state.withLock { state in
      state.now = state.now + span
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
  }

  /// Returns once somebody sleeps until exactly this instant.
  func someoneSleeps(until instant: Instant) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.sleepers.values.contains(where: { $0.until == instant }) { return true }
        state.watchers.append((instant, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  private func rest(_ span: Span) async throws {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        begin(id, span, continuation)
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        state.cancelled.insert(id)
        return state.sleepers.removeValue(forKey: id)
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  private func begin(
    _ id: Int, _ span: Span, _ continuation: CheckedContinuation<Void, any Error>
  ) {
    enum Answer { case sleeps, done, cancelled }
    typealias Watcher = CheckedContinuation<Void, Never>
    let (answer, watchers) = state.withLock { state -> (Answer, [Watcher]) in
      if state.cancelled.contains(id) { return (Answer.cancelled, []) }
      guard span > .zero else { return (.done, []) }
      let until = state.now + span
      state.sleepers[id] = Sleeper(until: until, continuation: continuation)
      let watchers = state.watchers.filter { $0.until == until }.map(\.continuation)
      state.watchers.removeAll { $0.until == until }
      return (.sleeps, watchers)
    }
    switch answer {
    case .sleeps: break
    case .done: continuation.resume()
    case .cancelled: continuation.resume(throwing: CancellationError())
    }
    for watcher in watchers { watcher.resume() }
  }
}
