/// How long work takes and what it costs, from what the ledger has seen of it.
package struct Experience: Sendable {
  let assumptions: Forecast.Assumptions
  private let durations: [String: RecentDurations]
  private let costs: [String: [Money]]

  /// `costs` are those of the last attempts that succeeded, by task key.
  package init(
    _ board: Board, costs: [String: [Money]] = [:],
    _ assumptions: Forecast.Assumptions = Forecast.Assumptions()
  ) {
    self.assumptions = assumptions
    durations = board.durations
    self.costs = costs
  }

  /// How long the next attempt takes, and on what that rests.
  func length(of task: TaskRecord) -> (span: Span, basis: Forecast.Basis) {
    if task.isPerson, let signing = assumptions.signing { return (signing, .given) }
    let known = durations[task.key]
    if let known, let span = known.percentile(assumptions.pace.percent) {
      return (span, .learned(known.entries.count))
    }
    if let estimate = task.specification.estimate.duration { return (estimate, .estimate) }
    return (Estimates.standard(of: task), .standard)
  }

  /// When what began at `start` ends.
  ///
  /// What is over its time already is taken to need a quarter of that time more: it is not about to
  /// end just because somebody asks.
  func end(of task: TaskRecord, begunAt start: Instant, now: Instant) -> Instant {
    let span = length(of: task).span
    let end = start + span
    return end > now ? end : now + Span(milliseconds: max(1, span.milliseconds / 4))
  }

  /// What the next attempt costs: as lately, else as the pipeline expects, else the most that it
  /// may.
  func cost(of task: TaskRecord, _ rules: Rules) -> Money {
    let known = (costs[task.key] ?? []).filter { $0.currency == rules.currency }.map(\.micros)
      .sorted()
    if !known.isEmpty {
      let rank = (known.count * assumptions.pace.percent + 99) / 100
      return Money(micros: known[max(1, min(rank, known.count)) - 1], currency: rules.currency)
    }
    if let cost = task.specification.estimate.cost, cost.currency == rules.currency { return cost }
    if case .upTo(let most)? = rules.executors[task.specification.executor]?.cost { return most }
    return .zero(rules.currency)
  }
}
