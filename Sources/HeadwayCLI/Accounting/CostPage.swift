internal import HeadwayCore

/// A report of costs as people, spreadsheets and machines read it.
struct CostPage: Sendable {
  let report: CostReport
  let from: Instant
  let to: Instant

  var facts: JSONValue {
    [
      "from": .string(from.description), "to": .string(to.description),
      "by": .array(report.dimensions.map { .string($0.rawValue) }),
      "rows": .array(report.rows.map { facts(of: $0) }),
      "totals": .array(report.totals.map { facts(of: $0) }),
    ]
  }

  private func facts(of row: CostReport.Row) -> JSONValue {
    var fields: [String: JSONValue] = [
      "attempts": .integer(row.attempts), "unknown": .integer(row.unknown),
      "cost": row.cost?.json ?? .null,
    ]
    for (dimension, name) in zip(report.dimensions, row.names) {
      fields[dimension.rawValue] = .string(name)
    }
    return .object(fields)
  }

  var csv: String {
    var rows = CommaSeparated(
      report.dimensions.map(\.rawValue) + ["attempts", "unknown", "micros", "currency"])
    for row in report.rows {
      rows.add(
        row.names + [
          "\(row.attempts)", "\(row.unknown)", row.cost.map { "\($0.micros)" } ?? "",
          row.cost?.currency.code ?? "",
        ])
    }
    return rows.text
  }

  func write(in context: CommandContext) {
    var page = Page(context)
    guard !report.rows.isEmpty else {
      page.line("No attempt ended between \(from.minute) and \(to.minute).")
      return
    }
    var rows = Columns()
    rows.add(
      report.dimensions.map { .init($0.rawValue, .dim) }
        + [.init("cost", .dim), .init("attempts", .dim)])
    for row in report.rows { rows.add(cells(row)) }
    page.section("Costs from \(from.minute) to \(to.minute)", rows)
    page.gap()
    var totals = Columns()
    for row in report.totals { totals.add(cells(row)) }
    page.section("Total", totals)
  }

  private func cells(_ row: CostReport.Row) -> [Columns.Cell] {
    let unknown = row.unknown == 0 ? "" : "\(row.unknown) of unknown cost"
    return row.names.map { .init($0.isEmpty ? "none" : $0) } + [
      .init(row.cost?.description ?? "unknown"), .init("\(row.attempts)"),
      .init(unknown, .yellow),
    ]
  }
}
