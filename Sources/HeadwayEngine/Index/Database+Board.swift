internal import GRDB
internal import HeadwayCore

extension Database {
  /// The board as it was last stored: live runs, and what their tasks ask of the past.
  func storedBoard() throws -> Board {
    var board = Board(reach: .keys(.init()))
    for path in [LedgerOpening.path, MainRecord.path, IntakeRecord.path] {
      if let text = try state(path) { try fold(text, at: path, into: &board) }
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
    let incidents = try Row.fetchCursor(self, sql: "SELECT id, json FROM incident")
    while let row = try incidents.next() {
      try fold(row["json"], at: "incidents/\(row["id"] as String).json", into: &board)
    }
    if let latest = try state("latest").flatMap(Int64.init) {
      board.latest = max(board.latest, Instant(milliseconds: latest))
    }
    for run in board.runs.keys { try addSpending(of: run, to: &board) }
    board.spend.days = try spending(since: Board.firstDay(for: board.latest))
    try loadStarts(into: &board)
    try complete(&board)
    return board
  }

  /// Folds what the ledger holds beyond the stored board; to be called before it is stored.
  func fold(_ files: [LedgerFile], into board: inout Board) throws {
    for case .run(let run) in files where board.runs[run.id] == nil {
      // It comes back to life, and its earlier attempts are not among the files.
      try addSpending(of: run.id, to: &board)
    }
    board.fold(files)
    try complete(&board)
  }

  private func addSpending(of run: RunID, to board: inout Board) throws {
    let spent = try spent(by: run)
    if spent > 0 { board.spend.runs[run] = spent }
  }

  private func fold(_ text: String, at path: String, into board: inout Board) throws {
    if let file = try LedgerReader.decode(path: path, bytes: Array(text.utf8)) { board.fold(file) }
  }

  func latestRun(_ kind: RunRecord.Cause.Kind, path: String) throws -> RunRecord? {
    let statement = try cachedStatement(
      sql: """
        SELECT folder, json FROM run WHERE kind = ? AND path = ? ORDER BY generation DESC LIMIT 1
        """)
    return try Row.fetchOne(statement, arguments: [kind.rawValue, path]).flatMap(runRecord)
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

  func runRecord(_ row: Row) throws -> RunRecord? {
    let path = "\(row["folder"] as String)/run.json"
    let file = try LedgerReader.decode(path: path, bytes: Array((row["json"] as String).utf8))
    guard case .run(let run) = file else { return nil }
    return run
  }

  func folder(of run: RunID) throws -> String? {
    let statement = try cachedStatement(sql: "SELECT folder FROM run WHERE id = ?")
    return try String.fetchOne(statement, arguments: [run.text])
  }
}
