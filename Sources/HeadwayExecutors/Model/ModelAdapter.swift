package import HeadwayCore

/// Asks the models of a chain, in order of preference.
///
/// The next one is asked only when a model cannot serve at all: it is unavailable, its account
/// is empty, or its rate limit lasts beyond the deadline. A refusal never falls through, since
/// the chain would shop for the most permissive model; nor does a wrong key, which a person
/// must see.
package struct ModelAdapter: Executor {
  private let now: @Sendable () -> Instant
  private let streak = FailureStreak()

  package init(now: @escaping @Sendable () -> Instant) { self.now = now }

  package func execute(_ order: WorkOrder, observer: any AttemptObserver) async -> Outcome {
    guard case .model(let setup) = order.executor else {
      return Outcome(
        .failure(Failure(.internal, "a model's adapter was given another kind of executor")),
        report: Outcome.Report())
    }
    var earlier: [(outcome: Outcome, model: String)] = []
    for endpoint in setup.chain {
      if Task.isCancelled {
        return combined(
          Outcome(
            .failure(Failure(.cancelled, "cancelled before \(endpoint.id) was asked")),
            report: Outcome.Report(cost: .zero(.usd))), after: earlier)
      }
      let outcome = await ask(endpoint, order, setup)
      guard case .failure(let failure) = outcome.result, fallsThrough(failure, order) else {
        return combined(outcome, after: earlier)
      }
      earlier.append((outcome, endpoint.id))
    }
    guard let last = earlier.popLast() else {
      return Outcome(
        .failure(Failure(.unavailable, "no model of \(setup.name) is left to be asked")),
        report: Outcome.Report(cost: .zero(.usd)))
    }
    return combined(last.outcome, after: earlier)
  }

  private func ask(
    _ endpoint: ModelEndpoint, _ order: WorkOrder, _ setup: ModelSetup
  ) async -> Outcome {
    switch endpoint {
    case .extractive: return await aside { ExtractiveModel().complete(order, setup: setup) }
    case .openAIChat(let chat):
      let outcome = await ChatModel(endpoint: chat, now: now).complete(order, setup: setup)
      guard case .failure(let reported) = outcome.result else {
        streak.answered(chat.id)
        return outcome
      }
      let failure = streak.reading(reported, of: chat.id)
      var report = outcome.report
      if failure.kind.isOfExecutor {
        report.unserved = [.init(model: chat.id, failure: failure, status: report.status)]
      }
      return Outcome(.failure(failure), report: report)
    }
  }

  private func fallsThrough(_ failure: Failure, _ order: WorkOrder) -> Bool {
    switch failure.kind {
    case .unavailable, .budgetExhausted: true
    case .rateLimited: failure.retryAfter.map { now() + $0 >= order.deadline } ?? false
    default: false
    }
  }

  /// The outcome with what was tried before it, whose tokens were paid for as well.
  private func combined(
    _ outcome: Outcome, after earlier: [(outcome: Outcome, model: String)]
  ) -> Outcome {
    var report = outcome.report
    for (tried, model) in earlier {
      let kind =
        if case .failure(let failure) = tried.result { failure.kind } else { nil as FailureClass? }
      report.fallbacks.append("\(model) \(kind?.rawValue ?? "")")
      report.unserved += tried.report.unserved
      report.cost = Self.sum(report.cost, tried.report.cost)
      if let used = tried.report.usage { report.usage = (report.usage ?? Usage()) + used }
    }
    return Outcome(outcome.result, report: report)
  }

  /// Unknown as soon as one part is; nothing adds to an amount whatever the currency.
  static func sum(_ left: Money?, _ right: Money?) -> Money? {
    guard let left, let right else { return nil }
    if right.micros == 0 { return left }
    if left.micros == 0 { return right }
    return left.adding(right)
  }
}

extension Usage {
  static func + (left: Usage, right: Usage) -> Usage {
    Usage(
      uncachedInput: left.uncachedInput + right.uncachedInput,
      cacheRead: left.cacheRead + right.cacheRead, cacheWrite: left.cacheWrite + right.cacheWrite,
      output: left.output + right.output, reasoning: left.reasoning + right.reasoning)
  }
}
