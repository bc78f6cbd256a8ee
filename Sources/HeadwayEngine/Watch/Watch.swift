internal import Git
internal import HeadwayCore

/// The daemon: holds the lock, reacts to new commits at once, sleeps until due times, and hands
/// back what runs when it is told to stop.
package struct Watch: Sendable {
  private let site: Site
  private let skipsSettling: Bool
  private let surroundings: Scheduler.Surroundings
  /// Behind the file events, for what they miss: a network file system, a packed ref.
  private static let poll = Span.seconds(2)
  private static let remotePoll = Span.seconds(30)
  private static let lockPause = Span(milliseconds: 100)

  package init(site: Site, skipsSettling: Bool, surroundings: Scheduler.Surroundings) {
    self.site = site
    self.skipsSettling = skipsSettling
    self.surroundings = surroundings
  }

  package enum End: Hashable, Sendable {
    case stopped(TickReport)
    case leftToAnother
    case reader
  }

  /// Runs until the scheduler that `whenReady` gets is stopped.
  package func run(
    whenReady: @Sendable (Scheduler) -> Void
  ) async throws(EngineError) -> End {
    guard site.settings.isHome else { return .reader }
    try ProgramFolder.makeFolder(site.folders.requests)
    guard let lock = try await takeLock() else { return .leftToAnother }
    let remote = Remote(site: site, git: surroundings.git)
    try await remote?.fetch()
    let mark = WatchMark(site.folders)
    try mark.set()
    let scheduler = try await Scheduler(
      site: site, options: .init(patience: nil, skipsSettling: skipsSettling),
      surroundings: surroundings)
    if let found = try await remote?.foreignLedger(in: site.store) {
      try await scheduler.stopForSecondWriter(found)
    }
    whenReady(scheduler)
    let events = FolderEvents(watchedFolders)
    let report = try await run(scheduler, changes: events.changes, remote: remote)
    _ = consume events
    try mark.remove()
    _ = consume lock
    return .stopped(report)
  }

  /// Waits for a tick to finish; `nil` where another daemon has the lock for good.
  private func takeLock() async throws(EngineError) -> FileLock? {
    while true {
      if let lock = try FileLock.take(site.folders.lock) { return lock }
      if try WatchMark(site.folders).isAlive() { return nil }
      do { try await surroundings.timekeeper.sleep(Self.lockPause) } catch {
        throw .notPossible("interrupted while a tick was running")
      }
    }
  }

  private var watchedFolders: [String] {
    let heads = "\(site.folders.common)/refs/heads"
    let branch = "\(heads)/\(site.settings.branch)"
    let folder = branch.lastIndex(of: "/").map { String(branch[..<$0]) } ?? heads
    return [folder, heads, site.folders.common, site.folders.headway, site.folders.requests]
  }

  private func run(
    _ scheduler: Scheduler, changes: AsyncStream<Void>, remote: Remote?
  ) async throws(EngineError) -> TickReport {
    let sleep = surroundings.timekeeper.sleep
    var companions: [Scheduler.Companion] = [
      scheduler.hearing(changes),
      {
        while !Task.isCancelled {
          do { try await sleep(Self.poll) } catch { break }
          scheduler.nudged()
        }
        return nil
      },
    ]
    if let remote {
      companions.append { [site] in
        await Self.exchange(remote, of: site, with: scheduler, sleep)
      }
    }
    let report = try await scheduler.run(beside: companions)
    try await remote?.push(from: site.store)
    return report
  }

  /// Fetches and pushes now and then; a refusal of the ledger ends the watch, other failures of
  /// the network are tried again.
  private static func exchange(
    _ remote: Remote, of site: Site, with scheduler: Scheduler,
    _ sleep: @Sendable (Span) async throws -> Void
  ) async -> Result<TickReport, EngineError>? {
    while !Task.isCancelled {
      do { try await sleep(remotePoll) } catch { return nil }
      do throws(EngineError) {
        try await remote.fetch()
        scheduler.nudged()
        try await remote.push(from: site.store)
      } catch {
        if case .secondWriter = error { return .failure(error) }
      }
    }
    return nil
  }
}
