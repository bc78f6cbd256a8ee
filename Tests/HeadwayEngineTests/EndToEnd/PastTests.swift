import Git
import Glibc
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// The board that the index gives decides as the whole history would.
@Suite(.timeLimit(.minutes(10))) struct PastTests {
  /// Several histories made of the same few moves in another order: runs that share effect keys,
  /// finish, come back and are edited, by processes that each begin with the index alone.
  @Test(arguments: [1, 2, 3, 4])
  func anIndexedBoardPlansAsTheWholeHistoryDoes(_ seed: Int) async throws {
    let shop = try await Workshop()
    try await shop.tick()
    for step in 0..<14 {
      let dice = Dice(seed: seed, step: step)
      try await move(shop, dice, step)
      shop.clock.advance(by: .minutes(Int64(dice.throw("pause", 600))))
      try await comparePlans(shop, "seed \(seed), step \(step)")
    }
    let ending = try await shop.process("replay", "--all")
    #expect(ending.code == 0, "seed \(seed): \(ending)")
  }

  /// One seed is one history.
  private struct Dice {
    let seed: Int
    let step: Int

    func `throw`(_ what: String, _ sides: Int) -> Int {
      Int(Digest(parts: ["\(seed)", "\(step)", what]).fraction * Double(sides))
    }
  }

  private func move(_ shop: Workshop, _ dice: Dice, _ step: Int) async throws {
    let slug = "s\(dice.throw("slug", 3))"
    switch dice.throw("move", 8) {
    case 0..<3:
      try await shop.submit(slug, Project.brief("announce", slug, "Text \(step)."))
    case 3: try await shop.submit("n\(step)", Project.brief("note", "Note"))
    case 4, 5:
      let tasks = try await shop.board().tasksInOrder.map(\.record)
      guard !tasks.isEmpty else { return }
      let task = tasks[dice.throw("task", tasks.count)]
      let verbs: [Verb] = [.retry(task.id), .repeatEffect(task.id), .cancelTask(task.id)]
      _ = try await shop.type(verbs[dice.throw("verb", verbs.count)])
    case 6:
      let site = try await Site.find(from: shop.repository.path)
      for suffix in ["", "-wal", "-shm"] { unlink(site.folders.index + suffix) }
    default:
      guard try await shop.git("ls-files", "briefs/\(slug).md") != "" else { return }
      try await shop.git("rm", "--quiet", "briefs/\(slug).md")
      try await shop.git("commit", "--quiet", "-m", "Gone")
      try await shop.tick()
    }
  }

  private func comparePlans(_ shop: Workshop, _ place: String) async throws {
    let view = try await LedgerView.open(try await Site.find(from: shop.repository.path))
    let project = try #require(try await view.project())
    let now = shop.clock.timekeeper.now()
    let rules = try #require(Rules(project, at: now))
    let moment = Moment(
      time: max(now, view.board.latest), slots: 2, executors: [:], runners: [],
      skipsSettling: true)
    let whole = try await shop.board()
    let indexed = Planner(board: view.board, rules: rules, moment: moment).plan()
    #expect(indexed == Planner(board: whole, rules: rules, moment: moment).plan(), "\(place)")
    #expect(indexed.unread.isEmpty, "\(place)")
    for task in view.board.tasksInOrder.map(\.record) {
      #expect(view.board.durations[task.key] == whole.durations[task.key], "\(place)")
    }
  }

  @Test func whatARunSpentAndDidIsKnownWhenItComesBack() async throws {
    let shop = try await Workshop()
    try await shop.submit("a", Project.brief("announce", "A"))
    try await shop.submit("n", Project.brief("note", "Note"))
    let site = try await Site.find(from: shop.repository.path)
    #expect(try await LedgerView.open(site).board.effects.isEmpty)
    // Another brief with the same effect: the first run has long left the board.
    try await shop.git("mv", "briefs/a.md", "briefs/b.md")
    try await shop.git("commit", "--quiet", "-m", "Elsewhere")
    try await shop.tick()
    try await shop.git("mv", "briefs/b.md", "briefs/a.md")
    try await shop.git("commit", "--quiet", "-m", "And back")
    try await shop.tick()
    #expect(try await shop.state(of: "a/publish") == "held alreadyDone")
    #expect(try shop.effects.count == 2)
  }

  @Test func attemptsAreKeptForQuestionsAboutTheWholePast() async throws {
    let shop = try await Workshop()
    shop.staff.script("thinker") { order in
      .delivering(Staff.outputs(of: order), cost: Money(micros: 300_000, currency: .usd))
    }
    try await shop.submit("p", Project.brief("paid", "P"))
    let run = try await shop.run("p").record
    #expect(run.state == .succeeded)
    let index = try LedgerIndex(path: try await Site.find(from: shop.repository.path).folders.index)
    #expect(try await index.spent(by: run.id) == 600_000)
    let keys = Board.PastKeys(durations: ["paid/think", "paid/none"])
    let past = try await index.past(of: keys)
    #expect(past.durations["paid/think"]?.entries.count == 1)
    #expect(past.durations["paid/none"] == nil)
  }
}
