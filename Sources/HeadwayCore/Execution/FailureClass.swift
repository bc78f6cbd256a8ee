/// What kind of failure an attempt ended in; the planner reads nothing else of it.
package enum FailureClass: String, Hashable, Sendable, CaseIterable {
  case transient, rateLimited, budgetExhausted, invalidRequest, refused, truncated, badOutput,
    authentication, unavailable, timeout, cancelled, `internal`

  /// Whether it says something about the executor and nothing about the task.
  package var isOfExecutor: Bool {
    switch self {
    case .authentication, .budgetExhausted, .unavailable: true
    case .transient, .rateLimited, .invalidRequest, .refused, .truncated, .badOutput, .timeout,
      .cancelled, .internal:
      false
    }
  }

  /// Whether something was delivered that was not good enough.
  package var isOfOutput: Bool { self == .badOutput || self == .truncated }
}

/// A classified failure with what a person needs to act on it.
package struct Failure: Error, Hashable, Sendable {
  package let kind: FailureClass
  /// One line, free of secrets; names the cause and, where there is one, the next step.
  package let message: String
  /// How long the other side asked us to stay away.
  package let retryAfter: Span?

  package init(_ kind: FailureClass, _ message: String, retryAfter: Span? = nil) {
    self.kind = kind
    self.message = message
    // The other side's word, so it is held to what a `Span` can be written and read as.
    self.retryAfter = retryAfter.map { min(max($0, .zero), .days(366)) }
  }
}
