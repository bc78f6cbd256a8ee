/// What attempts will probably take, learned from the last ones of the same key.
struct Estimates: Sendable {
  private let durations: [String: RecentDurations]
  private var known: [String: Span?] = [:]

  init(_ durations: [String: RecentDurations]) { self.durations = durations }

  /// The 80th percentile of what was learned, else what the pipeline expects, else what such work
  /// takes as a rule.
  mutating func expected(_ task: TaskRecord) -> Span {
    learned(task.key) ?? task.specification.estimate.duration ?? Self.standard(of: task)
  }

  private mutating func learned(_ key: String) -> Span? {
    if let span = known[key] { return span }
    let span = durations[key]?.percentile(80)
    known[key] = .some(span)
    return span
  }

  /// People answer within half a day, programs and models within a minute.
  static func standard(of task: TaskRecord) -> Span { task.isPerson ? .hours(4) : .minutes(1) }
}

extension RecentDurations {
  /// The smallest duration that at least `percent` of them do not exceed; `nil` without any.
  package func percentile(_ percent: Int) -> Span? {
    guard !entries.isEmpty else { return nil }
    let sorted = entries.map(\.duration).sorted()
    let rank = (sorted.count * percent + 99) / 100
    return sorted[max(1, min(rank, sorted.count)) - 1]
  }
}

extension AttemptRecord {
  /// The pipeline whose money it was.
  package var pipeline: String { String(taskKey.prefix { $0 != "/" }) }
}

extension Timeouts {
  /// How long an attempt may run when its pipeline says nothing: far more than it ever took.
  package static func run(learned durations: RecentDurations?) -> Span {
    let usual = durations?.percentile(90).map { $0.milliseconds.multipliedReportingOverflow(by: 4) }
    guard let usual, !usual.overflow else { return shortestRun }
    return max(shortestRun, Span(milliseconds: usual.partialValue))
  }

  private static let shortestRun = Span.minutes(10)
}
