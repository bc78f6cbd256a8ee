import HeadwayCore
import Testing

@Suite struct CronTests {
  /// Expression, zone, after, and the instants that follow.
  struct Case: Sendable, CustomTestStringConvertible {
    let cron: String
    var zone = "UTC"
    let after: String
    let next: [String]
    var testDescription: String { "\(cron) in \(zone) after \(after)" }
  }

  static let plain = [
    Case(
      cron: "0 9 * * mon-fri", after: "2026-11-27T09:00:00Z",
      next: ["2026-11-30T09:00", "2026-12-01T09:00"]),
    Case(
      cron: "*/20 9-10 * * *", after: "2026-11-24T09:10:00Z",
      next: ["2026-11-24T09:20", "2026-11-24T09:40", "2026-11-24T10:00", "2026-11-24T10:20"]),
    Case(
      cron: "5,35 0 1 jan,JUL *", after: "2026-01-01T00:05:00Z",
      next: ["2026-01-01T00:35", "2026-07-01T00:05", "2026-07-01T00:35"]),
    // Only months that have a 31st.
    Case(
      cron: "0 12 31 * *", after: "2026-01-31T12:00:00Z",
      next: ["2026-03-31T12:00", "2026-05-31T12:00", "2026-07-31T12:00", "2026-08-31T12:00"]),
    // Leap days; 2100 has none.
    Case(
      cron: "0 0 29 feb *", after: "2024-02-29T00:00:00Z",
      next: ["2028-02-29T00:00", "2032-02-29T00:00"]),
    Case(cron: "0 0 29 2 *", after: "2096-02-29T00:00:00Z", next: ["2104-02-29T00:00"]),
    // Both day fields must match: a Friday the thirteenth.
    Case(
      cron: "0 0 13 * fri", after: "2026-01-01T00:00:00Z",
      next: ["2026-02-13T00:00", "2026-03-13T00:00", "2026-11-13T00:00"]),
    Case(cron: "0 0 * * 7", after: "2026-11-24T00:00:00Z", next: ["2026-11-29T00:00"]),
    Case(
      cron: "0 0 * * fri-sun", after: "2026-11-24T00:00:00Z",
      next: ["2026-11-27T00:00", "2026-11-28T00:00", "2026-11-29T00:00", "2026-12-04T00:00"]),
    Case(
      cron: "50/5 23 * * *", after: "2026-12-31T23:51:00Z",
      next: ["2026-12-31T23:55", "2027-01-01T23:50"]),
  ]

  /// Clocks that go forward, and clocks that go back.
  static let shifts = [
    // London, 29 March 2026: 01:00 to 02:00 does not exist.
    Case(
      cron: "30 1 * * *", zone: "Europe/London", after: "2026-03-28T12:00:00Z",
      next: ["2026-03-29T01:00", "2026-03-30T00:30"]),
    Case(
      cron: "0 * * * *", zone: "Europe/London", after: "2026-03-29T00:00:00Z",
      next: ["2026-03-29T01:00", "2026-03-29T02:00"]),
    // London, 25 October 2026: 01:00 to 02:00 comes twice.
    Case(
      cron: "30 1 * * *", zone: "Europe/London", after: "2026-10-24T12:00:00Z",
      next: ["2026-10-25T00:30", "2026-10-26T01:30"]),
    Case(
      cron: "30 * * * *", zone: "Europe/London", after: "2026-10-24T23:00:00Z",
      next: ["2026-10-24T23:30", "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30"]),
    // New York, 8 March and 1 November 2026, at 02:00.
    Case(
      cron: "15 2 * * *", zone: "America/New_York", after: "2026-03-07T12:00:00Z",
      next: ["2026-03-08T07:00", "2026-03-09T06:15"]),
    Case(
      cron: "15 1 * * *", zone: "America/New_York", after: "2026-10-31T12:00:00Z",
      next: ["2026-11-01T05:15", "2026-11-02T06:15"]),
    Case(
      cron: "15 */1 * * *", zone: "America/New_York", after: "2026-11-01T05:00:00Z",
      next: ["2026-11-01T05:15", "2026-11-01T06:15", "2026-11-01T07:15"]),
    // Lord Howe shifts by half an hour: 4 October 2026, 02:00 to 02:30; 5 April, 02:00 to 01:30.
    Case(
      cron: "15 2 * * *", zone: "Australia/Lord_Howe", after: "2026-10-03T00:00:00Z",
      next: ["2026-10-03T15:30", "2026-10-04T15:15"]),
    Case(
      cron: "45 1 * * *", zone: "Australia/Lord_Howe", after: "2026-04-04T00:00:00Z",
      next: ["2026-04-04T14:45", "2026-04-05T15:15"]),
    Case(
      cron: "45 * * * *", zone: "Australia/Lord_Howe", after: "2026-04-04T14:00:00Z",
      next: ["2026-04-04T14:45", "2026-04-04T15:15", "2026-04-04T16:15"]),
    // Samoa had no 30 December 2011 at all.
    Case(
      cron: "0 12 * * *", zone: "Pacific/Apia", after: "2011-12-29T00:00:00Z",
      next: ["2011-12-29T22:00", "2011-12-30T10:00", "2011-12-30T22:00"]),
  ]

  @Test(arguments: plain + shifts)
  func comesWhenItSays(_ example: Case) throws {
    let schedule = Schedule(
      name: try #require(Name("s")), rhythm: .cron(try CronExpression(example.cron)),
      zone: try #require(Zone(example.zone)))
    var instant = try #require(Instant(iso: example.after))
    let start = instant
    var found: [String] = []
    for _ in example.next {
      instant = try #require(schedule.next(after: instant))
      found.append(String(instant.description.prefix(16)))
    }
    #expect(found == example.next)
    if instant - start < .days(400) {
      #expect(
        schedule.instants(after: start, through: instant).map { String($0.description.prefix(16)) }
          == example.next)
    }
  }

  /// Expression, message, hint, and the offset of the fault.
  static let faults: [(String, String, String?, Int)] = [
    ("0 9 * *", "expected five fields, found 4", "minute hour day month weekday", 0),
    ("@daily", "`@daily` is not five fields", "write `0 0 * * *`", 0),
    ("60 9 * * *", "minute 60 is not between 0 and 59", nil, 0),
    ("0 9 * * monday", "`monday` is not a weekday", "did you mean `mon`?", 8),
    ("0 9 * fex *", "`fex` is not a month", "did you mean `feb`?", 6),
    ("0 9 * * 1-", "a value is missing", nil, 10),
    ("0 17-9 * * *", "`17-9` runs backwards", "write it as two ranges", 2),
    ("*/0 * * * *", "`*/0`: a step is a number from 1 to 59", nil, 0),
    ("0 0 30 feb *", "no month in `feb` has such a day", nil, 4),
    ("0 0 31 4,6 *", "no month in `4,6` has such a day", nil, 4),
    ("0 0 L * *", "`L` is not a day", nil, 4),
    ("0,,5 0 * * *", "a value is missing", nil, 2),
    ("0 0 ? * *", "`?` is not a day", nil, 4),
    ("", "expected five fields, found 0", nil, 0),
  ]

  @Test(arguments: faults)
  func saysWhatIsWrong(_ text: String, _ message: String, _ hint: String?, _ offset: Int) {
    do {
      _ = try CronExpression(text)
      Issue.record("`\(text)` was read")
    } catch {
      #expect(error.message == message)
      #expect(error.offset == offset)
      if let hint { #expect(error.hint?.contains(hint) == true, "\(error.hint ?? "")") }
    }
  }

  @Test func neverMissesAMinuteOfAYearInAnyOfSomeZones() throws {
    // Every local quarter of an hour in order, compared with a walk through real time.
    for name in ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"] {
      let zone = try #require(Zone(name))
      let schedule = Schedule(
        name: try #require(Name("s")), rhythm: .cron(try CronExpression("*/15 * * * *")),
        zone: zone)
      let start = try #require(Instant(iso: "2026-01-01T00:07:00Z"))
      let end = start + .days(365)
      let walked = stride(from: start.milliseconds, to: end.milliseconds, by: 60_000)
        .map { Instant(milliseconds: $0 / 60_000 * 60_000) }
        .filter { zone.local($0).fields.minute % 15 == 0 }
      #expect(schedule.instants(after: start, through: end) == walked, "\(name)")
    }
  }
}

@Suite struct RhythmTests {
  private func schedule(_ every: Span, _ zone: String, jitter: Span = .zero) throws -> Schedule {
    Schedule(
      name: try #require(Name("s")), rhythm: .every(every), zone: try #require(Zone(zone)),
      jitter: jitter)
  }

  private func instants(_ schedule: Schedule, _ after: String, _ through: String) throws -> [String]
  {
    try schedule.instants(
      after: #require(Instant(iso: after)), through: #require(Instant(iso: through))
    ).map { String($0.description.prefix(16)) }
  }

  @Test func partsOfADayCountFromMidnight() throws {
    #expect(
      try instants(
        schedule(.hours(6), "Europe/London"), "2026-03-28T12:00:00Z", "2026-03-30T00:00:00Z")
        == [
          "2026-03-28T18:00", "2026-03-29T00:00", "2026-03-29T06:00", "2026-03-29T12:00",
          "2026-03-29T18:00", "2026-03-29T23:00",
        ])
  }

  @Test func wholeDaysComeAtMidnight() throws {
    #expect(
      try instants(
        schedule(.days(7), "Europe/London"), "2026-10-20T00:00:00Z", "2026-11-06T00:00:00Z")
        == ["2026-10-21T23:00", "2026-10-29T00:00", "2026-11-05T00:00"])
  }

  @Test func jitterIsTheSameWhoeverComputesIt() throws {
    let schedule = try schedule(.hours(1), "UTC", jitter: .minutes(10))
    let anchor = CommitID(unchecked: String(repeating: "a", count: 40))
    let other = CommitID(unchecked: String(repeating: "b", count: 40))
    let start = try #require(Instant(iso: "2026-11-24T00:00:00Z"))
    let delays = (0..<200).map { schedule.delay(of: start + .hours($0), anchor: anchor) }
    #expect(delays.allSatisfy { $0 >= .zero && $0 < .minutes(10) })
    #expect(Set(delays).count > 190)
    #expect(delays == (0..<200).map { schedule.delay(of: start + .hours($0), anchor: anchor) })
    #expect(delays[0] != schedule.delay(of: start, anchor: other))
  }
}
