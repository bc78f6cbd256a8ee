internal import GRDB
internal import Git
internal import HeadwayCore

extension Database {
  /// The board as it was last stored: live runs, all effects, and spend of live runs and of days.
  func storedBoard() throws -> Board {
    var board = Board()
    for path in [LedgerOpening.path, MainRecord.path] {
      let text = try String.fetchOne(
        self, sql: "SELECT value FROM state WHERE key = ?", arguments: [path])
      if let text { try fold(text, at: path, into: &board) }
    }
    let runs = try Row.fetchCursor(self, sql: "SELECT folder, json FROM run WHERE live = 1")
    while let row = try runs.next() {
      try fold(row["json"], at: "\(row["folder"] as String)/run.json", into: &board)
    }
    let records = try Row.fetchCursor(
      self, sql: "SELECT path, json FROM record ORDER BY rank, path")
    while let row = try records.next() {
      try fold(row["json"], at: row["path"], into: &board)
    }
    try loadPast(into: &board)
    return board
  }

  private func loadPast(into board: inout Board) throws {
    let effects = try Row.fetchCursor(
      self, sql: "SELECT key, attempt, fingerprint, at, certain FROM effect")
    while let row = try effects.next() {
      guard let attempt = AttemptID(row["attempt"] as String) else { continue }
      board.effects[row["key"]] = EffectUse(
        attempt: attempt, fingerprint: row["fingerprint"],
        at: Instant(milliseconds: row["at"]), isCertain: row["certain"])
    }
    let days = try Row.fetchCursor(
      self,
      sql: "SELECT day, SUM(micros) AS total FROM spend GROUP BY day ORDER BY day DESC LIMIT 40")
    while let row = try days.next() { board.spend.days[row["day"]] = row["total"] }
    let totals = try Row.fetchCursor(
      self,
      sql: """
        SELECT spend.run AS run, SUM(micros) AS total FROM spend
        JOIN run ON run.id = spend.run AND run.live = 1 GROUP BY spend.run
        """)
    while let row = try totals.next() {
      if let run = RunID(row["run"] as String) { board.spend.runs[run] = row["total"] }
    }
    let incidents = try Row.fetchCursor(self, sql: "SELECT id, json FROM incident")
    while let row = try incidents.next() {
      try fold(row["json"], at: "incidents/\(row["id"] as String).json", into: &board)
    }
    let latest = try String.fetchOne(self, sql: "SELECT value FROM state WHERE key = 'latest'")
    if let latest = latest.flatMap(Int64.init) {
      board.latest = max(board.latest, Instant(milliseconds: latest))
    }
  }

  private func fold(_ text: String, at path: String, into board: inout Board) throws {
    if let file = try LedgerReader.decode(path: path, bytes: Array(text.utf8)) { board.fold(file) }
  }

  func latestRun(_ kind: RunRecord.Cause.Kind, path: String) throws -> RunRecord? {
    let row = try Row.fetchOne(
      self,
      sql: """
        SELECT folder, json FROM run WHERE kind = ? AND path = ? ORDER BY generation DESC LIMIT 1
        """, arguments: [kind.rawValue, path])
    return try row.flatMap(runRecord)
  }

  func finishedRuns(limit: Int) throws -> [RunRecord] {
    try Row.fetchAll(
      self,
      sql: "SELECT folder, json FROM run WHERE live = 0 ORDER BY admitted DESC, id LIMIT ?",
      arguments: [limit]
    ).compactMap(runRecord)
  }

  func runs(startingWith prefix: String, limit: Int) throws -> [RunID] {
    try String.fetchAll(
      self,
      sql: """
        SELECT id FROM run WHERE substr(id, 1, length(?)) = ? ORDER BY admitted DESC, id LIMIT ?
        """, arguments: [prefix, prefix, limit]
    ).compactMap { RunID($0) }
  }

  private func runRecord(_ row: Row) throws -> RunRecord? {
    let path = "\(row["folder"] as String)/run.json"
    let file = try LedgerReader.decode(path: path, bytes: Array((row["json"] as String).utf8))
    guard case .run(let run) = file else { return nil }
    return run
  }
}
