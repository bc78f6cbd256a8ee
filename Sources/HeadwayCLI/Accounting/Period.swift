package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

/// `--since` and `--until`, as the accounting commands take them.
package struct Period: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "From then on: a span such as 7d, a date, or a moment. Default: 30d.", valueName: "when"))
  package var since = "30d"

  @Option(
    help: ArgumentHelp("Up to then; a date is its whole day. Default: now.", valueName: "when"))
  package var until: String?

  package init() {}

  /// The end is not part of it.
  func bounds(in view: LedgerView, now: Instant) async throws -> (from: Instant, to: Instant) {
    let zone = try await view.settings()?.timeZone
    // What ends in this very millisecond is part of it.
    let end = now + Span(milliseconds: 1)
    let from = try Self.instant(since, isEnd: false, before: now, in: zone)
    let to = try until.map { try Self.instant($0, isEnd: true, before: now, in: zone) } ?? end
    guard from < to else {
      throw Complaint.Carrier(
        Complaint("--since \(since) is not before --until \(until ?? "now")", status: .usage))
    }
    return (from, to)
  }

  private static func instant(
    _ text: String, isEnd: Bool, before now: Instant, in zone: Zone?
  ) throws -> Instant {
    if let span = Span(text) { return now - span }
    guard let time = LocalTime(text) else {
      throw Complaint.Carrier(
        Complaint(
          "`\(text)` is no time", hint: "write 7d, 2026-11-01 or 2026-11-01T09:00+01:00",
          status: .usage))
    }
    let instant =
      if let zone { time.instant(in: zone) } else if case .exact(let exact) = time { exact } else {
        Self.asUTC(time)
      }
    // A bare date is its last second.
    guard text.utf8.count == 10 else { return instant }
    return isEnd ? instant + .seconds(1) : instant + .seconds(1) - .days(1)
  }

  private static func asUTC(_ time: LocalTime) -> Instant {
    switch time {
    case .exact(let instant), .local(let instant): instant
    }
  }
}
