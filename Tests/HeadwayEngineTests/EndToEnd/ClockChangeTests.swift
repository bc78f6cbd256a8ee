import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Schedules in weeks in which people turn their clocks, tick by tick.
@Suite(.timeLimit(.minutes(10))) struct ClockChangeTests {
  /// A rhythm in a zone, and every instant of it between two moments.
  struct Week: CustomTestStringConvertible {
    let zone: String
    let rhythm: String
    let from: String
    let to: String
    let instants: [String]

    var testDescription: String { "\(rhythm) in \(zone) from \(from)" }
  }

  static let weeks = [
    // At two in the morning of 14 March it is three in New York.
    Week(
      zone: "America/New_York", rhythm: #""cron": "30 2 * * *""#, from: "2027-03-13T00:00:00Z",
      to: "2027-03-16T00:00:00Z",
      instants: ["2027-03-13T07:30Z", "2027-03-14T07:00Z", "2027-03-15T06:30Z"]),
    // At two in the morning of 7 November it is one again: a fixed time comes once …
    Week(
      zone: "America/New_York", rhythm: #""cron": "30 1 * * *""#, from: "2027-11-06T00:00:00Z",
      to: "2027-11-09T00:00:00Z",
      instants: ["2027-11-06T05:30Z", "2027-11-07T05:30Z", "2027-11-08T06:30Z"]),
    // … and each hour comes.
    Week(
      zone: "America/New_York", rhythm: #""cron": "30 * * * *""#, from: "2027-11-07T04:00:00Z",
      to: "2027-11-07T08:00:00Z",
      instants: [
        "2027-11-07T04:30Z", "2027-11-07T05:30Z", "2027-11-07T06:30Z", "2027-11-07T07:30Z",
      ]
    ),
    // Lord Howe skips half an hour at two on 3 October,
    Week(
      zone: "Australia/Lord_Howe", rhythm: #""cron": "15 2 * * *""#, from: "2027-10-01T12:00:00Z",
      to: "2027-10-04T12:00:00Z",
      instants: ["2027-10-01T15:45Z", "2027-10-02T15:30Z", "2027-10-03T15:15Z"]),
    // and at two on 4 April shows the half hour before it again.
    Week(
      zone: "Australia/Lord_Howe", rhythm: #""cron": "45 1 * * *""#, from: "2027-04-02T12:00:00Z",
      to: "2027-04-05T12:00:00Z",
      instants: ["2027-04-02T14:45Z", "2027-04-03T14:45Z", "2027-04-04T15:15Z"]),
    Week(
      zone: "Australia/Lord_Howe", rhythm: #""cron": "*/15 * * * *""#,
      from: "2027-04-03T14:20:00Z", to: "2027-04-03T15:31:00Z",
      instants: [
        "2027-04-03T14:30Z", "2027-04-03T14:45Z", "2027-04-03T15:00Z", "2027-04-03T15:15Z",
        "2027-04-03T15:30Z",
      ]),
    // Days are counted from midnight there, whatever clocks do.
    Week(
      zone: "Australia/Lord_Howe", rhythm: #""every": "1d""#, from: "2027-10-01T14:00:00Z",
      to: "2027-10-04T12:00:00Z",
      instants: ["2027-10-02T13:30Z", "2027-10-03T13:00Z"]),
  ]

  @Test(arguments: weeks) func eachTickFindsTheInstantForWhichItWasWoken(_ week: Week) async throws
  {
    let (start, end) = (
      try #require(Instant(iso: week.from)), try #require(Instant(iso: week.to))
    )
    let shop = try await Workshop(adding: [
      "schedules/daily.json":
        #"{ "name": "daily", "timeZone": "\#(week.zone)", \#(week.rhythm), "missed": "none" }"#,
      "pipelines/report.json": TriggerTests.sound,
    ])
    shop.clock.advance(by: start - shop.clock.now)
    var woken: [String] = []
    for _ in 0...week.instants.count {
      let next = try #require(try await shop.tick().next)
      guard next <= end else { break }
      woken.append(next.short)
      shop.clock.advance(by: next - shop.clock.now)
    }
    #expect(woken == week.instants)
    let runs = try await shop.board().runs.values.map(\.record.cause.path).sorted()
    #expect(runs == week.instants.map { "daily:\($0)" })
  }
}
