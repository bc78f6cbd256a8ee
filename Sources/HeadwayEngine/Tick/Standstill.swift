internal import Git
internal import Glibc
internal import HeadwayCore

/// What the last tick stood on when it found nothing left to do: while all of it is as it was, the
/// next one need not load a project and a board to find the same.
///
/// It is a cache: deleting it costs one whole tick. None is made while an incident is open, since
/// what ends one (a secret, a program that answers) lies outside the repository.
struct Standstill: Hashable, Sendable {
  let grounds: Grounds
  /// When it was found.
  let since: Instant
  let report: TickReport

  /// Everything that a tick reads before it does something, but for the clock.
  struct Grounds: Hashable, Sendable {
    let main: CommitID
    let ledger: CommitID
    let branch: String
    let anchor: CommitID
    /// Which build looked: another one may see what this one did not.
    let program: String
  }

  /// A whole tick looks after this long all the same: packs to put together, an index that was
  /// damaged, notices that this machine forgot to have told.
  private static let longest = Span.hours(1)

  /// Whether nothing can have become due by `now`, for a tick that would stay `patience` for it.
  func lasts(until now: Instant, patience: Span) -> Bool {
    guard now >= since, now - since <= Self.longest else { return false }
    return report.next.map { $0 - now > patience } ?? true
  }
}

extension Standstill {
  /// The one on record, if it still holds; the caller has the lock.
  static func standing(
    at site: Site, _ options: Scheduler.Options, now: Instant
  ) async throws(EngineError) -> Standstill? {
    guard let patience = options.patience, options.isPlain, site.settings.remote == nil,
      let standstill = try read(site.folders.standstill),
      standstill.lasts(until: now, patience: patience),
      let grounds = try await Grounds.now(at: site), standstill.grounds == grounds,
      try !Requests(folder: site.folders.requests).areWaiting(),
      try RunningMark.all(in: site.folders.running).isEmpty
    else { return nil }
    return standstill
  }

  private static func read(_ path: String) throws(EngineError) -> Standstill? {
    guard let bytes = try Requests.read(path) else { return nil }
    // A file that a full disk cut short is none.
    guard let json = (try? JSONReader.read(bytes))?.json else { return nil }
    return Standstill(json: json)
  }

  func write(to path: String) throws(EngineError) {
    let staging = path + ".new"
    try ProgramFolder.write(json.canonical, to: staging, mode: 0o600)
    guard unsafe rename(staging, path) == 0 else {
      throw .file(path: path, operation: "write", code: errno)
    }
  }

  static func remove(_ path: String) throws(EngineError) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else {
      throw .file(path: path, operation: "remove", code: errno)
    }
  }
}

extension Standstill.Grounds {
  /// `nil` where something is missing, so that a whole tick has to say what.
  fileprivate static func now(at site: Site) async throws(EngineError) -> Self? {
    guard let anchor = site.settings.anchor, let program = Self.program() else { return nil }
    let settings = site.settings
    let tips: (main: ObjectID?, ledger: ObjectID?)
    do {
      tips = try await site.store.perform { (repository) throws(GitError) in
        (
          try repository.resolve(settings.mainReference()),
          try repository.resolve(settings.ledgerReference())
        )
      }
    } catch { throw .git(error) }
    guard let main = tips.main, let ledger = tips.ledger else { return nil }
    return Self(
      main: CommitID(main), ledger: CommitID(ledger), branch: settings.branch, anchor: anchor,
      program: program)
  }

  /// This very executable; `nil` where the system does not tell.
  static func program() -> String? {
    var status = stat()
    guard unsafe stat("/proc/self/exe", &status) == 0 else { return nil }
    return "\(status.st_dev) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec)"
      + " \(status.st_mtim.tv_nsec) \(Planner.version) \(LedgerIndex.format)"
  }
}

extension IntakeRecord {
  /// Whether nothing waits to become a run; what a broken file refused is tried again, and told.
  fileprivate var isQuiet: Bool {
    instants.isEmpty && changes.isEmpty && refused.isEmpty && followers.isEmpty
  }
}

extension Scheduler.Options {
  /// Nothing that a person asked of this tick alone.
  fileprivate var isPlain: Bool { !skipsSettling && dispatchUntil == nil }
}

extension Scheduler {
  /// What this tick leaves, or `nil` if the next one has to look again whatever happens.
  func standstill(_ report: TickReport) async -> Standstill? {
    let board = await ledger.board
    guard isAtRest, isSteady, options.isPlain, site.settings.remote == nil, board.incidents.isEmpty,
      board.running.isEmpty, board.intake?.isQuiet ?? true, await !ledger.hasUnflushed,
      let main = board.main,
      main.branch == site.settings.branch, let ledger = await ledger.tip,
      let anchor = board.opening?.anchor, let program = Standstill.Grounds.program()
    else { return nil }
    let grounds = Standstill.Grounds(
      main: main.judged, ledger: ledger, branch: main.branch, anchor: anchor, program: program)
    return Standstill(grounds: grounds, since: await moment(), report: report)
  }
}

extension Standstill {
  private var json: JSONValue {
    [
      "main": .string(grounds.main.hex), "ledger": .string(grounds.ledger.hex),
      "branch": .string(grounds.branch), "anchor": .string(grounds.anchor.hex),
      "program": .string(grounds.program), "since": .string(since.description),
      "next": .optional(report.next?.description),
      "waits": .bool(report.waits), "holdsOrFailures": .bool(report.holdsOrFailures),
      "stopped": .bool(report.isStopped),
    ]
  }

  private init?(json: JSONValue) {
    guard let main = json["main"]?.text.flatMap({ CommitID($0) }),
      let ledger = json["ledger"]?.text.flatMap({ CommitID($0) }),
      let branch = json["branch"]?.text,
      let anchor = json["anchor"]?.text.flatMap({ CommitID($0) }),
      let program = json["program"]?.text,
      let since = json["since"]?.text.flatMap(Instant.init(iso:)),
      case .bool(let waits) = json["waits"], case .bool(let holds) = json["holdsOrFailures"],
      case .bool(let stopped) = json["stopped"], let next = json["next"]
    else { return nil }
    var report = TickReport()
    (report.waits, report.holdsOrFailures, report.isStopped) = (waits, holds, stopped)
    if next != .null {
      guard let instant = next.text.flatMap(Instant.init(iso:)) else { return nil }
      report.next = instant
    }
    grounds = Grounds(
      main: main, ledger: ledger, branch: branch, anchor: anchor, program: program)
    self.since = since
    self.report = report
  }
}
