package import Git
package import HeadwayCore

/// Runs ticks: observe, intake, expand, plan, record, execute, check, settle, and again until
/// nothing can move. Whoever makes one holds the lock.
package actor Scheduler {
  let site: Site
  let ledger: Ledger
  let index: LedgerIndex
  let reader: MainReader
  let observer: Observer
  let adapters: Adapters
  var secrets: SecretStore
  let timekeeper: Timekeeper
  let runner: RunnerName
  let cache: String
  let report: @Sendable (Progress) -> Void
  let options: Options
  let git: GitProgram
  let signatureTools: SignatureTools
  let durability: Durability
  let checkpoint: Checkpoint
  let resting: Resting
  let redactionKey: RedactionKey
  let nudge: NudgeFile

  /// Attempts under way, each with the way to stop it.
  var running: [AttemptID: AsyncStream<Void>.Continuation] = [:]
  /// Those of them that only look for an effect.
  var inquiries: Set<AttemptID> = []
  var isStopping = false
  /// The last look found nothing left to do and nobody left to tell.
  var isAtRest = false
  /// What the last plan left waiting moves by events and at `wake`, and no otherwise.
  var isSteady = false
  var lastNotice: Instant?
  var lastSecretCommands: Instant?
  var vigil: Vigil
  var wake: Instant?
  /// Until when no schedule on a commit goes off; `nil` for ever.
  var quietSchedules: (commit: CommitID, until: Instant?)?
  /// Approved since the last flush; their branches can go once that is durable.
  var settled: [ProposalRecord] = []
  /// What happened since the last flush; nobody hears of it before it is durable.
  var untold: [Progress] = []
  /// Attempts settled since the last flush; their processes' marks go once that is durable.
  var ended: [AttemptID] = []
  /// Since the start; tells when to look after the packs that they leave.
  var flushes = 0
  private var nextHousekeeping = 0
  let wakeups: Wakeups
  let readings = RecentReadings()
  /// How many bytes a blob is as text, in a prompt.
  var textSizes: [BlobID: Int64] = [:]

  package struct Options: Hashable, Sendable {
    /// Stay for due times at most this far ahead; `nil` stays for good.
    package var patience: Span?
    /// No pause after a commit for paid work.
    package var skipsSettling: Bool
    /// Starts nothing after this instant.
    package var dispatchUntil: Instant?

    package init(
      patience: Span? = .minutes(2), skipsSettling: Bool = false, dispatchUntil: Instant? = nil
    ) {
      self.patience = patience
      self.skipsSettling = skipsSettling
      self.dispatchUntil = dispatchUntil
    }
  }

  /// What the composition root decides.
  package struct Surroundings: Sendable {
    package var adapters: Adapters
    package var secrets: SecretStore
    package var timekeeper: Timekeeper
    package var runner: RunnerName
    /// `$XDG_CACHE_HOME/headway`.
    package var cache: String
    package var git: GitProgram
    package var tools: SignatureTools
    package var report: @Sendable (Progress) -> Void
    package var checkpoint: Checkpoint
    package var resting: Resting = { _ in }
    package var gathering: Gathering = { _ in true }
    /// Whether what people type while attempts run is heard at once, or with the next nudge.
    package var hearsRequests = true

    package init(
      adapters: Adapters, secrets: SecretStore, timekeeper: Timekeeper, runner: RunnerName,
      cache: String, git: GitProgram, tools: SignatureTools,
      report: @escaping @Sendable (Progress) -> Void,
      checkpoint: @escaping Checkpoint = { _ in }
    ) {
      self.adapters = adapters
      self.secrets = secrets
      self.timekeeper = timekeeper
      self.runner = runner
      self.cache = cache
      self.git = git
      self.tools = tools
      self.report = report
      self.checkpoint = checkpoint
    }
  }

  package init(
    site: Site, options: Options, surroundings: Surroundings
  ) async throws(EngineError) {
    self.site = site
    self.options = options
    adapters = surroundings.adapters
    secrets = surroundings.secrets
    timekeeper = surroundings.timekeeper
    runner = surroundings.runner
    cache = surroundings.cache
    report = surroundings.report
    checkpoint = surroundings.checkpoint
    resting = surroundings.resting
    wakeups = Wakeups(gathers: surroundings.gathering)
    redactionKey = try RedactionKey(path: site.folders.redactionKey)
    reader = MainReader(store: site.store)
    observer = Observer(store: site.store)
    nudge = NudgeFile(path: site.folders.nudged)
    index = try LedgerIndex(path: site.folders.index)
    vigil = try Vigil(path: site.folders.vigil)
    vigil.look(at: timekeeper.now(), uptime: timekeeper.uptime())
    let settings = try await Self.settings(of: site, reader: reader)
    durability = settings?.durability == .process ? .process : .power
    ledger = try await Ledger(
      site: site, index: index, durability: durability,
      runner: surroundings.runner.host, checkpoint: surroundings.checkpoint)
    git = surroundings.git
    signatureTools = surroundings.tools
  }

  private static func settings(
    of site: Site, reader: MainReader
  ) async throws(EngineError) -> Settings? {
    let name: ReferenceName
    do { name = try site.settings.mainReference() } catch { throw .git(error) }
    guard let tip = try await Observer(store: site.store).tip(of: name) else { return nil }
    return try await reader.snapshot(tip, briefs: .only([])).project.settings
  }

  /// Tells of `progress` with the next flush.
  func announce(_ progress: Progress) { untold.append(progress) }

  /// Tells the tick to look again; safe from anywhere.
  package nonisolated func nudged() { wakeups.post(.nudged) }

  /// Tells the tick to end: what runs is cancelled with grace and settled.
  package nonisolated func stop() { wakeups.post(.stop) }

  /// Runs until nothing can move within the patience, or until `stop`.
  package func run() async throws(EngineError) -> TickReport {
    let result = await withDiscardingTaskGroup(
      returning: Result<TickReport, EngineError>.self
    ) { group in
      do throws(EngineError) {
        try await recover()
        let report = try await loop(&group)
        // An alarm may be set for days ahead.
        group.cancelAll()
        return .success(report)
      } catch {
        resting(.failing)
        group.cancelAll()
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func loop(_ group: inout DiscardingTaskGroup) async throws(EngineError) -> TickReport {
    var woken = 0
    while true {
      if isStopping { try await flush() } else { try await move(&group) }
      if running.isEmpty {
        if isStopping { break }
        let isTold = try await sendNotices()
        await keepHouse()
        guard try await staysForMore(&group) else {
          isAtRest = isTold
          break
        }
      } else if let wake {
        // A retry may fall due while something else runs.
        alarm(at: wake, now: await moment(), &group)
      }
      resting(.waiting(Set(running.keys), alarm: alarmed, woken: woken))
      let wakeups = await wakeups.next(gathering: running.count)
      woken = wakeups.count
      if wakeups.isEmpty { break }
      for wakeup in wakeups { try await take(wakeup) }
    }
    return try await summary()
  }

  /// At a tick's end, and in a daemon now and then: looking costs a look into a folder.
  private func keepHouse() async {
    guard flushes >= nextHousekeeping else { return }
    nextHousekeeping = flushes + 25
    await Housekeeping(site: site, git: git).packIfNeeded()
  }

  private func take(_ wakeup: Wakeup) async throws(EngineError) {
    switch wakeup {
    case .finished(let settlement): try await settle(settlement)
    case .answered(let attempt, let finding): try await answered(attempt, finding)
    case .nudged, .due: break
    case .stop:
      isStopping = true
      for stop in running.values { stop.finish() }
    }
  }

  /// Whether a due time lies near enough to wait for it; sets the alarm if so.
  private func staysForMore(
    _ group: inout DiscardingTaskGroup
  ) async throws(EngineError) -> Bool {
    let now = await moment()
    guard let patience = options.patience else {
      if let wake { alarm(at: wake, now: now, &group) }
      return true
    }
    guard let wake, wake - now <= patience else { return false }
    alarm(at: wake, now: now, &group)
    return true
  }

  private var alarmed: Instant?

  private func alarm(at instant: Instant, now: Instant, _ group: inout DiscardingTaskGroup) {
    guard alarmed != instant else { return }
    alarmed = instant
    let (sleep, wakeups, span) = (timekeeper.sleep, wakeups, instant - now)
    group.addTask {
      do { try await sleep(span) } catch { return }
      wakeups.post(.due)
    }
  }

  /// Time never runs backwards from what the ledger holds.
  func moment() async -> Instant { max(timekeeper.now(), await ledger.board.latest) }

  /// Observes, takes in, plans and starts until a pass finds nothing new.
  private func move(_ group: inout DiscardingTaskGroup) async throws(EngineError) {
    while true {
      let seen = nudge.stamp()
      vigil.look(at: timekeeper.now(), uptime: timekeeper.uptime())
      secrets = secrets.refreshed(anchor: await ledger.board.opening?.anchor)
      var moved = try await observe()
      moved = try await closeMendedBreakers() || moved
      moved = try await carryOutRequests() || moved
      moved = try await plan(&group) || moved
      if !moved, nudge.stamp() == seen { return try await inquire(&group) }
    }
  }
}
