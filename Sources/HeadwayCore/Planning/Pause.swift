/// A stretch of time in which nobody looked, so that nobody could keep a limit.
///
/// The machine slept or was off, no tick came, or its clock jumped.
package struct Pause: Hashable, Sendable {
  package let asleep: Instant
  package let woke: Instant

  package init(asleep: Instant, woke: Instant) {
    self.asleep = asleep
    self.woke = woke
  }
}

extension [Pause] {
  /// `limit`, counted from `start`, with the time given back in which nobody looked, and at least
  /// `grace` left after it; the pauses are in order.
  package func extending(
    _ limit: Instant, since start: Instant, grace: Span = .zero
  ) -> Instant {
    reduce(limit) { limit, pause in
      guard limit > pause.asleep, start < pause.woke else { return limit }
      let unheard = pause.woke - Swift.max(pause.asleep, start)
      return Swift.max(limit + unheard, pause.woke + grace)
    }
  }
}

extension Pause {
  package var json: JSONValue { ["asleep": .text(asleep), "woke": .text(woke)] }

  /// `nil` for what is no stretch of time: it could shorten limits.
  package init?(json: JSONValue) {
    guard let asleep = json["asleep"]?.text.flatMap(Instant.init(iso:)),
      let woke = json["woke"]?.text.flatMap(Instant.init(iso:)), asleep < woke
    else { return nil }
    self.init(asleep: asleep, woke: woke)
  }
}
