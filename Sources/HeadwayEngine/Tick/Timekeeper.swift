internal import Glibc
package import HeadwayCore

/// Where the engine's time comes from; tests turn it by hand.
package struct Timekeeper: Sendable {
  package let now: @Sendable () -> Instant
  /// Returns after about that long, or throws when its task is cancelled.
  package let sleep: @Sendable (Span) async throws -> Void
  /// How long the machine was awake; it stands still while the machine sleeps, and nobody sets it.
  package let uptime: @Sendable () -> Span

  /// Without `uptime` the wall's clock never jumps.
  package init(
    now: @escaping @Sendable () -> Instant, sleep: @escaping @Sendable (Span) async throws -> Void,
    uptime: (@Sendable () -> Span)? = nil
  ) {
    self.now = now
    self.sleep = sleep
    self.uptime = uptime ?? { Span(milliseconds: now().milliseconds) }
  }

  /// The machine's clocks: the wall for instants, a monotonic one for waiting.
  package static let system = Timekeeper(
    now: { Instant(milliseconds: milliseconds(of: CLOCK_REALTIME)) },
    sleep: { try await Task.sleep(for: .milliseconds(max(0, $0.milliseconds))) },
    uptime: { Span(milliseconds: milliseconds(of: CLOCK_MONOTONIC)) })

  private static func milliseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
