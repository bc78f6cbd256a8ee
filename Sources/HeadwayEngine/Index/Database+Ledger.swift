internal import GRDB
internal import HeadwayCore

extension Database {
  func storedTip() throws -> String? { try state("tip") }

  func setTip(_ tip: String?) throws { try set("tip", tip ?? "") }

  func state(_ key: String) throws -> String? {
    try String.fetchOne(
      cachedStatement(sql: "SELECT value FROM state WHERE key = ?"), arguments: [key])
  }

  func set(_ key: String, _ value: String) throws {
    try change(
      "INSERT INTO state (key, value) VALUES (?, ?) "
        + "ON CONFLICT (key) DO UPDATE SET value = excluded.value", [key, value])
  }

  /// Statements are prepared once; a rebuild runs each of them a hundred thousand times.
  private func change(_ sql: String, _ arguments: StatementArguments) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }

  /// Stores records as they now stand; those of one commit come together.
  func store(_ files: [LedgerFile]) throws {
    var keys: [TaskID: String] = [:]
    for case .task(let task, _) in files { keys[task.id] = task.key }
    for file in files {
      switch file {
      case .opening, .main, .intake:
        try set(file.path, String(decoding: file.json.compact, as: UTF8.self))
      case .run(let run): try store(run)
      case .task(let task, _): try store(file, of: task.run, rank: 0)
      case .proposal(let record, _): try store(file, of: record.attempt.task.run, rank: 1)
      case .judged(let record, _): try store(file, of: record.attempt.task.run, rank: 2)
      case .attempt(let attempt, let folder):
        try store(attempt, of: keys[attempt.id.task] ?? key(of: attempt.id.task, in: folder))
      case .decision: break
      case .incident(let incident): try store(incident)
      }
    }
    try storeStarts(files)
    if let instant = files.compactMap(\.instant).max() { try advance(to: instant) }
  }

  func advance(to instant: Instant) throws {
    if instant.milliseconds > (try state("latest")).flatMap(Int64.init) ?? 0 {
      try set("latest", String(instant.milliseconds))
    }
  }

  private func store(_ incident: IncidentRecord) throws {
    try change("DELETE FROM incident WHERE id = ?", [incident.id])
    guard incident.cleared == nil else { return }
    try change(
      "INSERT INTO incident (id, json) VALUES (?, ?)", [incident.id, bytes(incident.json)])
  }

  private func store(_ run: RunRecord) throws {
    try change(
      """
      INSERT INTO run (id, kind, path, generation, pipeline, admitted, live, folder, json)
      VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)
      ON CONFLICT (id) DO UPDATE SET
        live = 1, pipeline = excluded.pipeline, json = excluded.json
      """,
      [
        run.id.text, run.cause.kind.rawValue, run.cause.path, run.generation,
        run.pipeline.name.text, run.admitted.milliseconds, run.folder, bytes(run.json),
      ])
  }

  private func store(_ file: LedgerFile, of run: RunID, rank: Int) throws {
    try change(
      """
      INSERT INTO record (run, path, rank, json) VALUES (?, ?, ?, ?)
      ON CONFLICT (run, path) DO UPDATE SET json = excluded.json
      """, [run.text, file.path, rank, bytes(file.json)])
  }

  private func store(_ attempt: AttemptRecord, of key: String) throws {
    try change(
      """
      INSERT OR REPLACE INTO attempt
        (run, task, number, key, executor, model, outcome, failure, started, finished, duration,
         day, micros, currency)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        attempt.id.task.run.text, attempt.id.task.task.text, attempt.id.number, key,
        attempt.executor.text, attempt.servedModel ?? attempt.model, attempt.outcome.rawValue,
        attempt.failure?.kind.rawValue, attempt.started.milliseconds,
        attempt.finished.milliseconds, attempt.duration?.duration.milliseconds,
        attempt.finished.day, attempt.cost?.micros, attempt.cost?.currency.code,
      ])
    guard let use = attempt.effectUse, try effect(attempt.key).map(use.outweighs) ?? true else {
      return
    }
    try change(
      """
      INSERT OR REPLACE INTO effect (key, run, attempt, fingerprint, at, certain)
      VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        attempt.key, use.attempt.task.run.text, use.attempt.description, use.fingerprint,
        use.at.milliseconds, use.isCertain,
      ])
  }

  /// The task key of an attempt that came without its task's record.
  private func key(of task: TaskID, in folder: String) throws -> String {
    let path = "\(folder)/task.json"
    let text = try String.fetchOne(
      cachedStatement(sql: "SELECT json FROM record WHERE run = ? AND path = ?"),
      arguments: [task.run.text, path])
    let file = try text.flatMap { try LedgerReader.decode(path: path, bytes: Array($0.utf8)) }
    guard case .task(let record, _) = file else {
      throw EngineError.index("an attempt of \(task) without its task")
    }
    return record.key
  }

  private func bytes(_ json: JSONValue) -> String {
    String(decoding: json.compact, as: UTF8.self)
  }

  func drop(_ runs: [RunID]) throws {
    for run in runs {
      try change("DELETE FROM record WHERE run = ?", [run.text])
      try change("UPDATE run SET live = 0 WHERE id = ?", [run.text])
    }
  }
}
