import Git
import Glibc
import HeadwayCore
import HeadwayTestSupport
import Subprocess
import Synchronization
import Testing

@testable import HeadwayEngine

/// The daemon reacts to what happens, not to the passing of time.
@Suite(.timeLimit(.minutes(10))) struct WatchTests {
  /// A signal that one side gives and the other waits for.
  struct Bell: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

    func ring() { continuation.yield() }

    func wait() async {
      for await _ in stream { return }
    }
  }

  /// Runs a watch beside `body`, then stops it.
  private func watching(
    _ shop: Workshop, onProgress: @escaping @Sendable (Progress) -> Void,
    _ body: (Scheduler) async throws -> Void
  ) async throws {
    var surroundings = try shop.surroundings()
    surroundings.report = onProgress
    let watch = Watch(
      site: try await Site.find(from: shop.repository.path), skipsSettling: false,
      surroundings: surroundings)
    let (schedulers, ready) = AsyncStream.makeStream(of: Scheduler.self)
    async let end = watch.run { ready.yield($0) }
    for await scheduler in schedulers {
      do { try await body(scheduler) } catch {
        scheduler.stop()
        throw error
      }
      scheduler.stop()
      break
    }
    guard case .stopped = try await end else {
      Issue.record("the watch did not run")
      return
    }
  }

  @Test func reactsToACommitWithoutPolling() async throws {
    let shop = try await Workshop()
    let (opened, finished) = (Bell(), Bell())
    try await watching(shop) { progress in
      if case .opened = progress { opened.ring() }
      if case .finished = progress { finished.ring() }
    } _: { _ in
      await opened.wait()
      // The hand clock stands still, so that no polling can help; how fast it is beside other tests
      // is for the machine to decide.
      let clock = ContinuousClock()
      try await shop.repository.commit("Brief", ["briefs/n.md": Project.brief("note", "Note")])
      let time = await clock.measure { await finished.wait() }
      #expect(time < .seconds(10), "\(time)")
    }
    #expect(try await shop.run("n").record.state == .succeeded)
  }

  @Test func wakesForADueTime() async throws {
    let shop = try await Workshop()
    try await shop.tick()
    let finished = Bell()
    try await watching(shop) { progress in
      if case .finished = progress { finished.ring() }
    } _: { _ in
      try await shop.repository.commit("Brief", ["briefs/p.md": Project.brief("paid", "Paid")])
      await shop.clock.someoneSleeps(until: Workshop.start + .seconds(20))
      #expect(shop.staff.asked.isEmpty)
      shop.clock.advance(by: .seconds(20))
      await finished.wait()
    }
    #expect(shop.staff.asked == ["think", "more"])
  }

  /// A writer that works until it is cancelled.
  private func slowWriter(_ shop: Workshop, _ started: Bell) {
    shop.staff.script("writer") { _ in
      started.ring()
      do { try await Task.sleep(for: .seconds(600)) } catch {}
      return .failing(.cancelled, "cancelled with grace")
    }
  }

  @Test func deletingABriefStopsWhatRunsForIt() async throws {
    let shop = try await Workshop()
    let (started, settled) = (Bell(), Bell())
    slowWriter(shop, started)
    try await shop.repository.commit("Brief", ["briefs/n.md": Project.brief("note", "Note")])
    try await watching(shop) { progress in
      if case .settled = progress { settled.ring() }
    } _: { _ in
      await started.wait()
      try await shop.git("rm", "--quiet", "briefs/n.md")
      try await shop.repository.commit("Never mind")
      await settled.wait()
    }
    #expect(try await shop.run("n").record.state == .cancelled)
    #expect(try await shop.task("n/gather").record.attempts.map(\.outcome) == [.cancelled])
    #expect(try await shop.state(of: "n/gather").hasPrefix("cancelled"))
  }

  /// What a person types is heard while an attempt runs, by a tick as by the daemon.
  @Test func freezeNowStopsWhatATickRuns() async throws {
    let shop = try await Workshop()
    let started = Bell()
    slowWriter(shop, started)
    try await shop.repository.commit("Brief", ["briefs/n.md": Project.brief("note", "Note")])
    let site = try await Site.find(from: shop.repository.path)
    let requests = Requests(folder: site.folders.requests)
    async let report = shop.tick()
    await started.wait()
    try requests.put(.init(id: "1", verb: .freezeNow, by: "dana", reason: "wrong prices"))
    #expect(try await report.isStopped)
    #expect(try requests.takeAnswer("1") == .done)
    #expect(try await shop.task("n/gather").record.attempts.map(\.outcome) == [.cancelled])
    #expect(try await shop.state(of: "n/gather") == "pending frozen")
  }

  @Test func cancellingARunningTaskStopsItAlone() async throws {
    let shop = try await Workshop()
    let started = Bell()
    slowWriter(shop, started)
    try await shop.repository.commit("Brief", ["briefs/n.md": Project.brief("note", "Note")])
    let site = try await Site.find(from: shop.repository.path)
    let requests = Requests(folder: site.folders.requests)
    async let report = shop.tick()
    await started.wait()
    let id = try await shop.id(of: "n/gather")
    try requests.put(.init(id: "1", verb: .cancelTask(id), by: "dana", reason: "never mind"))
    _ = try await report
    #expect(try requests.takeAnswer("1") == .done)
    #expect(try await shop.state(of: "n/gather") == "cancelled cancelledByPerson")
    #expect(try await shop.run("n").record.state == .cancelled)
  }

  @Test func aStopHandsBackWhatRuns() async throws {
    let shop = try await Workshop()
    let started = Bell()
    slowWriter(shop, started)
    try await shop.repository.commit("Brief", ["briefs/n.md": Project.brief("note", "Note")])
    try await watching(shop) { _ in
    } _: { _ in
      await started.wait()
    }
    #expect(try await shop.task("n/gather").record.attempts.map(\.outcome) == [.cancelled])
    #expect(try await shop.state(of: "n/gather") == "pending")
    shop.staff.script("writer", nil)
    try await shop.tick()
    #expect(try await shop.run("n").record.state == .succeeded)
  }

  /// Whether its effect happened is anybody's guess: nobody but a person starts it again.
  @Test func anEffectThatWasStoppedIsUncertain() async throws {
    let shop = try await Workshop()
    let started = Bell()
    shop.staff.script("publish") { order in
      do { try shop.staff.record(order) } catch {}
      started.ring()
      do { try await Task.sleep(for: .seconds(600)) } catch {}
      return .failing(.cancelled, "cancelled with grace")
    }
    try await shop.repository.commit("Brief", ["briefs/n.md": Project.brief("announce", "News")])
    try await watching(shop) { _ in
    } _: { _ in
      await started.wait()
    }
    shop.staff.script("publish", nil)
    try await shop.tick()
    #expect(try await shop.state(of: "n/publish") == "held uncertain")
    #expect(try shop.effects.count == 1)
  }

  @Test func theDaemonEndsCleanlyOnSIGTERM() async throws {
    let shop = try await Workshop()
    let fifo = shop.repository.directory + "/fifo"
    #expect(mkfifo(fifo, 0o600) == 0)
    try await shop.repository.commit(
      "Slow",
      [
        "executors/write.sh": "echo started >\(fifo); exec sleep 1000\n",
        "briefs/n.md": Project.brief("note", "Note"),
      ])
    let status = try await Program.run(
      "headway", ["watch"], in: shop.repository.path, variables: shop.processVariables
    ) { pid in
      _ = try await TemporaryRepository.run(
        ["timeout", "30", "cat", fifo], in: shop.repository.directory,
        variables: shop.repository.environment)
      kill(pid, SIGTERM)
    }
    #expect(status == .exited(0))
    let task = try await shop.task("n/gather").record
    #expect(task.attempts.map(\.outcome) == [.cancelled])
    #expect(task.state == .pending)
  }

  @Test func aNudgeWhileTheLockIsHeldIsNotLost() async throws {
    let shop = try await Workshop()
    let (started, goOn) = (Bell(), Bell())
    shop.staff.script("writer") { order in
      if order.title == "First" {
        started.ring()
        await goOn.wait()
      }
      return shop.staff.usual(order)
    }
    try await shop.repository.commit("One", ["briefs/a.md": Project.brief("note", "First")])
    async let first = shop.tick()
    await started.wait()
    try await shop.repository.commit("Two", ["briefs/b.md": Project.brief("note", "Second")])
    let nudge = Tick(
      site: try await Site.find(from: shop.repository.path), options: .init(patience: .zero),
      surroundings: try shop.surroundings())
    #expect(try await nudge.run(.leaves) == .leftToAnother)
    goOn.ring()
    _ = try await first
    #expect(try await shop.run("b").record.state == .succeeded)
  }

  /// A kernel stamps files with the time of its last clock interrupt, which may be four
  /// milliseconds old; two nudges within one must still differ.
  @Test func twoNudgesWithinOneInstantDiffer() async throws {
    let shop = try await Workshop()
    let nudge = NudgeFile(path: shop.repository.directory + "/nudged")
    var stamps: Set<Int64> = []
    for _ in 0..<200 {
      try nudge.touch()
      stamps.insert(nudge.stamp())
    }
    #expect(stamps.count == 200)
  }
}
