internal import GRDB
internal import HeadwayCore

/// What earlier starts mean for the next one, as the board folds it.
extension Database {
  static let startTables = """
    CREATE TABLE quota (
      run TEXT NOT NULL, attempt TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL,
      amount INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (attempt, name, key)
    ) WITHOUT ROWID;
    CREATE INDEX quota_end ON quota (until);
    """

  private static let dispatches = "dispatches"

  /// One row holds the fold of all decisions: it is read and written once for all files.
  func storeStarts(_ files: [LedgerFile]) throws {
    var decisions: [DecisionRecord] = []
    for file in files {
      if case .decision(let decision) = file { decisions.append(decision) }
      if case .attempt(let attempt, _) = file { try storeQuotas(of: attempt) }
    }
    guard decisions.contains(where: { $0.decisions.contains { $0.claims != nil } }) else { return }
    var dispatches = try storedDispatches()
    for decision in decisions { dispatches.fold(decision) }
    try set(Self.dispatches, String(decoding: dispatches.json.compact, as: UTF8.self))
  }

  private func storedDispatches() throws -> Dispatches {
    guard let text = try state(Self.dispatches) else { return Dispatches() }
    return try Dispatches(json: JSONReader.read(Array(text.utf8)).json)
  }

  private func storeQuotas(of attempt: AttemptRecord) throws {
    for use in attempt.quotaUses {
      try execute(
        sql: """
          INSERT OR REPLACE INTO quota (run, attempt, name, key, amount, until)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          use.attempt.task.run.text, use.attempt.description, use.claim.name.text, use.claim.key,
          use.claim.amount, use.claim.until.milliseconds,
        ])
    }
  }

  /// Once the board's time is known.
  func loadStarts(into board: inout Board) throws {
    board.dispatches = try storedDispatches()
    let uses = try Row.fetchCursor(
      self, sql: "SELECT attempt, name, key, amount, until FROM quota WHERE until > ?",
      arguments: [board.latest.milliseconds])
    while let row = try uses.next() {
      guard let attempt = AttemptID(row["attempt"] as String), let name = Name(row["name"]) else {
        throw EngineError.index("a quota of no attempt")
      }
      let claim = QuotaClaim(
        name: name, key: row["key"], amount: row["amount"],
        until: Instant(milliseconds: row["until"]))
      board.quotas.insert(QuotaUses.Use(attempt: attempt, claim: claim))
    }
    let spent = try Row.fetchCursor(
      self,
      sql: """
        SELECT day, key, SUM(micros) AS total FROM attempt WHERE micros > 0 AND day >= ?
        GROUP BY day, key
        """, arguments: [Board.firstDay(for: board.latest)])
    while let row = try spent.next() {
      let pipeline = (row["key"] as String).prefix { $0 != "/" }
      board.spend.pipelines[row["day"], default: [:]][String(pipeline), default: 0] +=
        row["total"]
    }
  }
}
