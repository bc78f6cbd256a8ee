internal import Glibc
package import HeadwayCore

/// Where the engine's time comes from; tests turn it by hand.
package struct Timekeeper: Sendable {
  package let now: @Sendable () -> Instant
  /// Returns after about that long, or throws when its task is cancelled.
  package let sleep: @Sendable (Span) async throws -> Void

  package init(
    now: @escaping @Sendable () -> Instant, sleep: @escaping @Sendable (Span) async throws -> Void
  ) {
    self.now = now
    self.sleep = sleep
  }

  /// The machine's clocks: the wall for instants, a monotonic one for waiting.
  package static let system = Timekeeper(
    now: {
      var time = timespec()
      unsafe clock_gettime(CLOCK_REALTIME, &time)
      return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    },
    sleep: { try await Task.sleep(for: .milliseconds(max(0, $0.milliseconds))) })
}
