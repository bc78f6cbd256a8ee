internal import HeadwayCore
internal import Synchronization

/// Tells a bad moment of a model from a bad day: what fails one attempt after another, with
/// whatever order, is not a matter of the orders.
final class FailureStreak: Sendable {
  private static let limit = 3

  private let failures = Mutex<[String: Int]>([:])

  /// What a call came to, as the planner should hear of it.
  func reading(_ failure: Failure, of model: String) -> Failure {
    switch failure.kind {
    case .transient, .timeout: break
    case .cancelled, .internal: return failure  // Says nothing about the model.
    default:
      answered(model)
      return failure
    }
    let count = failures.withLock { failures in
      failures[model, default: 0] += 1
      return failures[model, default: 0]
    }
    guard count >= Self.limit else { return failure }
    return Failure(
      .unavailable, "\(failure.message) (for the \(count). time in a row)",
      retryAfter: failure.retryAfter)
  }

  func answered(_ model: String) { failures.withLock { $0[model] = nil } }
}
