import Git
import Glibc
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// A tick that finds everything as the last one left it does not look further, and never misses
/// what it would have found.
@Suite(.timeLimit(.minutes(2))) struct StandstillTests {
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
    case commit, approval, ledger, request, mark, anchor, options, program, clockBack, hour, damage
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
    case .request:
      let id = try await shop.id(of: "launch/approve")
      #expect(try await shop.type(.cancelTask(id)) == .done)
      return
    case .ledger:
      try await shop.git("update-ref", "refs/heads/headway/ledger", "headway/ledger^")
    case .mark:
      try ProgramFolder.makeFolder(folders.running)
      try ProgramFolder.write(Array("1 1\n".utf8), to: folders.running + "/a.b.1", mode: 0o600)
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
}
