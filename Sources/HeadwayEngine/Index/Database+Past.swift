internal import GRDB
internal import HeadwayCore

/// What is known of the past by key, so that a tick reads what its tasks ask for and no more.
extension Database {
  /// Adds to `board` all that its tasks ask of the past.
  func complete(_ board: inout Board) throws {
    let tasks = board.runs.values.flatMap { $0.tasks.values.map(\.record) }
    let keys = board.missing(for: tasks)
    guard !keys.isEmpty else { return }
    let past = try past(of: keys)
    board.take(effects: past.effects, durations: past.durations, for: keys)
  }

  func past(
    of keys: Board.PastKeys
  ) throws -> (effects: [String: EffectUse], durations: [String: RecentDurations]) {
    var effects: [String: EffectUse] = [:]
    for key in keys.effects { effects[key] = try effect(key) }
    var durations: [String: RecentDurations] = [:]
    for key in keys.durations { durations[key] = try recentDurations(of: key) }
    return (effects, durations)
  }

  func effect(_ key: String) throws -> EffectUse? {
    let statement = try cachedStatement(
      sql: "SELECT attempt, fingerprint, at, certain FROM effect WHERE key = ?")
    return try Row.fetchOne(statement, arguments: [key]).map(effectUse)
  }

  /// The effects that the attempts of one run had.
  func effects(of run: RunID) throws -> [EffectUse] {
    let statement = try cachedStatement(
      sql: "SELECT attempt, fingerprint, at, certain FROM effect WHERE run = ?")
    return try Row.fetchAll(statement, arguments: [run.text]).map(effectUse)
  }

  private func effectUse(_ row: Row) throws -> EffectUse {
    guard let attempt = AttemptID(row["attempt"] as String) else {
      throw EngineError.index("an effect of no attempt")
    }
    return EffectUse(
      attempt: attempt, fingerprint: row["fingerprint"], at: Instant(milliseconds: row["at"]),
      isCertain: row["certain"])
  }

  /// `nil` where nothing of that key succeeded yet.
  private func recentDurations(of key: String) throws -> RecentDurations? {
    let statement = try cachedStatement(
      sql: """
        SELECT run, task, number, finished, duration FROM attempt
        WHERE key = ? AND duration IS NOT NULL
        ORDER BY finished DESC, run DESC, task DESC, number DESC LIMIT ?
        """)
    let entries = try Row.fetchAll(statement, arguments: [key, RecentDurations.limit]).map { row in
      guard
        let attempt = AttemptID(
          "\(row["run"] as String)/\(row["task"] as String).\(row["number"] as Int)")
      else { throw EngineError.index("a duration of no attempt") }
      return RecentDurations.Entry(
        finished: Instant(milliseconds: row["finished"]), attempt: attempt,
        duration: Span(milliseconds: row["duration"]))
    }
    return entries.isEmpty ? nil : RecentDurations(entries)
  }

  /// What the last attempts of a key cost that succeeded and whose cost is known, newest first.
  func recentCosts(of key: String) throws -> [Money] {
    let statement = try cachedStatement(
      sql: """
        SELECT micros, currency FROM attempt
        WHERE key = ? AND duration IS NOT NULL AND micros IS NOT NULL
        ORDER BY finished DESC, run DESC, task DESC, number DESC LIMIT ?
        """)
    return try Row.fetchAll(statement, arguments: [key, RecentDurations.limit]).compactMap { row in
      (row["currency"] as String?).flatMap(Currency.init).map {
        Money(micros: row["micros"], currency: $0)
      }
    }
  }

  /// What all attempts of a run cost so far; zero where nothing did.
  func spent(by run: RunID) throws -> Int64 {
    let statement = try cachedStatement(
      sql: "SELECT COALESCE(SUM(micros), 0) FROM attempt WHERE run = ? AND micros > 0")
    return try Int64.fetchOne(statement, arguments: [run.text]) ?? 0
  }

  /// What was spent on each day from `first` on.
  func spending(since first: String) throws -> [String: Int64] {
    let statement = try cachedStatement(
      sql: """
        SELECT day, SUM(micros) AS total FROM attempt WHERE micros > 0 AND day >= ? GROUP BY day
        """)
    let rows = try Row.fetchAll(statement, arguments: [first])
    return Dictionary(
      uniqueKeysWithValues: rows.map { ($0["day"] as String, $0["total"] as Int64) })
  }
}
