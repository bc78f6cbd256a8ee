import Git
import Glibc
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// A tick that finds everything as the last one left it does not look further, and never misses
/// what it would have found.
@Suite(.timeLimit(.minutes(10))) struct StandstillTests {
  private func folders(_ shop: Workshop) async throws -> Site.Folders {
    try await Site.find(from: shop.repository.path).folders
  }

  /// Whether the next tick looks at the whole project: only then is the index made again.
  private func looksFurther(_ shop: Workshop, settled: Bool = false) async throws -> Bool {
    let index = try await folders(shop).index
    for suffix in ["", "-wal", "-shm"] { unlink(index + suffix) }
    try await shop.tick(settled: settled)
    return access(index, F_OK) == 0
  }

  private func rested() async throws -> Workshop {
    let shop = try await Workshop()
    try await shop.submit("launch", Project.brief("article", "Launch"))
    try await shop.tick(settled: false)
    #expect(try await !looksFurther(shop))
    return shop
  }

  @Test func aSecondTickFindsItsRestAndTellsTheSame() async throws {
    let shop = try await rested()
    let short = try await shop.tick(settled: false)
    try Standstill.remove(try await folders(shop).standstill)
    #expect(try await shop.tick(settled: false) == short)
    #expect(short.waits && !short.isStopped)
  }

  enum Change: String, CaseIterable {
    case commit, approval, mainByHand, ledger, request, mark, branch, remote, anchor, options
    case program, clockBack, hour, damage
  }

  @Test(arguments: Change.allCases)
  func whateverATickReadsEndsTheRest(_ change: Change) async throws {
    let shop = try await rested()
    let folders = try await folders(shop)
    switch change {
    case .commit:
      try await shop.repository.commit("N", ["briefs/n.md": Project.brief("note", "Note")])
      try await shop.tick(settled: false)
      #expect(try await shop.run("n").record.state == .succeeded)
      return
    case .approval:
      try await shop.merge(try await shop.proposal("launch/approve"))
      try await shop.tick(settled: false)
      #expect(try await shop.run("launch").record.state == .succeeded)
      return
    case .mainByHand:
      try await shop.git("update-ref", "refs/heads/main", "main^")
      try await shop.tick(settled: false)
      #expect(try await shop.run("launch").record.state == .cancelled)
      return
    case .request:
      let id = try await shop.id(of: "launch/approve")
      #expect(try await shop.type(.cancelTask(id)) == .done)
      return
    case .ledger:
      try await shop.git("update-ref", "refs/heads/headway/ledger", "headway/ledger^")
    case .mark:
      try ProgramFolder.makeFolder(folders.running)
      try ProgramFolder.write(Array("1 1\n".utf8), to: folders.running + "/a.b.1", mode: 0o600)
    case .branch:
      try await shop.git("branch", "other", "main^")
      try await shop.git("config", LocalSettings.branchKey, "other")
    case .remote:
      let path = shop.repository.directory + "/remote.git"
      try await shop.git("init", "--quiet", "--bare", path)
      try await shop.git("remote", "add", "origin", path)
      try await shop.git("push", "--quiet", "origin", "main")
      try await shop.git("config", LocalSettings.remoteKey, "origin")
    case .anchor:
      try await shop.git("config", LocalSettings.anchorKey, String(repeating: "a", count: 40))
      await #expect(throws: EngineError.self) { try await shop.tick(settled: false) }
      return
    case .options:
      #expect(try await looksFurther(shop, settled: true))
      return
    case .program:
      let text = try Workshop.read(folders.standstill)
        .replacing("\"program\": \"", with: "\"program\": \"another ")
      try ProgramFolder.write(Array(text.utf8), to: folders.standstill, mode: 0o600)
    case .clockBack: shop.clock.advance(by: Span(milliseconds: -1_000))
    case .hour: shop.clock.advance(by: .minutes(61))
    case .damage: #expect(truncate(folders.standstill, 20) == 0)
    }
    #expect(try await looksFurther(shop), "\(change)")
  }

  @Test func whatFallsDueEndsTheRest() async throws {
    let shop = try await Workshop()
    shop.staff.script("writer") { order in
      order.attempt.number == 1
        ? .failing(.transient, "not yet") : .delivering(Staff.outputs(of: order))
    }
    try await shop.submit("n", Project.brief("note", "Note"))
    let next = try #require(try await shop.tick(settled: false).next)
    #expect(try await !looksFurther(shop))
    shop.clock.advance(by: next - shop.clock.timekeeper.now())
    try await shop.tick(settled: false)
    #expect(try await shop.task("n/gather").record.attempts.count == 2)
  }

  @Test func anOpenIncidentLeavesNoRest() async throws {
    let shop = try await Workshop()
    try await shop.submit("news", Project.brief("announce", "News"))
    try await shop.git("reset", "--quiet", "--hard", "HEAD^")
    #expect(try await shop.tick(settled: false).isStopped)
    #expect(try await looksFurther(shop))
    #expect(access(try await folders(shop).standstill, F_OK) != 0)
  }

  @Test func thatSomebodyLookedIsNotedAllTheSame() async throws {
    let shop = try await rested()
    let before = try Workshop.read(try await folders(shop).vigil)
    shop.clock.advance(by: .minutes(30))
    #expect(try await !looksFurther(shop))
    #expect(try Workshop.read(try await folders(shop).vigil) != before)
  }

  @Test func aScheduleGoesOffThoughNothingChanged() async throws {
    let shop = try await Workshop(adding: [
      "schedules/daily.json":
        #"{ "name": "daily", "timeZone": "UTC", "cron": "*/30 * * * *" }"#,
      "pipelines/report.json": TriggerTests.sound,
    ])
    let next = try #require(try await shop.tick(settled: false).next)
    #expect(try await !looksFurther(shop))
    shop.clock.advance(by: next - shop.clock.now)
    try await shop.tick(settled: false)
    #expect(try await shop.board().runs.count == 1)
  }

  @Test func aDeadlineIsMissedThoughNothingChanged() async throws {
    let shop = try await Workshop()
    let due = shop.clock.now + .minutes(50)
    try await shop.submit("launch", Project.brief("article", "Launch", "Now.", ["due: \(due)"]))
    try await shop.tick(settled: false)
    #expect(try await !looksFurther(shop))
    shop.clock.advance(by: .minutes(51))
    try await shop.tick(settled: false)
    let warnings = try await shop.board().tasksInOrder.flatMap(\.record.warnings)
    #expect(warnings.contains { $0.code == .missed })
  }

  @Test func anEffectIsLookedForAgainThoughNothingChanged() async throws {
    let shop = try await Workshop(adding: [
      "executors/publish.json": ReconciliationTests.publish, "executors/find.sh": "exit 1\n",
    ])
    shop.staff.script("publish") { order in
      guard order.isQuestion else { return .failing(.timeout, "took too long") }
      return ReconciliationTests.says("unknown", order)
    }
    try await shop.submit("n", Project.brief("announce", "News"))
    let next = try #require(try await shop.tick(settled: false).next)
    #expect(try await !looksFurther(shop))
    shop.clock.advance(by: next - shop.clock.now)
    try await shop.tick(settled: false)
    #expect(shop.staff.orders.count { $0.isQuestion } == 2)
  }

  /// A secret lies outside the repository, and so no tick before it was set may speak for one
  /// after.
  @Test func aSecretThatWasMissingIsLookedForAgain() async throws {
    let shop = try await Workshop(adding: [
      "executors/thinker.json":
        #"{ "name": "thinker", "kind": "model", "models": ["acme/small"], "output": 1000 }"#,
      "models/acme-small.json": """
      { "name": "acme/small", "provider": "openai-chat", "endpoint": "http://127.0.0.1:9/v1",
        "key": { "from": "ACME_KEY" }, "free": true,
        "windows": { "input": 100000, "output": 1000 } }

      """,
    ])
    try await shop.submit("n", Project.brief("paid", "Think"))
    try await shop.tick(settled: false)
    #expect(try await shop.state(of: "n/think") == "pending")
    let value = Array("ACME_KEY=a-key-of-some-length\n".utf8)
    try ProgramFolder.write(value, to: shop.secretsFile, mode: 0o600)
    try await shop.tick(settled: false)
    #expect(try await shop.run("n").record.state == .succeeded)
  }
}
