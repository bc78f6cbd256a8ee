/// That an executor, a model or a key could not serve, which says nothing about the task that
/// met it.
package struct Outage: Hashable, Sendable {
  package let scope: IncidentRecord.Scope
  package let kind: FailureClass
  /// A few words without any secret, such as `401`.
  package let cause: String
  /// The secrets that were used.
  package let keys: [IncidentRecord.Key]
  /// How long the other side asked us to stay away.
  package let retryAfter: Span?

  package init(
    scope: IncidentRecord.Scope, kind: FailureClass, cause: String,
    keys: [IncidentRecord.Key] = [], retryAfter: Span? = nil
  ) {
    self.scope = scope
    self.kind = kind
    self.cause = cause
    self.keys = keys
    self.retryAfter = retryAfter
  }
}
