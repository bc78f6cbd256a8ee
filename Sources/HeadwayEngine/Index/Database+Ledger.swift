internal import GRDB
internal import Git
internal import Glibc
internal import HeadwayCore

extension LedgerIndex {
  /// Raised with every change of the tables; an older file is thrown away and made again.
  static let format = 2

  static func open(_ path: String) throws -> DatabaseQueue {
    do {
      let queue = try connect(path)
      if try queue.read({ try Int.fetchOne($0, sql: "PRAGMA user_version") }) == format {
        return queue
      }
      try queue.close()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
      // Not a database at all: the same answer as for one of another format.
    }
    return try recreate(path)
  }

  /// Opens without writing; throws for a file that is missing, of another format, or no database.
  static func openExisting(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(10)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    guard try queue.read({ try Int.fetchOne($0, sql: "PRAGMA user_version") }) == format else {
      throw EngineError.index("another format")
    }
    return queue
  }

  static func recreate(_ path: String) throws -> DatabaseQueue {
    for suffix in ["", "-wal", "-shm"] where unsafe unlink(path + suffix) != 0 && errno != ENOENT {
      throw EngineError.file(path: path + suffix, operation: "remove", code: errno)
    }
    let queue = try connect(path)
    try makeTables(in: queue)
    return queue
  }

  static func inMemory() throws -> DatabaseQueue {
    let queue = try DatabaseQueue()
    try makeTables(in: queue)
    return queue
  }

  private static func makeTables(in queue: DatabaseQueue) throws {
    try queue.write { database in
      try database.execute(sql: tables)
      try database.execute(sql: "PRAGMA user_version = \(format)")
    }
  }

  private static func connect(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.journalMode = .wal
    // The last holder of the lock may still be closing its connection.
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      // A lost cache is made again; it need not survive a loss of power.
      try database.execute(sql: "PRAGMA synchronous = OFF")
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  private static let tables = """
    CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE run (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, path TEXT NOT NULL, generation INTEGER NOT NULL,
      admitted INTEGER NOT NULL, live INTEGER NOT NULL, folder TEXT NOT NULL, json BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX run_cause ON run (kind, path, generation);
    CREATE INDEX run_age ON run (admitted);
    CREATE INDEX run_live ON run (live) WHERE live = 1;
    CREATE TABLE record (
      run TEXT NOT NULL, path TEXT NOT NULL, rank INTEGER NOT NULL, json BLOB NOT NULL,
      PRIMARY KEY (run, path)
    ) WITHOUT ROWID;
    CREATE TABLE effect (
      key TEXT PRIMARY KEY, attempt TEXT NOT NULL, fingerprint TEXT NOT NULL, at INTEGER NOT NULL,
      certain INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE spend (
      attempt TEXT PRIMARY KEY, run TEXT NOT NULL, day TEXT NOT NULL, micros INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX spend_run ON spend (run);
    CREATE INDEX spend_day ON spend (day);
    CREATE TABLE incident (id TEXT PRIMARY KEY, json BLOB NOT NULL) WITHOUT ROWID;
    """
}

extension Database {
  func storedTip() throws -> String? {
    try String.fetchOne(self, sql: "SELECT value FROM state WHERE key = 'tip'")
  }

  func setTip(_ tip: String?) throws {
    try set("tip", tip ?? "")
  }

  private func set(_ key: String, _ value: String) throws {
    try execute(
      sql: "INSERT INTO state (key, value) VALUES (?, ?) "
        + "ON CONFLICT (key) DO UPDATE SET value = excluded.value", arguments: [key, value])
  }

  func store(_ file: LedgerFile) throws {
    switch file {
    case .opening: try set(file.path, String(decoding: file.json.compact, as: UTF8.self))
    case .main: try set(file.path, String(decoding: file.json.compact, as: UTF8.self))
    case .run(let run): try store(run)
    case .task(let task, _):
      try store(file, of: task.run, rank: 0)
      try advance(to: task.dispatched?.at ?? task.reason?.since ?? task.admitted)
    case .proposal(let proposal, _):
      try store(file, of: proposal.attempt.task.run, rank: 1)
      try advance(to: proposal.proposed)
    case .judged(let judged, _): try store(file, of: judged.attempt.task.run, rank: 2)
    case .attempt(let attempt, _): try store(attempt)
    case .decision(let decision): try advance(to: decision.moment.time)
    case .incident(let incident):
      try execute(sql: "DELETE FROM incident WHERE id = ?", arguments: [incident.id])
      if incident.cleared == nil {
        try execute(
          sql: "INSERT INTO incident (id, json) VALUES (?, ?)",
          arguments: [incident.id, bytes(incident.json)])
      }
      try advance(to: incident.cleared?.at ?? incident.opened)
    }
  }

  private func advance(to instant: Instant) throws {
    let known = try String.fetchOne(self, sql: "SELECT value FROM state WHERE key = 'latest'")
    if instant.milliseconds > known.flatMap(Int64.init) ?? 0 {
      try set("latest", String(instant.milliseconds))
    }
  }

  private func store(_ run: RunRecord) throws {
    try execute(
      sql: """
        INSERT INTO run (id, kind, path, generation, admitted, live, folder, json)
        VALUES (?, ?, ?, ?, ?, 1, ?, ?)
        ON CONFLICT (id) DO UPDATE SET live = 1, json = excluded.json
        """,
      arguments: [
        run.id.text, run.cause.kind.rawValue, run.cause.path, run.generation,
        run.admitted.milliseconds, run.folder, bytes(run.json),
      ])
    try advance(to: run.revisions.last?.at ?? run.admitted)
  }

  private func store(_ file: LedgerFile, of run: RunID, rank: Int) throws {
    try execute(
      sql: """
        INSERT INTO record (run, path, rank, json) VALUES (?, ?, ?, ?)
        ON CONFLICT (run, path) DO UPDATE SET json = excluded.json
        """, arguments: [run.text, file.path, rank, bytes(file.json)])
  }

  private func store(_ attempt: AttemptRecord) throws {
    if let use = attempt.effectUse, try effect(attempt.key).map(use.outweighs) ?? true {
      try execute(
        sql: """
          INSERT OR REPLACE INTO effect (key, attempt, fingerprint, at, certain)
          VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          attempt.key, use.attempt.description, use.fingerprint, use.at.milliseconds,
          use.isCertain,
        ])
    }
    if let cost = attempt.cost, cost.micros > 0 {
      try execute(
        sql: "INSERT OR REPLACE INTO spend (attempt, run, day, micros) VALUES (?, ?, ?, ?)",
        arguments: [
          attempt.id.description, attempt.id.task.run.text, attempt.finished.day, cost.micros,
        ])
    }
    try advance(to: attempt.finished)
  }

  private func effect(_ key: String) throws -> EffectUse? {
    let row = try Row.fetchOne(
      self, sql: "SELECT attempt, fingerprint, at, certain FROM effect WHERE key = ?",
      arguments: [key])
    return row.flatMap { row in
      AttemptID(row["attempt"] as String).map {
        EffectUse(
          attempt: $0, fingerprint: row["fingerprint"],
          at: Instant(milliseconds: row["at"]), isCertain: row["certain"])
      }
    }
  }

  private func bytes(_ json: JSONValue) -> DatabaseValue {
    String(decoding: json.compact, as: UTF8.self).databaseValue
  }

  func drop(_ runs: [RunID]) throws {
    for run in runs {
      try execute(sql: "DELETE FROM record WHERE run = ?", arguments: [run.text])
      try execute(sql: "UPDATE run SET live = 0 WHERE id = ?", arguments: [run.text])
    }
  }

  func folder(of run: RunID) throws -> String? {
    try String.fetchOne(self, sql: "SELECT folder FROM run WHERE id = ?", arguments: [run.text])
  }
}
