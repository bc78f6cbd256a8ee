internal import HeadwayCore

extension ForecastPage {
  func write(in context: CommandContext) {
    var page = Page(context)
    guard !lines.isEmpty else {
      page.line("Nothing is under way, so there is nothing to foretell.")
      return
    }
    page.section("Forecast from \(usual.from.minute)", runRows)
    if subject != .everything {
      page.gap()
      page.section("Tasks", taskRows)
    }
    page.gap()
    page.section("Late", lateRows, .yellow)
    page.section("Asks people", askRows, .yellow)
    page.section("Does not move by itself", standRows, .yellow)
    writeNotCounted(on: &page)
    if !isComplete {
      page.line("Cut off: it reaches too far to be worked out; tasks marked … are not at rest.")
    }
    page.gap()
    for assumption in assumptions { page.paragraph(assumption) }
  }

  /// No list is longer; the rest is counted, and JSON has it all.
  private static let shown = 20

  private static func addRest(of count: Int, to rows: inout Columns) {
    if count > shown { rows.add("", .init("and \(count - shown) more", .dim)) }
  }

  private var runRows: Columns {
    var rows = Columns()
    rows.add(["run", "ends", "slow", "due", "costs"].map { .init($0, .dim) })
    for run in runs {
      let isStuck = run.usual.finish == nil
      rows.add(
        .init(run.record.id.text),
        .init(run.usual.finish.map(when) ?? "not by itself", isStuck ? .yellow : nil),
        .init(run.slow.finish.map(when) ?? ""),
        .init(due(of: run), run.delay == nil ? nil : .red), .init(cost(of: run)))
    }
    return rows
  }

  private func due(of run: RunLine) -> String {
    guard let due = run.record.due else { return "" }
    return run.delay.map { "\(due.minute), late by \($0.rough)" } ?? due.minute
  }

  private func cost(of run: RunLine) -> String {
    let (usual, slow) = (run.usual.cost, run.slow.cost)
    let range = usual == slow ? "\(usual)" : "\(usual) to \(slow)"
    return run.spent.micros == 0 ? range : "\(range) more than the \(run.spent) so far"
  }

  private var taskRows: Columns {
    var rows = Columns()
    rows.add(["task", "begins", "ends", "slow", "costs", ""].map { .init($0, .dim) })
    for line in lines {
      rows.add(
        .init(line.id.task.text), .init(line.usual.begins.map(when) ?? ""),
        .init(ending(line.usual)), .init(line.slow.finish.map(when) ?? ""),
        .init("\(line.usual.cost)"), .init(line.usual.basis.sentence, .dim))
    }
    return rows
  }

  private func ending(_ task: Forecast.Prospect) -> String {
    switch task.end {
    case .succeeds(let at): when(at)
    case .ends(let state, let at, _): "\(when(at)), \(state.rawValue)"
    case .stands(let state, _): state.rawValue
    case .open(let state): "\(state.rawValue) …"
    }
  }

  /// With the distance, since a time alone has to be worked out.
  private func when(_ instant: Instant) -> String {
    "\(instant.minute) (\(instant.relative(to: usual.from)))"
  }

  private var lateRows: Columns {
    var rows = Columns()
    let late = lines.filter(\.isLate)
    for line in late.prefix(Self.shown) {
      guard let deadline = line.usual.deadline else { continue }
      let delay = line.usual.delay.map { "\($0.rough) after its deadline \(deadline.minute)" }
      let slowly = line.slow.delay.map { "\($0.rough) if work is slow" }
      rows.add(
        .init("\(line.id)"),
        .init(
          [delay, slowly].compactMap { $0 }.joined(separator: "; "),
          line.usual.delay == nil ? .yellow : .red))
    }
    Self.addRest(of: late.count, to: &rows)
    return rows
  }

  private var askRows: Columns {
    var rows = Columns()
    for line in asks.prefix(Self.shown) {
      guard let asked = line.usual.begins else { continue }
      let role = board[line.id]?.record.specification.proposal?.requirement.role.text ?? "?"
      let signed = line.usual.finish.map {
        "taken to be signed after \(($0 - asked).rough) (\(line.usual.basis.sentence))"
      }
      rows.add(
        .init("\(line.id)"), .init(role), .init("asked \(when(asked))"),
        .init(signed ?? "not signed"))
    }
    Self.addRest(of: asks.count, to: &rows)
    return rows
  }

  private var standRows: Columns {
    var rows = Columns()
    for (line, state, reason) in stands.prefix(Self.shown) {
      guard let reason else {
        rows.add(.init("\(line.id)"), .init(state.rawValue))
        continue
      }
      let sentence = ReasonSentence(reason, of: line.id)
      rows.add(.init("\(line.id)"), .init(sentence.text))
      rows.add("", .init("→ \(sentence.clearing)", .cyan))
    }
    Self.addRest(of: stands.count, to: &rows)
    if !rows.isEmpty, behind > 0 {
      rows.add("", .init("and \(behind) task\(behind == 1 ? "" : "s") behind"))
    }
    return rows
  }

  private func writeNotCounted(on page: inout Page) {
    guard subject == .everything, let next = upcoming.first else { return }
    let others = upcoming.count == 1 ? "" : ", and \(upcoming.count - 1) other schedules"
    page.line("Not counted: \(next.schedule.name) \(when(next.due))\(others)", .dim)
  }
}
