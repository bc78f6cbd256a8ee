import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Whatever set a run going, a person may have it done once more.
@Suite(.timeLimit(.minutes(10))) struct RerunTests {
  private func rerun(_ shop: Workshop, _ run: RunID) async throws -> Requests.Answer? {
    let main = try #require(try await shop.board().main?.judged)
    return try await shop.type(.rerun(run, from: nil, seen: main))
  }

  private func runs(
    _ shop: Workshop, _ kind: RunRecord.Cause.Kind
  ) async throws -> [BoardRun] {
    try await shop.board().runs.values.filter { $0.record.cause.kind == kind }
      .sorted { $0.record.generation < $1.record.generation }
  }

  @Test func aRunOfAScheduleIsDoneAgainForTheSameInstant() async throws {
    let shop = try await Workshop(adding: [
      "schedules/daily.json":
        #"{ "name": "daily", "timeZone": "UTC", "cron": "0 9 * * *", "title": "{{cause.date}}" }"#,
      "pipelines/report.json": TriggerTests.sound,
    ])
    try await shop.tick()
    shop.clock.advance(by: try #require(Instant(iso: "2026-11-26T09:00:00Z")) - shop.clock.now)
    try await shop.tick()
    shop.clock.advance(by: .hours(5))
    let first = try #require(try await runs(shop, .schedule).first)
    #expect(try await rerun(shop, first.record.id) == .done)
    let both = try await runs(shop, .schedule)
    #expect(both.map(\.record.generation) == [1, 2])
    #expect(
      both.map(\.record.cause.path) == ["daily:2026-11-26T09:00Z", "daily:2026-11-26T09:00Z"])
    #expect(both.map(\.record.title) == ["2026-11-26", "2026-11-26"])
    #expect(both.allSatisfy { $0.record.state == .succeeded })
    // The schedule itself goes on as if nothing had been.
    #expect(try await shop.tick().next == Instant(iso: "2026-11-27T09:00:00Z"))
    try await shop.git("rm", "-q", "schedules/daily.json", "pipelines/report.json")
    try await shop.repository.commit("No more", ["notes.txt": "gone"])
    try await shop.tick()
    guard case .refused(let why) = try await rerun(shop, first.record.id) else {
      Issue.record("it was done without a schedule")
      return
    }
    #expect(why.contains("main has no schedule `daily` now"))
    let replay = try await shop.process("replay", "--all")
    #expect(replay.code == 0, "\(replay)")
  }

  @Test func aRunOfAFileIsDoneAgainWithWhatTheFileHoldsNow() async throws {
    let shop = try await Workshop(adding: ["pipelines/refund.json": FileTriggerTests.refund()])
    try await shop.tick()
    func claim(_ text: String) async throws {
      try await shop.repository.commit("Claim", ["claims/a.json": text])
      try await shop.tick()
    }
    try await claim(#"{ "id": 42, "amount": "12 EUR" }"#)
    let first = try await shop.run("refund-42")
    // A run that is done is not done again because its file changes …
    try await claim(#"{ "id": 42, "amount": "15 EUR" }"#)
    #expect(try await runs(shop, .paths).count == 1)
    // … but because somebody says so.
    #expect(try await rerun(shop, first.record.id) == .done)
    let again = try #require(try await runs(shop, .paths).last)
    #expect(again.record.generation == 2 && again.record.state == .succeeded)
    #expect(again.tasksInOrder.first?.record.specification.intent == "Refund 15 EUR")
    try await claim(#"{ "id": 43, "amount": "15 EUR" }"#)
    guard case .refused(let why) = try await rerun(shop, first.record.id) else {
      Issue.record("another claim was done in its place")
      return
    }
    #expect(why.contains("its identity is `43` now"))
  }

  @Test func aRunThatFollowedAnotherFollowsItAgain() async throws {
    let shop = try await Workshop(adding: ["pipelines/digest.json": FollowUpTests.digest])
    try await shop.submit("n", Project.brief("note", "Note", "Say it.", ["words: 70"]))
    let first = try #require(try await runs(shop, .run).first)
    #expect(try await rerun(shop, first.record.id) == .done)
    let both = try await runs(shop, .run)
    #expect(both.map(\.record.generation) == [1, 2])
    #expect(
      both.map(\.record.cause.parent) == [first.record.cause.parent, first.record.cause.parent])
    #expect(both.map(\.record.cause.depth) == [1, 1])
    #expect(both.last?.record.state == .succeeded)
    #expect(
      both.first?.tasksInOrder.map(\.record.specification.inputs)
        == both.last?.tasksInOrder.map(\.record.specification.inputs))
    // The run that caused it is not followed once more by having been looked up.
    try await shop.tick()
    #expect(try await runs(shop, .run).count == 2)
    let replay = try await shop.process("replay", "--all")
    #expect(replay.code == 0, "\(replay)")
  }
}
