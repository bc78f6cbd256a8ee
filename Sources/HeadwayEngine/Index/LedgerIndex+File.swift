internal import GRDB
internal import Glibc
internal import HeadwayCore

extension LedgerIndex {
  /// Raised with every change of the tables; an older file is thrown away and made again.
  static let format = 4

  static func open(_ path: String) throws -> DatabaseQueue {
    do {
      let queue = try connect(path)
      if try queue.read({ try Int.fetchOne($0, sql: "PRAGMA user_version") }) == format {
        return queue
      }
      try queue.close()
    } catch let error as DatabaseError where error.isDamage {
      // No database, or no longer a whole one: the same answer as for one of another format.
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
      try database.execute(sql: Database.startTables)
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
      pipeline TEXT NOT NULL, admitted INTEGER NOT NULL, live INTEGER NOT NULL,
      folder TEXT NOT NULL, json BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX run_cause ON run (kind, path, generation);
    CREATE INDEX run_age ON run (admitted);
    CREATE INDEX run_live ON run (live) WHERE live = 1;
    CREATE TABLE record (
      run TEXT NOT NULL, path TEXT NOT NULL, rank INTEGER NOT NULL, json BLOB NOT NULL,
      PRIMARY KEY (run, path)
    ) WITHOUT ROWID;
    CREATE TABLE attempt (
      run TEXT NOT NULL, task TEXT NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL,
      executor TEXT NOT NULL, model TEXT, outcome TEXT NOT NULL, failure TEXT,
      started INTEGER NOT NULL, finished INTEGER NOT NULL, duration INTEGER,
      day TEXT NOT NULL, micros INTEGER, currency TEXT,
      PRIMARY KEY (run, task, number)
    ) WITHOUT ROWID;
    CREATE INDEX attempt_duration ON attempt (key, finished) WHERE duration IS NOT NULL;
    CREATE INDEX attempt_spend ON attempt (day) WHERE micros > 0;
    CREATE TABLE effect (
      key TEXT PRIMARY KEY, run TEXT NOT NULL, attempt TEXT NOT NULL, fingerprint TEXT NOT NULL,
      at INTEGER NOT NULL, certain INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX effect_run ON effect (run);
    CREATE TABLE incident (id TEXT PRIMARY KEY, json BLOB NOT NULL) WITHOUT ROWID;
    """
}

extension DatabaseError {
  /// Whether the file is no database, or no longer a whole one.
  ///
  /// `SQLITE_ERROR` is what a header or schema gets that makes no sense.
  var isDamage: Bool {
    [.SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR].contains(resultCode)
  }
}
