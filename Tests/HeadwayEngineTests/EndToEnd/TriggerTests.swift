import Git
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Pipelines that nobody's brief sets going: schedules, changed files and the ends of runs.
@Suite(.timeLimit(.minutes(10))) struct TriggerTests {
  static func pipeline(_ name: String, on trigger: String, _ more: String = "") -> String {
    """
    { "name": "\(name)", "on": \(trigger), \(more)
      "tasks": { "write": { "executor": "writer", "intent": "{{title}}",
                            "outputs": { "note.md": {} } } } }
    """
  }

  static func schedule(_ fields: String) -> String {
    #"{ "name": "daily", "timeZone": "Europe/London", \#(fields) }"#
  }

  /// A workshop whose ledger is open, with a report at nine each morning in London.
  private func shop(
    _ fields: String = #""cron": "0 9 * * *""#, adding extra: [String: String] = [:]
  ) async throws -> Workshop {
    let files = [
      "schedules/daily.json": Self.schedule(fields),
      "pipelines/report.json": Self.pipeline("report", on: #"{ "schedule": "daily" }"#),
    ].merging(extra) { $1 }
    let shop = try await Workshop(adding: files)
    try await shop.tick()
    return shop
  }

  private func turn(_ shop: Workshop, to text: String) throws {
    let wanted = try #require(Instant(iso: text))
    shop.clock.advance(by: wanted - shop.clock.now)
  }

  private func scheduled(_ shop: Workshop) async throws -> [String] {
    try await scheduledRuns(shop).map(\.cause.path)
  }

  /// By instant, since those that are made up for are admitted in the same moment.
  private func scheduledRuns(_ shop: Workshop) async throws -> [RunRecord] {
    try await shop.board().runs.values.map(\.record).filter { $0.cause.kind == .schedule }
      .sorted { $0.cause.path < $1.cause.path }
  }

  // The workshop's clock starts at 2026-11-25T09:46:40Z.

  @Test func aScheduleStartsOneRunAtEachInstant() async throws {
    let shop = try await shop(#""cron": "0 9 * * *", "title": "Report of {{cause.date}}""#)
    #expect(try await scheduled(shop) == [])
    #expect(try await shop.tick().next == Instant(iso: "2026-11-26T09:00:00Z"))
    try turn(shop, to: "2026-11-26T09:00:00Z")
    try await shop.tick()
    try await shop.tick()
    #expect(try await scheduled(shop) == ["daily:2026-11-26T09:00Z"])
    let run = try await shop.run("daily-2026-11-26t09-00z")
    #expect(run.record.state == .succeeded && run.record.title == "Report of 2026-11-26")
    #expect(run.record.cause.file?.text == "schedules/daily.json")
    #expect(run.record.cause.commit.hex == (try await shop.repository.id("main").hex))
  }

  @Test func aWeekendWithoutPowerIsMadeUpForOnce() async throws {
    let shop = try await shop()
    try turn(shop, to: "2026-11-30T12:00:00Z")
    try await shop.tick()
    #expect(try await scheduled(shop) == ["daily:2026-11-30T09:00Z"])
  }

  @Test func everythingOfTheLastDayIsMadeUpForOneByOneIfAsked() async throws {
    let shop = try await shop(#""cron": "0 */6 * * *", "missed": "all""#)
    try turn(shop, to: "2026-11-30T12:30:00Z")
    try await shop.tick()
    #expect(
      try await scheduled(shop) == [
        "daily:2026-11-29T18:00Z", "daily:2026-11-30T00:00Z", "daily:2026-11-30T06:00Z",
        "daily:2026-11-30T12:00Z",
      ])
    #expect(try await shop.board().intake?.instants == [])
  }

  @Test func whatWasMissedIsLostIfAsked() async throws {
    let shop = try await shop(#""cron": "0 9 * * *", "missed": "none""#)
    try turn(shop, to: "2026-11-26T10:00:00Z")
    try await shop.tick()
    #expect(try await scheduled(shop) == [])
    try turn(shop, to: "2026-11-27T09:00:20Z")
    try await shop.tick()
    #expect(try await scheduled(shop) == ["daily:2026-11-27T09:00Z"])
  }

  @Test func aMissedInstantIsThatOfTheScheduleAsItStoodThen() async throws {
    let shop = try await shop(#""cron": "0 9 * * *", "missed": "all", "title": "Old""#)
    // The machine is off; at noon somebody edits, as the commit says.
    try await commit(
      shop, at: "2026-11-26T12:00:00Z",
      [
        "schedules/daily.json": Self.schedule(
          #""cron": "0 8,15 * * *", "title": "New", "missed": "all""#)
      ])
    try turn(shop, to: "2026-11-26T18:00:00Z")
    try await shop.tick()
    // Eight in the morning was not yet in the schedule, and nine was.
    #expect(
      try await scheduled(shop) == ["daily:2026-11-26T09:00Z", "daily:2026-11-26T15:00Z"])
    #expect(try await scheduledRuns(shop).map(\.title) == ["Old", "New"])
  }

  @Test func aScheduleThatWasGoneMissedNothingMeanwhile() async throws {
    let shop = try await shop(#""cron": "0 * * * *", "missed": "all""#)
    try await shop.git("rm", "-q", "schedules/daily.json", "pipelines/report.json")
    try await commit(shop, at: "2026-11-25T11:30:00Z", [:])
    try await commit(
      shop, at: "2026-11-25T15:30:00Z",
      [
        "schedules/daily.json": Self.schedule(#""cron": "0 * * * *", "missed": "all""#),
        "pipelines/report.json": Self.pipeline("report", on: #"{ "schedule": "daily" }"#),
      ])
    try turn(shop, to: "2026-11-25T17:10:00Z")
    try await shop.tick()
    #expect(
      try await scheduled(shop) == [
        "daily:2026-11-25T10:00Z", "daily:2026-11-25T11:00Z", "daily:2026-11-25T16:00Z",
        "daily:2026-11-25T17:00Z",
      ])
  }

  @Test func anInstantBeforeTheScheduleWasNeverMissed() async throws {
    let shop = try await Workshop()
    try await shop.tick()
    try turn(shop, to: "2026-11-26T12:00:00Z")
    try await commit(
      shop, at: "2026-11-26T11:59:00Z",
      [
        "schedules/daily.json": Self.schedule(#""cron": "0 9 * * *""#),
        "pipelines/report.json": Self.pipeline("report", on: #"{ "schedule": "daily" }"#),
      ])
    try await shop.tick()
    try await shop.tick()
    #expect(try await scheduled(shop) == [])
  }

  @Test func catchingUpOverAChangeOfClocksFindsEveryHour() async throws {
    let shop = try await shop(#""cron": "30 1 * * *", "missed": "all""#)
    // Clocks go forward over half past one on 2027-03-28.
    try turn(shop, to: "2027-03-28T02:00:00Z")
    try await shop.tick()
    #expect(try await scheduled(shop) == ["daily:2027-03-28T01:00Z"])
  }

  @Test(arguments: [
    ("skip", ["daily:2026-11-25T10:00Z", "daily:2026-11-25T14:00Z"]),
    ("queue", ["daily:2026-11-25T10:00Z", "daily:2026-11-25T11:00Z", "daily:2026-11-25T14:00Z"]),
    (
      "coalesce",
      ["daily:2026-11-25T10:00Z", "daily:2026-11-25T13:00Z", "daily:2026-11-25T14:00Z"]
    ),
    (
      "allow",
      [
        "daily:2026-11-25T10:00Z", "daily:2026-11-25T11:00Z", "daily:2026-11-25T12:00Z",
        "daily:2026-11-25T13:00Z", "daily:2026-11-25T14:00Z",
      ]
    ),
  ])
  func overlapIsAsTheScheduleSays(_ rule: String, _ paths: [String]) async throws {
    let shop = try await shop(
      #""cron": "0 * * * *", "overlap": "\#(rule)""#,
      adding: ["pipelines/report.json": Self.asking])
    for hour in 10...13 {
      try turn(shop, to: "2026-11-25T\(hour):00:10Z")
      try await shop.tick()
    }
    // People sign; then there is room again.
    for run in try await shop.board().runsInOrder where run.record.state == .active {
      let task = try #require(run.tasks.values.first { $0.record.isPerson })
      try await shop.merge(try #require(task.proposal).branch)
    }
    try await shop.tick()
    if rule == "queue" || rule == "coalesce" {
      let run = try #require(
        try await shop.board().runsInOrder.first { $0.record.state == .active })
      try await shop.merge(
        try #require(run.tasks.values.first { $0.record.isPerson }?.proposal).branch)
      try await shop.tick()
    }
    try turn(shop, to: "2026-11-25T14:00:10Z")
    try await shop.tick()
    #expect(try await scheduled(shop) == paths)
  }

  @Test func theNextInstantMayEndTheRunBefore() async throws {
    let shop = try await shop(
      #""cron": "0 * * * *", "overlap": "cancel""#,
      adding: ["pipelines/report.json": Self.asking])
    for hour in 10...11 {
      try turn(shop, to: "2026-11-25T\(hour):00:10Z")
      try await shop.tick()
    }
    let runs = try await shop.board().runsInOrder.map(\.record.state)
    #expect(runs == [.cancelled, .active])
    #expect(
      try await shop.state(of: "daily-2026-11-25t10-00z/approve") == "cancelled overtaken")
  }

  @Test func anInstantOfABrokenPipelineIsTold() async throws {
    let shop = try await shop(
      adding: [
        "pipelines/report.json": Self.pipeline("report", on: #"{ "schedule": "daily" }"#)
          .replacing("\"writer\"", with: "\"nobody\"")
      ])
    try turn(shop, to: "2026-11-26T09:00:00Z")
    try await shop.tick()
    #expect(try await scheduled(shop) == [])
    let problems = try #require(try await shop.board().main?.problems["schedules/daily.json"])
    #expect(problems.contains { $0.contains("nobody") }, "\(problems)")
  }

  static let sound = pipeline("report", on: #"{ "schedule": "daily" }"#)

  @Test(arguments: [sound.replacing("\"writer\"", with: "\"nobody\""), "{ \"name\": "])
  func aRefusedInstantIsTriedAgainOnceItsFilesAreMended(_ broken: String) async throws {
    let shop = try await shop(adding: ["pipelines/report.json": broken])
    try turn(shop, to: "2026-11-26T09:00:00Z")
    try await shop.tick()
    try await shop.repository.commit("Another file", ["notes.txt": "nothing"])
    try await shop.tick()
    #expect(try await scheduled(shop) == [])
    #expect(try await shop.board().intake?.refused.map(\.nominal) == [shop.clock.now])
    shop.clock.advance(by: .hours(3))
    try await shop.repository.commit("Mend", ["pipelines/report.json": Self.sound])
    try await shop.tick()
    #expect(try await scheduledRuns(shop).map(\.state) == [.succeeded])
    #expect(try await scheduled(shop) == ["daily:2026-11-26T09:00Z"])
    #expect(try await shop.board().intake?.refused == [])
    #expect(try await shop.board().main?.problems == [:])
  }

  @Test func whatWasRefusedForADayIsLost() async throws {
    let broken = Self.sound.replacing("\"writer\"", with: "\"nobody\"")
    let shop = try await shop(
      #""cron": "0 9 26 11 *", "missed": "all""#, adding: ["pipelines/report.json": broken])
    try turn(shop, to: "2026-11-26T09:00:00Z")
    try await shop.tick()
    #expect(try await shop.board().intake?.refused.count == 1)
    shop.clock.advance(by: .days(1))
    try await shop.repository.commit("Mend", ["pipelines/report.json": Self.sound])
    try await shop.tick()
    #expect(try await scheduled(shop) == [])
    #expect(try await shop.board().intake?.refused == [])
  }

  /// A run that stays active until a person signs.
  static let asking = """
    { "name": "report", "on": { "schedule": "daily" }, "publishes": ["content/"],
      "tasks": {
        "write": { "executor": "writer", "outputs": { "note.md": {} } },
        "approve": { "after": ["write"], "executor": "creator",
                     "propose": { "note.md": "content/{{slug}}.md" }, "approval": {} } } }
    """

  private func commit(
    _ shop: Workshop, at date: String, _ files: [String: String]
  ) async throws {
    for (path, text) in files { try shop.repository.write(path, text) }
    try await shop.git("add", "--all")
    try await shop.git(
      "commit", "--quiet", "-m", "Edit",
      adding: ["GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date])
  }
}
