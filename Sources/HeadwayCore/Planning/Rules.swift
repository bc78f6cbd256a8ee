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
  /// Attempts under way at most, by key: `pipeline:…`, `model:…`, `provider:…`, or one that tasks
  /// name.
  package var keys: [String: Int]
  package var fairness: Fairness
  /// Only pipelines with bounds of their own.
  package var pipelines: [Name: PipelineRule]

  package struct PipelineRule: Hashable, Sendable {
    package var runCost: Money?
    package var dayCost: Money?

    package init(runCost: Money? = nil, dayCost: Money? = nil) {
      self.runCost = runCost
      self.dayCost = dayCost
    }
  }

  package struct ExecutorRule: Hashable, Sendable {
    package var isPerson: Bool
    package var effect: Effect
    package var concurrency: Int?
    package var cost: Cost
    package var rate: Rate?
    /// The ways in which it can work, in order of preference.
    package var routes: [Route]

    package init(
      isPerson: Bool, effect: Effect, concurrency: Int?, cost: Cost, rate: Rate? = nil,
      routes: [Route] = []
    ) {
      self.isPerson = isPerson
      self.effect = effect
      self.concurrency = concurrency
      self.cost = cost
      self.rate = rate
      self.routes = routes
    }

    /// The most tokens that an input may have, over all of its ways to work; `nil` without a limit.
    package var room: Int64? {
      var largest: Int64?
      for route in routes {
        guard let room = route.room else { return nil }
        largest = max(largest ?? room, room)
      }
      return largest
    }
  }

  /// A program with its secrets, or one model of a chain with its key and its window.
  package struct Route: Hashable, Sendable {
    package let model: ModelName?
    /// The variables and secrets without which it does not work.
    package let keys: Set<String>
    /// The tokens that an input may have beside the reply; `nil` where nothing limits them.
    package let room: Int64?

    package init(model: ModelName? = nil, keys: Set<String> = [], room: Int64? = nil) {
      self.model = model
      self.keys = keys
      self.room = room
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
    executors: [Name: ExecutorRule], keys: [String: Int] = [:],
    fairness: Fairness = Fairness(), pipelines: [Name: PipelineRule] = [:]
  ) {
    self.currency = currency
    self.concurrency = concurrency
    self.runCost = runCost
    self.dayCost = dayCost
    self.settle = settle
    self.executors = executors
    self.keys = keys
    self.fairness = fairness
    self.pipelines = pipelines
  }
}

/// How starts are shared out inside a band.
package struct Fairness: Hashable, Sendable {
  /// `pipeline`, or the parameter whose value is the key, such as `customer`.
  package var by: String
  /// Keys that get more than others, who weigh 1.
  package var weights: [String: Int]

  package static let pipeline = "pipeline"

  package init(by: String = Fairness.pipeline, weights: [String: Int] = [:]) {
    self.by = by
    self.weights = weights
  }

  /// Whose share a run is counted to; a run without the parameter counts to its pipeline.
  package func key(of run: RunRecord) -> String {
    guard by != Self.pipeline, let value = run.parameters[by], value != .null else {
      return run.pipeline.name.text
    }
    let text = value.text ?? String(decoding: value.compact, as: UTF8.self)
    // A parameter may hold a whole text; its digest tells keys apart as well.
    return text.utf8.count <= 100 ? text : Digest(of: text.utf8).hex
  }
}
