import Git
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Published work is undone when it fails afterwards, when somebody says so at home, or when an
/// approval is taken from main by one who could have given it.
@Suite(.timeLimit(.minutes(10))) struct CompensationTests {
  private static let pipeline = """
    { "name": "undoable", "publishes": ["content/"],
      "tasks": {
        "draft": { "executor": "writer", "outputs": { "draft.md": {} } },
        "approve": { "after": ["draft"], "executor": "creator",
                     "propose": { "draft.md": "content/{{slug}}.md" },
                     "approval": { "role": "creator", "risk": "medium" } },
        "publish": { "after": ["approve"], "executor": "publish", "effect": "external",
                     "once": "publish:{{slug}}", "compensate": "unpublish",
                     "outputs": { "receipt.json": {} } },
        "after": { "after": ["publish"], "executor": "editor", "onExhausted": "fail",
                   "retry": { "attempts": 1 }, "outputs": { "after.md": {} } } },
      "compensations": {
        "unpublish": { "executor": "unpublish", "intent": "Take {{slug}} down.",
                       "once": "unpublish:{{slug}}" } } }

    """

  private static let files = [
    "pipelines/undoable.json": pipeline,
    "executors/unpublish.json": """
    { "name": "unpublish", "kind": "command", "run": ["sh", "executors/publish.sh"],
      "effect": "external" }

    """,
  ]

  private func shop() async throws -> Workshop {
    let shop = try await Workshop()
    try await shop.repository.commit("An undo", Self.files)
    return shop
  }

  private func published(_ shop: Workshop) async throws -> RunID {
    try await shop.submit("launch", Project.brief("undoable", "Launch"))
    try await shop.merge(try await shop.proposal("launch/approve"))
    try await shop.tick()
    let run = try await shop.run("launch")
    #expect(run.tasks[try #require(Name("publish"))]?.record.state == .succeeded)
    return run.record.id
  }

  private func undo(_ shop: Workshop) async throws -> BoardRun? {
    try await shop.board().runs.values.first { $0.record.cause.kind == .compensation }
  }

  @Test func aFailedRunsEffectIsUndoneOnceAPersonWantsIt() async throws {
    let shop = try await shop()
    shop.staff.script("editor") { _ in .failing(.internal, "no") }
    let id = try await published(shop)
    let proposed = try #require(try await undo(shop))
    #expect(proposed.tasksInOrder.map(\.record.state) == [.held])
    #expect(!shop.staff.asked.contains("undo-publish"))
    #expect(try await shop.type(.compensate(id, from: nil)) == .done)
    #expect(shop.staff.asked.last == "undo-publish")
    let order = try #require(shop.staff.orders.last)
    #expect(order.intent == "Take launch down.")
    #expect(order.inputs.map(\.name).contains("publish/receipt.json"))
    let ended = try await undo(shop)
    #expect(ended?.record.state == .succeeded)
    let events = try await shop.log("%(trailers:key=Headway-Event,valueonly,separator=%x2C)")
    #expect(events.count { $0 == "compensation" } == 2)
  }

  @Test func aFinishedRunIsUndoneByHand() async throws {
    let shop = try await shop()
    let id = try await published(shop)
    #expect(try await shop.type(.compensate(id, from: nil)) == .done)
    #expect(shop.staff.asked.last == "undo-publish")
    guard case .refused = try await shop.type(.compensate(id, from: nil)) else {
      Issue.record("it was undone twice")
      return
    }
  }

  @Test func aSignedRemovalAfterTheEffectProposesTheUndo() async throws {
    let shop = try await shop()
    let id = try await published(shop)
    try await shop.git("rm", "--quiet", "-r", "approvals")
    try await shop.git(as: "dana", "commit", "--quiet", "-S", "-m", "Take it back")
    try await shop.tick()
    let undo = try #require(try await undo(shop))
    #expect(undo.record.cause.path == id.text)
    #expect(undo.tasksInOrder.map(\.record.reason?.code) == [.compensation])
    #expect(try await shop.board().incidents.isEmpty)
    try await shop.repository.commit("Something else", ["other.md": "x\n"])
    try await shop.tick()
    let removals = try await shop.log("%s").filter { $0.contains("withdraw") }
    #expect(removals.count == 1, "said once")
  }

  @Test func anUnsignedRemovalAfterTheEffectStartsNothing() async throws {
    let shop = try await shop()
    _ = try await published(shop)
    try await shop.git("rm", "--quiet", "-r", "approvals")
    try await shop.repository.commit("Not me")
    try await shop.tick()
    #expect(try await undo(shop) == nil)
    let incidents = try await shop.board().incidents.values
    #expect(incidents.count == 1)
    #expect(incidents.first?.reason.contains("removed from main after its effect") == true)
    #expect(!shop.staff.asked.contains("undo-publish"))
  }

  @Test func anApprovalRemovedWhileItsEffectIsUnderWayProposesTheUndo() async throws {
    let shop = try await shop()
    let (begun, reports) = AsyncStream.makeStream(of: Void.self)
    let (taken, taking) = AsyncStream.makeStream(of: Void.self)
    shop.staff.script("publish") { order in
      reports.yield()
      for await _ in taken { break }
      return shop.staff.usual(order)
    }
    try await shop.submit("launch", Project.brief("undoable", "Launch"))
    try await shop.merge(try await shop.proposal("launch/approve"))
    let site = try await Site.find(from: shop.repository.path)
    let (judged, judgements) = AsyncStream.makeStream(of: Void.self)
    var surroundings = try shop.surroundings()
    surroundings.report = {
      if case .judged(_, let judgement) = $0, judgement.decision == .withdraw {
        judgements.yield()
      }
    }
    let tick = Tick(
      site: site, options: .init(patience: .zero, skipsSettling: true), surroundings: surroundings)
    try await withThrowingTaskGroup(of: Void.self) { group in
      let (ready, readiness) = AsyncStream.makeStream(of: Scheduler.self)
      group.addTask { _ = try await tick.run(.waits) { readiness.yield($0) } }
      for await _ in begun { break }
      try await shop.git("rm", "--quiet", "-r", "approvals")
      try await shop.git(as: "dana", "commit", "--quiet", "-S", "-m", "Take it back")
      for await scheduler in ready {
        scheduler.nudged()
        break
      }
      for await _ in judged { break }
      #expect(try await shop.task("launch/approve").record.state == .held)
      #expect(try await undo(shop) == nil, "nothing has happened yet")
      taking.yield()
      try await group.waitForAll()
    }
    let proposed = try #require(try await undo(shop))
    #expect(proposed.tasksInOrder.map(\.record.reason?.code) == [.compensation])
    #expect(proposed.tasksInOrder.map(\.record.task.text) == ["undo-publish"])
    #expect(!shop.staff.asked.contains("undo-publish"))
    try await shop.tick()
    #expect(try await shop.board().runs.values.count { $0.record.cause.kind == .compensation } == 1)
    try await shop.requireReplay()
  }
}
