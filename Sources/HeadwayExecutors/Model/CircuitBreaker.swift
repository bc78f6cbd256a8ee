internal import HeadwayCore
internal import Synchronization

/// Keeps a model that does not answer from being asked again and again.
///
/// Closed until several failures in a row, then open for a while; after that one single probe
/// decides between the two.
final class CircuitBreaker: Sendable {
  struct Rule: Hashable, Sendable {
    var failures = 3
    var rest = Span.seconds(30)
    /// Nobody tops up an account within seconds.
    var restWithoutBudget = Span.minutes(60)
  }

  private enum State: Hashable {
    case closed(failures: Int)
    case open(until: Instant)
    /// A probe is under way that ends, one way or another, by then.
    case halfOpen(until: Instant)
  }

  private let rule: Rule
  private let states = Mutex<[String: State]>([:])

  init(_ rule: Rule = Rule()) { self.rule = rule }

  /// When the model may be asked again, `nil` for now; to be followed by `note` on what came.
  func rest(of model: String, at now: Instant, probingUntil end: Instant) -> Instant? {
    states.withLock { states in
      switch states[model] ?? .closed(failures: 0) {
      case .closed: return nil
      case .open(let until), .halfOpen(let until):
        guard until <= now else { return until }
        states[model] = .halfOpen(until: end)
        return nil
      }
    }
  }

  /// What became of a call; `nil` for one that was answered.
  func note(_ failure: Failure?, of model: String, at now: Instant) {
    states.withLock { states in
      switch failure?.kind {
      case .budgetExhausted:
        states[model] = .open(
          until: now + max(rule.restWithoutBudget, failure?.retryAfter ?? .zero))
      case .unavailable, .timeout, .transient:
        guard case .closed(let failures) = states[model] ?? .closed(failures: 0),
          failures + 1 < rule.failures
        else {
          states[model] = .open(until: now + max(rule.rest, failure?.retryAfter ?? .zero))
          return
        }
        states[model] = .closed(failures: failures + 1)
      case .cancelled, .internal:
        // Says nothing about the model; a probe that came to nothing leaves the next one free.
        if case .halfOpen = states[model] { states[model] = .open(until: now) }
      default:
        states[model] = nil
      }
    }
  }
}
