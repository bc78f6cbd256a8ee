import Git
import Glibc
import HeadwayCore
import HeadwayTestSupport
import SystemPackage
import Testing

@testable import HeadwayEngine

/// What must hold whatever happens.
@Suite(.timeLimit(.minutes(10))) struct InvariantTests {
  /// The board as the index gives it, as it is without one, and as the whole tree folds.
  private func compareBoards(_ shop: Workshop, _ place: String) async throws {
    let site = try await Site.find(from: shop.repository.path)
    let kept = try await LedgerView.open(site).board
    for suffix in ["", "-wal", "-shm"] { unlink(site.folders.index + suffix) }
    let made = try await LedgerView.open(site).board
    var whole = try await shop.board()
    _ = whole.dropFinished()
    for (name, var board) in [("kept", kept), ("made", made)] {
      board.narrow()
      whole.narrow()
      #expect(board == whole, "\(name), \(place)")
    }
  }

  @Test func deletingTheIndexChangesNothing() async throws {
    let shop = try await Workshop()
    shop.staff.script("thinker") { order in
      .delivering(Staff.outputs(of: order), cost: Money(micros: 300_000, currency: .usd))
    }
    try await shop.submit("launch", Project.brief("article", "Launch"))
    try await shop.submit("a", Project.brief("paid", "A"))
    try await compareBoards(shop, "waiting")
    try await shop.state("reject", on: "launch/approve", message: "Again.")
    try await shop.tick()
    try await compareBoards(shop, "rejected")
    try await shop.submit("launch", Project.brief("article", "Launch", "Edited."))
    try await shop.merge(try await shop.proposal("launch/approve"))
    try await shop.tick()
    try await compareBoards(shop, "published")
    shop.clock.advance(by: .days(1))
    try await shop.submit("launch", Project.brief("article", "Launch", "Once more."))
    try await shop.git("reset", "--quiet", "--hard", "HEAD~2")
    try await shop.tick()
    try await compareBoards(shop, "rewritten")
    let finished = try await shop.id(of: "a/think")
    _ = try await shop.type(.retry(finished))
    try await compareBoards(shop, "a finished run came back")
  }

  /// However it is damaged, it is only a cache.
  @Test(arguments: [0x00, 0x5a, 0xff] as [UInt8])
  func aDamagedIndexIsMadeAgain(_ byte: UInt8) async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Project.brief("article", "Launch"))
    let site = try await Site.find(from: shop.repository.path)
    let pages = try FileBytes.read(site.folders.index).count / 4_096
    for page in stride(from: 0, to: pages, by: 4) {
      let descriptor = try FileDescriptor.open(
        SystemPackage.FilePath(site.folders.index), .readWrite)
      try descriptor.closeAfter {
        _ = try descriptor.writeAll(
          toAbsoluteOffset: Int64(page * 4_096), [UInt8](repeating: byte, count: 4_096))
      }
      try await shop.submit("n\(page)", Project.brief("note", "Note"))
      #expect(try await shop.run("n\(page)").record.state == .succeeded)
    }
    try await compareBoards(shop, "damaged")
  }

  /// Damage may lie where the board is not read from, and show only when something else is asked.
  @Test func whicheverPageIsDamagedEachQuestionHasItsAnswer() async throws {
    let shop = try await Workshop()
    try await shop.submit("n", Project.brief("note", "Note"))
    let site = try await Site.find(from: shop.repository.path)
    let tip = try await shop.repository.id("headway/ledger")
    let id = try await shop.run("n").record.id
    let whole = try FileBytes.read(site.folders.index)
    let path = site.folders.index + ".damaged"
    for page in 1..<whole.count / 4_096 {
      var bytes = whole
      bytes.replaceSubrange(
        page * 4_096..<(page + 1) * 4_096, with: repeatElement(0xff, count: 4_096))
      for suffix in ["-wal", "-shm"] { _ = unlink(path + suffix) }
      let descriptor = try FileDescriptor.open(
        SystemPackage.FilePath(path), .writeOnly, options: [.create, .truncate],
        permissions: .ownerReadWrite)
      _ = try descriptor.closeAfter { try descriptor.writeAll(bytes) }
      let index = try LedgerIndex(path: path)
      _ = try await index.board(at: tip, in: site.store)
      #expect(try await index.folder(of: id) != nil, "page \(page)")
      #expect(try await index.latestRun(.brief, path: "briefs/n.md")?.id == id, "page \(page)")
      #expect(try await index.finishedRuns(limit: 9).map(\.id) == [id], "page \(page)")
      #expect(try await index.runs(startingWith: id.text, limit: 9) == [id], "page \(page)")
      #expect(try await index.effects(of: id).isEmpty, "page \(page)")
      let durations = try await index.past(of: .init(durations: ["note/write"])).durations
      #expect(durations["note/write"]?.entries.count == 1, "page \(page)")
      try await index.drop([id])
    }
  }

  @Test func aFinishedRunThatIsRetriedFinishesAgain() async throws {
    let shop = try await Workshop()
    try await shop.submit("n", Project.brief("note", "Note"))
    #expect(try await shop.run("n").record.state == .succeeded)
    shop.staff.script("writer") { _ in .delivering(["notes.md": Array("Other notes.\n".utf8)]) }
    // Frozen, so that one process takes the verb and another one has to carry on.
    #expect(try await shop.type(.freeze) == .done)
    let id = try await shop.id(of: "n/gather")
    #expect(try await shop.type(.retry(id)) == .done)
    #expect(try await shop.run("n").record.state == .active)
    #expect(try await shop.type(.thaw) == .done)
    #expect(try await shop.run("n").record.state == .succeeded)
    #expect(shop.staff.asked == ["gather", "write", "gather", "write"])
  }

  @Test func badFilesOfEveryKindLeaveTheRestAlone() async throws {
    let shop = try await Workshop()
    let folder = shop.repository.path + "/briefs"
    try shop.repository.write(
      "briefs/latin.md", Array("---\npipeline: note\ntitle: ".utf8) + [0xE9, 0x0A])
    try shop.repository.write("briefs/nul.md", [0x2D, 0x2D, 0x2D, 0x0A, 0x00])
    try shop.repository.write("briefs/empty.md", "")
    try shop.repository.write("briefs/plain.md", "No front matter.\n")
    try shop.repository.write("briefs/open.md", "---\npipeline: note\ntitle: Never closed\n")
    try shop.repository.write("briefs/alias.md", "---\na: &a note\npipeline: *a\ntitle: X\n---\n")
    try shop.repository.write("briefs/twice.md", "---\ntitle: A\ntitle: B\npipeline: note\n---\n")
    try shop.repository.write("briefs/large.md", [UInt8](repeating: 0x61, count: 2 << 20))
    #expect(symlink("../headway.json", folder + "/link.md") == 0)
    try shop.repository.write("briefs/\u{201D}; rm -rf ~ #.md", Project.brief("note", "Odd name"))
    try shop.repository.write("pipelines/note2.json", "{ \"name\": \"note2\", ")
    try shop.repository.write("people/eve.json", "[]")
    try await shop.submit("good", Project.brief("note", "Good"))
    #expect(try await shop.run("good").record.state == .succeeded)
    let problems = try await shop.board().main?.problems.keys.sorted() ?? []
    for name in ["latin", "nul", "empty", "plain", "open", "alias", "twice", "large"] {
      #expect(problems.contains("briefs/\(name).md"), "\(name): \(problems)")
    }
    #expect(problems.contains("pipelines/note2.json") && problems.contains("people/eve.json"))
    let runs = try await shop.board().runs.values.map(\.record.cause.path).sorted()
    #expect(runs.count == 2 && runs.contains("briefs/good.md"), "\(runs)")
    // Nothing of it comes back, tick after tick.
    let tip = try await shop.repository.id("headway/ledger")
    try await shop.tick()
    #expect(try await shop.repository.id("headway/ledger") == tip)
  }

  @Test func brokenSettingsStopWorkUntilTheyAreMended() async throws {
    let shop = try await Workshop()
    try await shop.tick()
    try await shop.repository.commit(
      "Break", ["headway.json": "{", "briefs/n.md": Project.brief("note", "Note")])
    try await shop.tick()
    #expect(shop.staff.asked.isEmpty)
    #expect(try await shop.board().main?.problems["headway.json"] != nil)
    try await shop.repository.commit("Mend", ["headway.json": Project.settings])
    try await shop.tick()
    #expect(try await shop.run("n").record.state == .succeeded)
  }

  @Test func anIdleTickWritesNothing() async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Project.brief("article", "Launch"))
    try await shop.submit("a", Project.brief("paid", "A", "B", ["budget: 0.10 USD"]))
    let tip = try await shop.repository.id("headway/ledger")
    for _ in 1...3 {
      shop.clock.advance(by: .minutes(1))
      try await shop.tick()
    }
    #expect(try await shop.repository.id("headway/ledger") == tip)
  }

  @Test func aPinnedAnchorBeforeTheTipIsWhereTheLedgerBegins() async throws {
    let shop = try await Workshop()
    let anchor = try await shop.repository.id("main").hex
    try await shop.repository.commit("Brief", ["briefs/n.md": Project.brief("note", "Note")])
    try await shop.git("config", LocalSettings.anchorKey, anchor)
    try await shop.tick()
    #expect(try await shop.board().opening?.anchor.hex == anchor)
    #expect(try await shop.run("n").record.state == .succeeded)
  }

  @Test func aLedgerThatNobodyPinnedIsNotTakenForOurs() async throws {
    let shop = try await Workshop()
    try await shop.submit("n", Project.brief("note", "Note"))
    try await shop.git("config", "--unset", LocalSettings.anchorKey)
    await #expect(throws: EngineError.self) { try await shop.tick() }
    try await shop.git("config", LocalSettings.anchorKey, try await shop.git("rev-parse", "HEAD^"))
    await #expect(throws: EngineError.self) { try await shop.tick() }
  }

  @Test func aLinkedWorkingTreeIsTheSameHome() async throws {
    let shop = try await Workshop()
    let linked = shop.repository.directory + "/linked"
    try await shop.git("worktree", "add", "--quiet", "-b", "topic", linked)
    try await shop.git("config", LocalSettings.branchKey, "main")
    try await shop.repository.commit("Brief", ["briefs/n.md": Project.brief("note", "Note")])
    let ending = try await Program.run(
      "headway", ["tick"], in: linked, variables: shop.processVariables)
    #expect(ending.code == 0, "\(ending)")
    #expect(try await shop.run("n").record.state == .succeeded)
    #expect(try await shop.repository.git(["-C", linked, "status", "--porcelain"]) == "")
  }

  @Test func everyDecisionReplaysByteForByte() async throws {
    let shop = try await Workshop()
    shop.staff.script("thinker") { order in
      .delivering(Staff.outputs(of: order), cost: Money(micros: 600_000, currency: .usd))
    }
    try await shop.submit("launch", Project.brief("article", "Launch"))
    try await shop.submit("a", Project.brief("paid", "A"))
    try await shop.state("reject", on: "launch/approve", message: "Again.")
    try await shop.tick()
    try await shop.submit("launch", Project.brief("article", "Launch", "Edited."))
    shop.clock.advance(by: .hours(1))
    try await shop.merge(try await shop.proposal("launch/approve"))
    try await shop.tick()
    try await shop.submit("launch", Project.brief("article", "Launch", "After its effect."))
    let ending = try await shop.process("replay", "--all")
    #expect(ending.code == 0, "\(ending)")
  }
}
