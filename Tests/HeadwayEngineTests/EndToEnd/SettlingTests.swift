import Git
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Results that come together are settled together, and lose nothing by it.
@Suite(.timeLimit(.minutes(10))) struct SettlingTests {
  /// How often the ledger's branch moved.
  private func flushes(_ shop: Workshop) async throws -> Int {
    try await shop.git("reflog", "show", "--format=%h", "headway/ledger").split(separator: "\n")
      .count
  }

  @Test func aResultAndTheDecisionUponItShareAFlush() async throws {
    let shop = try await Workshop()
    try await shop.tick()
    let before = try await flushes(shop)
    try await shop.submit("n", Project.brief("note", "Note"))
    #expect(
      try await shop.log("%(trailers:key=Headway-Event,valueonly,separator=%x20)").suffix(6)
        == ["observed", "run", "decision", "result", "decision", "result"])
    #expect(try await flushes(shop) - before == 3)
  }

  @Test func everyResultIsACommitOfItsOwnHoweverManyComeTogether() async throws {
    let shop = try await Workshop(adding: [
      "headway.json": Project.settings.replacing(
        #""concurrency": 2"#, with: #""concurrency": 64"#)
    ])
    try await shop.tick()
    var briefs: [String: String] = [:]
    for number in 0..<12 {
      briefs["briefs/n\(number).md"] = Project.brief("note", "Note \(number)")
    }
    try await shop.repository.commit("Briefs", briefs)
    try await shop.tick()
    let results = try await shop.log(
      "%(trailers:key=Headway-Run,valueonly,separator=%x2C)/"
        + "%(trailers:key=Headway-Task,valueonly,separator=%x2C) "
        + "%(trailers:key=Headway-Event,valueonly,separator=%x2C)"
    ).filter { $0.hasSuffix(" result") }
    #expect(results.count == 24)
    #expect(Set(results).count == 24)
    let report = try await Replay(try await Site.find(from: shop.repository.path), of: nil).report()
    #expect(report.isSame, "\(report.differences)")
    // What is told comes after what is durable, and a run's end after its last result.
    let told = shop.progress
    for case .finished(let run, let state) in told {
      #expect(state == .succeeded)
      let end = try #require(told.lastIndex { $0 == .finished(run, state) })
      let last = try #require(
        told.lastIndex {
          if case .settled(let attempt, _, _) = $0 { attempt.task.run == run } else { false }
        })
      #expect(last < end)
    }
    #expect(told.count { if case .settled = $0 { true } else { false } } == 24)
  }

  @Test func everythingThatWaitsIsTakenAtOnceAndInOrder() async throws {
    let wakeups = Wakeups()
    wakeups.post(.nudged)
    wakeups.post(.due)
    wakeups.post(.stop)
    let first = await wakeups.next().map { "\($0)" }
    #expect(first == ["nudged", "due", "stop"])
    async let later = wakeups.next()
    wakeups.post(.due)
    #expect(await later.count == 1)
  }

  @Test func whatIsToComeTogetherIsTakenTogether() async throws {
    let wakeups = Wakeups(gathers: { $0 >= 2 })
    async let taken = wakeups.next()
    wakeups.post(.nudged)
    for _ in 0..<100 { await Task.yield() }
    wakeups.post(.due)
    #expect(await taken.map { "\($0)" } == ["nudged", "due"])
  }

  @Test func whereManyAreUnderWayResultsWaitForThoseRightBehindThem() async throws {
    let (echoes, echo) = AsyncStream.makeStream(of: Void.self)
    let busy = Wakeups(pause: { echo.yield() })
    busy.post(.nudged)
    // Nothing came during the first pause, so that there is no second one.
    #expect(await busy.next(gathering: 16).count == 1)
    busy.post(.nudged)
    #expect(await busy.next(gathering: 7).count == 1)
    for _ in 0..<8 { busy.post(.nudged) }
    #expect(await busy.next(gathering: 16).count == 8)
    echo.finish()
    #expect(await echoes.reduce(0) { count, _ in count + 1 } == 1)
  }

  @Test func howeverSteadilyResultsComeTheyAreTakenAfterAWhile() async throws {
    let (pauses, pause) = AsyncStream.makeStream(of: Void.self)
    let (ready, resume) = AsyncStream.makeStream(of: Void.self)
    let wakeups = Wakeups(pause: {
      pause.yield()
      for await _ in ready { break }
    })
    wakeups.post(.nudged)
    async let taken = wakeups.next(gathering: 100)
    var steps = pauses.makeAsyncIterator()
    for _ in 0..<5 {
      await steps.next()
      wakeups.post(.due)
      resume.yield()
    }
    #expect(await taken.count == 6)
  }

  @Test func aCancelledTaskIsNotKeptWaiting() async throws {
    let wakeups = Wakeups()
    let waiting = Task { await wakeups.next().count }
    waiting.cancel()
    #expect(await waiting.value == 0)
  }

  @Test func gitPacksWhatManyFlushesLeave() async throws {
    let shop = try await Workshop()
    try await shop.tick()
    // Here and not in the background, where nobody would know when it is done.
    try await shop.git("config", "gc.autoDetach", "false")
    try await shop.git("config", "gc.autoPackLimit", "50")
    try await shop.repository.store().perform { (git) throws(GitError) in
      let stamp = Stamp(name: "T", email: "t@example.org", milliseconds: 0)
      let queue = try CommitQueue(over: nil, in: git)
      for flush in 0..<55 {
        for number in 0..<6 {
          let bytes = Array("\(flush) \(number)".utf8)
          _ = try queue.append(
            [RepositoryPath(checking: "f"): .write(bytes)], message: "f", author: stamp,
            committer: stamp, in: git)
        }
        _ = try queue.flush(
          to: ReferenceName("refs/heads/many"), durability: .process, log: "test", in: git)
      }
    }
    func packs() async throws -> Int {
      try await shop.repository.store().perform { $0.packCount() }
    }
    #expect(try await packs() > 50)
    try await shop.tick()
    #expect(try await packs() < 10)
    try await shop.submit("n", Project.brief("note", "Note"))
    #expect(try await shop.run("n").record.state == .succeeded)
  }
}
