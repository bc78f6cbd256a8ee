internal import HeadwayCore

/// Service levels as people, spreadsheets and machines read them.
struct ServicePage: Sendable {
  private let levels: [ServiceLevel]
  private let missed: [ServiceMeasure]
  private let from: Instant
  private let to: Instant
  private let now: Instant
  private let listsMisses: Bool

  init(
    measures: [ServiceMeasure], from: Instant, to: Instant, now: Instant, listsMisses: Bool
  ) {
    levels = ServiceLevel.levels(of: measures, at: now)
    missed = measures.filter { $0.isKept(at: now) == false }
    self.from = from
    self.to = to
    self.now = now
    self.listsMisses = listsMisses
  }

  var facts: JSONValue {
    [
      "from": .string(from.description), "to": .string(to.description),
      "classes": .array(levels.map { Self.facts(of: $0) }),
      "misses": .array(missed.map { facts(of: $0) }),
    ]
  }

  private static func facts(of level: ServiceLevel) -> JSONValue {
    [
      "class": .string(level.key), "target": .optional(level.target?.description),
      "settled": .integer(level.settled), "open": .integer(level.open),
      "measured": .integer(level.measured), "missed": .integer(level.missed),
      "keptThousandths": level.kept.map { .integer($0) } ?? .null,
      "median": .optional(level.median?.description), "p90": .optional(level.slow?.description),
      "worst": .optional(level.worst?.description),
      "people": .optional(level.people?.description),
      "held": .optional(level.held?.description),
      "machine": .optional(level.machine?.description),
    ]
  }

  private func facts(of measure: ServiceMeasure) -> JSONValue {
    [
      "task": .string(measure.task.description), "class": .string(measure.key),
      "target": .optional(measure.target?.description),
      "committed": .string(measure.committed.description),
      "settled": .optional(measure.settled?.description),
      "length": .string(measure.length(at: now).description),
      "people": .string(measure.people.description),
      "held": .string(measure.held.description),
      "machine": .string(measure.machine(at: now).description),
    ]
  }

  var csv: String {
    var rows = CommaSeparated([
      "class", "target", "settled", "open", "measured", "missed", "median", "p90", "worst",
      "people", "held", "machine",
    ])
    for level in levels {
      let counts = [level.settled, level.open, level.measured, level.missed].map(String.init)
      let times = [
        level.median, level.slow, level.worst, level.people, level.held, level.machine,
      ]
      rows.add(
        [level.key, Self.number(level.target)] + counts + times.map { Self.number($0) })
    }
    return rows.text
  }

  private static func number(_ span: Span?) -> String {
    span.map { String($0.milliseconds) } ?? ""
  }

  func write(in context: CommandContext) {
    var page = Page(context)
    guard !levels.isEmpty else {
      page.line("No task was worked on between \(from.minute) and \(to.minute).")
      return
    }
    var rows = Columns()
    rows.add(
      [
        "class", "target", "kept", "done", "open", "median", "p90", "worst", "people", "held",
        "machine",
      ]
      .map { .init($0, .dim) })
    for level in levels { rows.add(Self.cells(level)) }
    page.section("From commit to end, \(from.minute) to \(to.minute)", rows)
    guard listsMisses, !missed.isEmpty else { return }
    page.gap()
    var list = Columns()
    for measure in missed {
      list.add(
        .init(measure.task.description), .init("\(measure.length(at: now).rough)", .red),
        .init("of \((measure.target ?? .zero).rough)"),
        .init(Self.people(in: measure)),
        .init(measure.settled == nil ? "not done yet" : "", .yellow))
    }
    page.section("Missed", list)
  }

  private static func people(in measure: ServiceMeasure) -> String {
    guard measure.people > .zero else { return "" }
    let held = measure.held > .zero ? ", \(measure.held.rough) of that held" : ""
    return "\(measure.people.rough) of it for people\(held)"
  }

  private static func cells(_ level: ServiceLevel) -> [Columns.Cell] {
    let kept = level.kept.map { "\($0 / 10).\($0 % 10) %" } ?? ""
    return [
      .init(level.key), .init(level.target?.description ?? ""),
      .init(kept, level.missed == 0 ? nil : .red), .init("\(level.settled)"),
      .init("\(level.open)"), .init(level.median.map(\.rough) ?? ""),
      .init(level.slow.map(\.rough) ?? ""), .init(level.worst.map(\.rough) ?? ""),
      .init(level.people.map(\.rough) ?? ""), .init(level.held.map(\.rough) ?? ""),
      .init(level.machine.map(\.rough) ?? ""),
    ]
  }
}
