internal import HeadwayCore

extension AttemptPlan {
  /// What could not serve: a program as a whole; of models each by itself, where many share a key
  /// the key.
  func outages(of outcome: Outcome) -> [Outage] {
    switch order.executor {
    case .command:
      guard case .failure(let failure) = outcome.result, failure.kind.isOfExecutor else {
        return []
      }
      return [
        Outage(
          scope: .executor(task.specification.executor), kind: failure.kind,
          cause: cause(of: failure, status: outcome.report.status),
          keys: failure.kind == .authentication ? keys[ExecutorCatalogue.command] ?? [] : [],
          retryAfter: failure.retryAfter)
      ]
    case .model: return outcome.report.unserved.compactMap(outage)
    }
  }

  private func outage(_ unserved: Outcome.Unserved) -> Outage? {
    guard let model = ModelName(unserved.model) else { return nil }
    // An address that nobody answers has nothing to do with the key.
    let keys = unserved.failure.kind == .unavailable ? [] : keys[unserved.model] ?? []
    return Outage(
      scope: keys.first.map { .key($0.name) } ?? .model(model), kind: unserved.failure.kind,
      cause: "\(model) \(cause(of: unserved.failure, status: unserved.status))", keys: keys,
      retryAfter: unserved.failure.retryAfter)
  }

  /// In our own words: messages of the other side may repeat a part of the key.
  private func cause(of failure: Failure, status: Int?) -> String {
    if let status { return "\(status)" }
    switch failure.kind {
    case .authentication: return "its key was not accepted"
    case .budgetExhausted: return "its account is empty"
    default: return "cannot be reached"
    }
  }
}
