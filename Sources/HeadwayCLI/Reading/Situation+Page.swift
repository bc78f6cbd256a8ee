internal import HeadwayCore
internal import HeadwayEngine

extension Situation {
  /// On one screen: first what a person has to do, then what goes on by itself.
  ///
  /// `inFull`: every task has its own line, however many they are.
  func write(in context: CommandContext, inFull: Bool = false) {
    var page = Page(context)
    if isPast {
      page.line("As it was on \(now.second), at \(tip.short) of the ledger", .bold)
    }
    writeWaits(on: &page)
    writeHeld(on: &page, inFull: inFull)
    writeProblems(on: &page)
    writeStops(on: &page)
    writeSpent(on: &page)
    writeLate(on: &page)
    writeRunning(on: &page)
    writePending(on: &page, inFull: inFull)
    writeUpcoming(on: &page)
    writeFinished(on: &page)
    guard !isPast else { return }
    page.line(wakeUp.sentence(at: now))
    if !isHome {
      page.line("this clone reads; \(scheduler ?? "another clone") schedules")
    }
    if isAdvisory { page.line("approvals: advisory", .dim) }
  }

  private func writeWaits(on page: inout Page) {
    let (mine, others) = (waits.filter(\.isMine), waits.filter { !$0.isMine })
    if mine.isEmpty, !isPast { page.line("Nothing waits for you.") }
    page.section(
      me.map { "Waits for you, \($0.name)" } ?? "Waits for a signature",
      WaitingApproval.rows(mine, at: now, withCommands: !isPast), .yellow)
    page.section(
      "Waits for others", WaitingApproval.rows(others, at: now, withCommands: false))
  }

  private func writeHeld(on page: inout Page, inFull: Bool) {
    var rows = Columns()
    for group in StandingGroup.all(standings(.held)) {
      if group.isMany, !inFull {
        rows.add(.init("\(group.members.count) tasks"), .init(group.sentence))
        rows.add("", .init("→ \(group.clearing)", .cyan))
        continue
      }
      for standing in group.members {
        rows.add(.init("\(standing.id)"), .init(standing.sentence))
        rows.add("", .init("→ \(standing.clearing)", .cyan))
      }
    }
    page.section("Held", rows, .yellow)
  }

  private func writeProblems(on page: inout Page) {
    var rows = Columns()
    for (_, messages) in (board.main?.problems ?? [:]).sorted(by: { $0.key < $1.key }) {
      for message in messages {
        for line in message.split(separator: "\n") { rows.add(.init(String(line))) }
      }
    }
    page.section("Problems in files", rows, .red)
  }

  private func writeStops(on page: inout Page) {
    var rows = Columns()
    if let freeze = board.main?.freeze {
      let reason = freeze.reason.isEmpty ? "" : ": \(freeze.reason)"
      rows.add(.init("frozen by \(freeze.by) \(freeze.at.relative(to: now))\(reason)"))
      rows.add(.init("→ headway thaw", .cyan))
    }
    if board.main?.freezeFile == true {
      rows.add("a file FREEZE stands on main")
      rows.add(.init("→ git rm FREEZE, and commit", .cyan))
    }
    for incident in board.incidents.values.sorted(by: { $0.id < $1.id }) {
      rows.add(.init("\(incident.id): \(incident.reason)\(waiting(for: incident))"))
      rows.add(.init("→ \(incident.answer)", .cyan))
    }
    page.section("Stopped", rows, .red)
  }

  private func waiting(for incident: IncidentRecord) -> String {
    let count = waitingCount(incident)
    return count == 0 ? "" : "; \(count) task\(count == 1 ? " waits" : "s wait")"
  }

  private func writeSpent(on page: inout Page) {
    let cap = settings.map { " of \($0.limits.dayCost)" } ?? ""
    page.line("Spent today: \(spentToday)\(cap)")
    var rows = Columns()
    for (run, spent, budget) in spentPerRun {
      rows.add(.init(run.text), .init("\(spent)\(budget.map { " of \($0)" } ?? "")"))
    }
    rows.write(to: page.output, on: page.terminal, indent: 2)
  }

  /// Deadlines that will probably be missed, or were.
  private func writeLate(on page: inout Page) {
    var rows = Columns()
    for standing in tasks {
      guard let warning = standing.task.record.warnings.last, warning.code != .recovered else {
        continue
      }
      rows.add(
        .init("\(standing.id)"),
        .init(WarningSentence(warning).text, warning.code == .missed ? .red : .yellow))
    }
    page.section("Late", rows, .yellow)
  }

  private func writeRunning(on page: inout Page) {
    var rows = Columns()
    for standing in standings(.running) {
      let record = standing.task.record
      guard let dispatch = record.dispatched else { continue }
      rows.add(
        .init("\(standing.id).\(dispatch.attempt)"), .init(record.specification.executor.text),
        .init("since \(dispatch.at.second)"))
    }
    page.section("Running", rows, .cyan)
  }

  private func writePending(on page: inout Page, inFull: Bool) {
    var rows = Columns()
    var told: Set<String> = []
    var others: [TaskStanding] = []
    for standing in standings(.pending) {
      guard !inFull, let line = fanLine(of: standing) else {
        others.append(standing)
        continue
      }
      if told.insert(line.name).inserted { rows.add(.init(line.name), .init(line.text)) }
    }
    for group in StandingGroup.all(others) {
      if group.isMany, !inFull {
        rows.add(
          .init("\(group.members.count) tasks"), .init(group.sentence), .init(group.clearing))
        continue
      }
      for standing in group.members {
        rows.add(.init("\(standing.id)"), .init(standing.sentence), .init(standing.clearing))
      }
    }
    page.section("Pending", rows)
  }

  /// The instances of one template that wait share a line; `nil` for a task that stands alone.
  private func fanLine(of standing: TaskStanding) -> (name: String, text: String)? {
    guard let template = standing.task.record.specification.item?.template,
      let run = board.runs[standing.id.run],
      let fan = FanProgress.all(of: run)[template], !fan.isSmall
    else { return nil }
    return ("\(standing.id.run)/\(template)", "\(fan.summary) done; \(fan.states)")
  }

  /// What waits to become a run, and when schedules go off next.
  private func writeUpcoming(on page: inout Page) {
    var rows = Columns()
    for change in board.intake?.changes ?? [] {
      rows.add(
        .init(change.source), .init("\(change.file.path) changed"),
        .init("stands still until \(change.due.second)"))
    }
    for instant in board.intake?.instants ?? [] {
      let waits =
        instant.due > now ? "starts \(instant.due.second)" : "waits for an earlier run to end"
      rows.add(.init(instant.schedule.text), .init(instant.nominal.minute), .init(waits))
    }
    for next in upcoming.prefix(10) {
      let zone = next.schedule.zone
      let local = zone.local(next.nominal).minute.dropLast(4)
      rows.add(
        .init(next.schedule.name.text), .init("\(local) \(zone)"),
        .init(next.nominal.relative(to: now)))
    }
    if upcoming.count > 10 { rows.add(.init("and \(upcoming.count - 10) more")) }
    page.section("Scheduled", rows)
  }

  private func writeFinished(on page: inout Page) {
    var rows = Columns()
    for (record, cost) in finished.runs.prefix(10) {
      rows.add(
        .init(record.id.text), .state(record.state.rawValue), .init(cost?.description ?? ""),
        .init(record.title))
    }
    if finished.runs.count > 10 { rows.add(.init("and \(finished.runs.count - 10) more")) }
    let failed = finished.attempts.filter { $0.key != .succeeded }.values.reduce(0, +)
    let settled = finished.attempts.values.reduce(0, +)
    if settled > 0 {
      let failures = failed == 0 ? "" : ", \(failed) of them without success"
      rows.add(.init("\(settled) attempt\(settled == 1 ? "" : "s") settled\(failures)"))
    }
    page.section(
      finished.since.map { "Finished since \($0.relative(to: now))" } ?? "Finished lately",
      rows, .green)
  }
}

extension WaitingApproval {
  static func rows(
    _ approvals: [WaitingApproval], at now: Instant, withCommands: Bool
  ) -> Columns {
    var rows = Columns()
    for approval in approvals {
      let requirement = approval.proposal.requirement
      let have = approval.approvers.map(\.text).joined(separator: ", ")
      let wanted =
        requirement.count == 1
        ? "\(requirement.role)" : "\(requirement.count) × \(requirement.role)"
      rows.add(
        .init("\(approval.proposal.attempt)"), .init("risk \(approval.proposal.risk.rawValue)"),
        .init(have.isEmpty ? wanted : "\(wanted), so far \(have)"),
        .init(
          "until \(approval.proposal.expires.minute) "
            + "(\(approval.proposal.expires.relative(to: now)))"))
      if let landed = approval.landed { rows.add(.init("  landed, unapproved: \(landed)", .red)) }
      if withCommands { rows.add(.init("  → \(approval.command)", .cyan)) }
    }
    return rows
  }
}
