import Git
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Pipelines that changed files set going.
@Suite(.timeLimit(.minutes(10))) struct FileTriggerTests {
  static func refund(_ more: String = "") -> String {
    TriggerTests.pipeline(
      "refund", on: #"{ "paths": "claims/*.json", "identity": "{{json.id}}"\#(more) }"#
    )
    .replacing("{{title}}", with: "Refund {{json.amount}}")
  }

  private func shop(_ more: String = "") async throws -> Workshop {
    let shop = try await Workshop(adding: ["pipelines/refund.json": Self.refund(more)])
    try await shop.tick()
    return shop
  }

  private func claim(
    _ shop: Workshop, _ name: String, _ text: String, settled: Bool = true
  ) async throws {
    try await shop.repository.commit("Claim", ["claims/\(name).json": text])
    try await shop.tick(settled: settled)
  }

  private func runs(_ shop: Workshop) async throws -> [RunRecord] {
    // The clock may stand still between two of them.
    try await shop.board().runs.values.map(\.record).filter { $0.cause.kind == .paths }
      .sorted { ($0.cause.path, $0.generation) < ($1.cause.path, $1.generation) }
  }

  @Test func aNewFileIsARunWithTheFileAsItsInput() async throws {
    let shop = try await shop()
    try await claim(shop, "a", #"{ "id": 42, "amount": "12 EUR" }"#)
    let run = try await shop.run("refund-42")
    #expect(run.record.cause.path == "refund:42" && run.record.state == .succeeded)
    let task = try await shop.task("refund-42/write").record
    #expect(task.specification.intent == "Refund 12 EUR")
    let blob = try await shop.repository.id("main:claims/a.json")
    #expect(
      task.specification.inputs
        == [.file(path: try FilePath("claims/a.json"), blob: BlobID(unchecked: blob.hex))])
  }

  @Test func whatStoodThereFromTheBeginningStartsNothingUntilItChanges() async throws {
    let shop = try await Workshop(adding: [
      "pipelines/refund.json": Self.refund(), "claims/old.json": #"{ "id": 1, "amount": 1 }"#,
    ])
    try await shop.tick()
    try await claim(shop, "new", #"{ "id": 2, "amount": 1 }"#)
    #expect(try await runs(shop).map(\.cause.path) == ["refund:2"])
    try await claim(shop, "old", #"{ "id": 1, "amount": 2 }"#)
    #expect(try await runs(shop).map(\.cause.path) == ["refund:1", "refund:2"])
  }

  @Test func changesInARowAreOneRunOnceTheyStandStill() async throws {
    let shop = try await shop(#", "settle": "30s""#)
    for amount in 1...3 {
      try await claim(shop, "a", #"{ "id": 1, "amount": \#(amount) }"#, settled: false)
      #expect(try await runs(shop) == [])
      shop.clock.advance(by: .seconds(20))
    }
    let report = try await shop.tick(settled: false)
    #expect(try await runs(shop) == [])
    #expect(report.next == shop.clock.now + .seconds(10))
    shop.clock.advance(by: .seconds(10))
    try await shop.tick(settled: false)
    #expect(try await runs(shop).map(\.revisions.count) == [1])
    #expect(try await shop.task("refund-1/write").record.specification.intent == "Refund 3")
    #expect(try await shop.board().intake?.changes == [])
  }

  @Test func aFinishedRunStartsNothingUnlessAsked() async throws {
    for (more, generations) in [("", [1]), (#", "onChange": "rerun""#, [1, 2])] {
      let shop = try await shop(more)
      try await claim(shop, "a", #"{ "id": 1, "amount": 1 }"#)
      try await claim(shop, "a", #"{ "id": 1, "amount": 2 }"#)
      #expect(try await runs(shop).map(\.generation) == generations)
    }
  }

  @Test func anUnfinishedRunIsPlannedAgainAndDeletionEndsIt() async throws {
    let asking = TriggerTests.asking.replacing("report", with: "refund").replacing(
      #"{ "schedule": "daily" }"#,
      with: #"{ "paths": "claims/*.json", "identity": "{{json.id}}" }"#)
    let shop = try await Workshop(adding: ["pipelines/refund.json": asking])
    try await shop.tick()
    try await claim(shop, "a", #"{ "id": 1, "amount": 1 }"#)
    try await claim(shop, "a", #"{ "id": 1, "amount": 2 }"#)
    let run = try await shop.run("refund-1").record
    #expect(run.revisions.count == 2 && run.state == .active)
    #expect(shop.staff.asked == ["write", "write"])
    // The same claim in another file is the same run.
    try await shop.git("mv", "claims/a.json", "claims/b.json")
    try await shop.repository.commit("Move")
    try await shop.tick()
    #expect(try await runs(shop).map(\.state) == [.active])
    try await shop.git("rm", "-q", "claims/b.json")
    try await shop.repository.commit("Gone")
    try await shop.tick()
    #expect(try await shop.state(of: "refund-1/approve") == "cancelled fileDeleted")
    try await claim(shop, "a", #"{ "id": 1, "amount": 2 }"#)
    #expect(try await runs(shop).map(\.generation) == [1, 2])
  }

  @Test func twoFilesOfOneIdentityAreBothTold() async throws {
    let shop = try await shop()
    try await shop.repository.commit(
      "Two",
      [
        "claims/a.json": #"{ "id": 7, "amount": 1 }"#,
        "claims/b.json": #"{ "id": 7, "amount": 2 }"#,
      ])
    try await shop.tick()
    #expect(try await runs(shop) == [])
    #expect(
      try await shop.board().main?.problems.keys.sorted() == ["claims/a.json", "claims/b.json"])
    // Once one of them is mended, both are what they say.
    try await claim(shop, "b", #"{ "id": 8, "amount": 2 }"#)
    #expect(try await runs(shop).map(\.cause.path).sorted() == ["refund:7", "refund:8"])
    #expect(try await shop.board().main?.problems == [:])
  }

  @Test func hostileFilesAreToldAndExpandNothing() async throws {
    let shop = try await shop()
    let deep = String(repeating: "[", count: 90) + String(repeating: "]", count: 90)
    try await shop.repository.commit(
      "Claims",
      [
        "claims/deep.json": "{ \"id\": 1, \"amount\": \(deep) }",
        "claims/twice.json": #"{ "id": 2, "id": 3, "amount": 1 }"#,
        "claims/large.json":
          "{ \"id\": 4, \"amount\": \"\(String(repeating: "x", count: 300_000))\" }",
        "claims/none.json": #"{ "amount": 1 }"#,
        "claims/lines.json": #"{ "id": "a\nb", "amount": 1 }"#,
        "claims/tag.json": #"{ "id": "{{json.secret}}", "amount": "{{run}}", "secret": "s" }"#,
      ])
    try await shop.tick()
    #expect(
      try await shop.board().main?.problems.keys.sorted() == [
        "claims/deep.json", "claims/large.json", "claims/lines.json", "claims/none.json",
        "claims/twice.json",
      ])
    let run = try #require(try await runs(shop).first)
    #expect(run.cause.path == "refund:{{json.secret}}")
    #expect(
      try await shop.task("\(run.slug)/write").record.specification.intent == "Refund {{run}}")
  }

  @Test func whatARunPublishesNeverSetsItGoingAgain() async throws {
    let looping = """
      { "name": "grow", "on": { "paths": "content/*.md", "identity": "{{path}}", "onChange": "rerun" },
        "publishes": ["content/"],
        "tasks": {
          "write": { "executor": "writer", "outputs": { "note.md": {} } },
          "approve": { "after": ["write"], "executor": "creator",
                       "propose": { "note.md": "{{cause.path}}" }, "approval": {} } } }
      """
    let shop = try await Workshop(adding: ["pipelines/grow.json": looping])
    try await shop.tick()
    try await shop.repository.commit("Seed", ["content/a.md": "seed\n"])
    try await shop.tick()
    let run = try #require(try await runs(shop).first)
    try await shop.merge(try await shop.proposal("\(run.slug)/approve"))
    try await shop.tick()
    #expect(try await runs(shop).map(\.state) == [.succeeded])
    // What a person writes there is a change like any other.
    try await shop.repository.commit("By hand", ["content/a.md": "other\n"])
    try await shop.tick()
    #expect(try await runs(shop).map(\.generation) == [1, 2])
  }
}
