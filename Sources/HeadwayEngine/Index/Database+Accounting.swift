internal import GRDB
internal import HeadwayCore

extension Database {
  /// What attempts that ended between two instants cost, `to` not included; oldest first.
  func costs(from: Instant, to: Instant) throws -> [AttemptCost] {
    let rows = try Row.fetchAll(
      self,
      sql: """
        SELECT run, key, executor, model, finished, micros, currency FROM attempt
        WHERE finished >= ? AND finished < ? ORDER BY finished, run, task, number
        """, arguments: [from.milliseconds, to.milliseconds])
    return try rows.map { row in
      guard let run = RunID(row["run"] as String) else {
        throw EngineError.index("an attempt of no run")
      }
      var cost: Money?
      if let micros = row["micros"] as Int64?,
        let currency = (row["currency"] as String?).flatMap(Currency.init)
      {
        cost = Money(micros: micros, currency: currency)
      }
      return AttemptCost(
        run: run, key: row["key"], executor: row["executor"], model: row["model"],
        finished: Instant(milliseconds: row["finished"]), cost: cost)
    }
  }

  /// Runs that were admitted or still live at `from` or later, oldest first.
  func runs(since from: Instant) throws -> [RunRecord] {
    try Row.fetchAll(
      self,
      sql: """
        SELECT folder, json FROM run
        WHERE live = 1 OR admitted >= ? OR id IN (SELECT run FROM attempt WHERE finished >= ?)
        ORDER BY admitted, id
        """, arguments: [from.milliseconds, from.milliseconds]
    ).compactMap(runRecord)
  }

  func run(_ id: RunID) throws -> RunRecord? {
    try Row.fetchOne(
      self, sql: "SELECT folder, json FROM run WHERE id = ?", arguments: [id.text]
    ).flatMap(runRecord)
  }
}

/// What one attempt cost, as the index knows it.
struct AttemptCost: Hashable, Sendable {
  let run: RunID
  let key: String
  let executor: String
  let model: String?
  let finished: Instant
  let cost: Money?
}

extension LedgerIndex {
  /// What attempts cost, together with their runs.
  func costs(
    from: Instant, to: Instant
  ) async throws(EngineError) -> (attempts: [AttemptCost], runs: [RunID: RunRecord]) {
    try await read { database in
      let attempts = try database.costs(from: from, to: to)
      var runs: [RunID: RunRecord] = [:]
      for id in Set(attempts.map(\.run)) { runs[id] = try database.run(id) }
      return (attempts, runs)
    }
  }

  func run(_ id: RunID) async throws(EngineError) -> RunRecord? {
    try await read { try $0.run(id) }
  }

  func runs(since from: Instant) async throws(EngineError) -> [RunRecord] {
    try await read { try $0.runs(since: from) }
  }

  /// What the last attempts cost that succeeded, by task key.
  func recentCosts(of keys: Set<String>) async throws(EngineError) -> [String: [Money]] {
    try await read { database in
      var costs: [String: [Money]] = [:]
      for key in keys { costs[key] = try database.recentCosts(of: key) }
      return costs
    }
  }
}
