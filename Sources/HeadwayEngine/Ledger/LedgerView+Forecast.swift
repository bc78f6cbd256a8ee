package import HeadwayCore

extension LedgerView {
  /// The planner played forward from the board as it stands, once for each pace.
  ///
  /// `nil` where no settings are in force. Reads only, and executes nothing.
  /// `signing` is how long people are taken to need, whatever they needed so far.
  package func forecasts(
    at now: Instant, signing: Span? = nil
  ) async throws(EngineError) -> [Forecast.Pace: Forecast]? {
    guard let project = try await project(), let rules = Rules(project, at: now) else {
      return nil
    }
    let costs = try await index.recentCosts(of: Set(board.tasksInOrder.map(\.record.key)))
    var forecasts: [Forecast.Pace: Forecast] = [:]
    for pace in Forecast.Pace.allCases {
      let experience = Experience(
        board, costs: costs, Forecast.Assumptions(pace: pace, signing: signing))
      forecasts[pace] = Forecast(
        board, rules, experience, at: now, unheard: try unheard())
    }
    return forecasts
  }
}
