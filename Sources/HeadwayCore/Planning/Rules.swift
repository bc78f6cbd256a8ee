/// What the trusted state tells the planner: limits, budgets and who can do what.
package struct Rules: Hashable, Sendable {
  package var currency: Currency
  package var concurrency: Int
  /// `nil` only where a person removed the default; paid work is then refused.
  package var runCost: Money?
  package var dayCost: Money?
  /// How long paid work waits after the commit that asked for it.
  package var settle: Span
  package var executors: [Name: ExecutorRule]

  package struct ExecutorRule: Hashable, Sendable {
    package var isPerson: Bool
    package var effect: Effect
    package var concurrency: Int?
    package var cost: Cost
    /// The ways in which it can work, in order of preference.
    package var routes: [Route]

    package init(
      isPerson: Bool, effect: Effect, concurrency: Int?, cost: Cost, routes: [Route] = []
    ) {
      self.isPerson = isPerson
      self.effect = effect
      self.concurrency = concurrency
      self.cost = cost
      self.routes = routes
    }
  }

  /// A program with its secrets, or one model of a chain with its key.
  package struct Route: Hashable, Sendable {
    package let model: ModelName?
    /// The variables and secrets without which it does not work.
    package let keys: Set<String>

    package init(model: ModelName? = nil, keys: Set<String> = []) {
      self.model = model
      self.keys = keys
    }
  }

  /// The most that one attempt may cost.
  package enum Cost: Hashable, Sendable {
    case free
    case upTo(Money)
    /// No price is known: it refuses, it is never zero.
    case unknown
  }

  package init(
    currency: Currency, concurrency: Int, runCost: Money?, dayCost: Money?, settle: Span,
    executors: [Name: ExecutorRule]
  ) {
    self.currency = currency
    self.concurrency = concurrency
    self.runCost = runCost
    self.dayCost = dayCost
    self.settle = settle
    self.executors = executors
  }
}
