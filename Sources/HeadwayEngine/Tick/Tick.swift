internal import Git
internal import HeadwayCore

/// One wake-up of Headway in a repository: takes the lock or leaves, runs the scheduler, and
/// starts over if somebody nudged meanwhile.
package struct Tick: Sendable {
  package let site: Site
  package let options: Scheduler.Options
  package let surroundings: Scheduler.Surroundings

  package enum End: Hashable, Sendable {
    case ran(TickReport)
    /// Another process has the lock; it has been nudged and will look again.
    case leftToAnother
    /// This clone reads; it does not schedule.
    case reader
  }

  /// What to do while another process has the lock.
  package enum Contention: Hashable, Sendable { case leaves, waits }

  /// Starting over more often than this in one call would be a fault of ours.
  private static let rounds = 1_000
  private static let pause = Span(milliseconds: 100)

  package init(
    site: Site, options: Scheduler.Options, surroundings: Scheduler.Surroundings
  ) {
    self.site = site
    self.options = options
    self.surroundings = surroundings
  }

  /// `whenReady` gets the scheduler once it holds the lock, for nudges and for stopping it.
  package func run(
    _ contention: Contention, whenReady: @Sendable (Scheduler) -> Void = { _ in },
    whenWaiting: @Sendable () -> Void = {}
  ) async throws(EngineError) -> End {
    guard site.settings.isHome else { return .reader }
    try ProgramFolder.makeFolder(site.folders.headway)
    let nudge = NudgeFile(path: site.folders.nudged)
    try nudge.touch()
    var last: TickReport?
    var rounds = 0
    while rounds < Self.rounds {
      let seen = nudge.stamp()
      guard let report = try await round(whenReady) else {
        // Whoever took it after us has seen every nudge, ours included.
        if let last { return .ran(last) }
        // A daemon keeps the lock for good, and looks again by itself.
        let isWatched = try WatchMark(site.folders).isAlive()
        if contention == .leaves || isWatched { return .leftToAnother }
        whenWaiting()
        try await rest()
        continue
      }
      rounds += 1
      last = report
      if nudge.stamp() == seen { return .ran(report) }
    }
    throw .notPossible("the repository was nudged \(Self.rounds) times during one tick")
  }

  private func rest() async throws(EngineError) {
    do { try await surroundings.timekeeper.sleep(Self.pause) } catch {
      throw .notPossible("interrupted while another tick was running")
    }
  }

  /// `nil` when another process has the lock.
  private func round(
    _ whenReady: (Scheduler) -> Void
  ) async throws(EngineError) -> TickReport? {
    guard let lock = try FileLock.take(site.folders.lock) else { return nil }
    let fresh = try await site.refreshed()
    if let standstill = try await standstill(at: fresh) { return standstill.report }
    // Whatever ends this tick early leaves none.
    try Standstill.remove(fresh.folders.standstill)
    let remote = Remote(site: fresh, git: surroundings.git)
    try await remote?.fetch()
    let scheduler = try await Scheduler(
      site: fresh, options: options, surroundings: surroundings)
    if let found = try await remote?.foreignLedger(in: fresh.store) {
      try await scheduler.stopForSecondWriter(found)
    }
    whenReady(scheduler)
    var report = try await listen(with: scheduler)
    do { try await remote?.push(from: fresh.store) } catch {
      guard case .secondWriter = error else { throw error }
      try await scheduler.stopForSecondWriter(nil)
      report.isStopped = true
    }
    try await scheduler.standstill(report)?.write(to: fresh.folders.standstill)
    _ = consume lock
    return report
  }

  /// Runs the scheduler, and lets it hear at once what people type while attempts run.
  private func listen(with scheduler: Scheduler) async throws(EngineError) -> TickReport {
    try ProgramFolder.makeFolder(site.folders.requests)
    let events = FolderEvents(surroundings.hearsRequests ? [site.folders.requests] : [])
    let report = try await scheduler.run(beside: [scheduler.hearing(events.changes)])
    _ = consume events
    return report
  }

  /// Nothing has changed since a tick found nothing to do; that somebody looked is noted still.
  private func standstill(at site: Site) async throws(EngineError) -> Standstill? {
    let now = surroundings.timekeeper.now()
    guard let standstill = try await Standstill.standing(at: site, options, now: now) else {
      return nil
    }
    var vigil = try Vigil(path: site.folders.vigil)
    vigil.look(at: now, uptime: surroundings.timekeeper.uptime())
    try vigil.write(to: site.folders.vigil)
    return standstill
  }
}
