internal import HeadwayCore

extension Scheduler {
  /// Notices the instants of schedules up to now, each with the schedule as it stood then, and
  /// makes runs of those whose time has come.
  func takeInSchedules(_ eras: [ScheduleEra], at now: Instant) async throws(EngineError) {
    guard let latest = eras.last?.commit, let opening = await ledger.board.opening else { return }
    var intake = await ledger.board.intake ?? IntakeRecord(considered: opening.opened)
    let overdue = intake.instants.contains { $0.due <= now }
    if eras.count == 1, !overdue, let quiet = quietSchedules, quiet.commit == latest,
      quiet.until.map({ now < $0 }) ?? true
    {
      return
    }
    let before = intake
    var notes: [String] = []
    let occurrences = try await occurrences(in: eras, after: intake.considered, at: now)
    for (_, found) in occurrences.sorted(by: { $0.key < $1.key }) {
      let kept = Schedule.caughtUp(found, anchor: opening.anchor, at: now)
      for occurrence in found where !kept.contains(where: { $0.nominal == occurrence.nominal }) {
        notes.append("\(occurrence.schedule.name) at \(occurrence.nominal): missed")
      }
      intake.instants += kept
    }
    if !occurrences.isEmpty || eras.count > 1 { intake.considered = max(now, intake.considered) }
    let project = try await reader.snapshot(latest, briefs: .only([])).project
    intake.instants = try await start(intake.instants, at: now, notes: &notes)
    if eras.count > 1 {
      // An instant does not outlive its schedule; what was missed before the end has begun above.
      intake.instants.removeAll { project.schedules[$0.schedule] == nil }
    }
    if intake != before { try await append(.noticed(intake, notes: notes), at: now) }
    quietSchedules = (latest, project.nextDue(after: now, anchor: opening.anchor))
  }

  /// The instants of each schedule that sets a pipeline going, in order.
  private func occurrences(
    in eras: [ScheduleEra], after considered: Instant, at now: Instant
  ) async throws(EngineError) -> [Name: [Schedule.Occurrence]] {
    let start = max(considered, now - Schedule.window)
    var found: [Name: [Schedule.Occurrence]] = [:]
    for (index, era) in eras.enumerated() {
      let from = max(start, era.from ?? start)
      let to = min(now, index + 1 < eras.count ? eras[index + 1].from ?? now : now)
      guard from < to else { continue }
      let project = try await reader.snapshot(era.commit, briefs: .only([])).project
      for schedule in project.schedules.values where project.pipeline(of: schedule.name) != nil {
        for nominal in schedule.instants(after: from, through: to) {
          found[schedule.name, default: []].append(
            .init(schedule: schedule, nominal: nominal, commit: era.commit))
        }
      }
    }
    return found
  }

  /// Starts what is due and has room; returns what goes on waiting.
  private func start(
    _ instants: [IntakeRecord.WaitingInstant], at now: Instant, notes: inout [String]
  ) async throws(EngineError) -> [IntakeRecord.WaitingInstant] {
    var waiting = instants.filter { $0.due > now }
    let due = Dictionary(grouping: instants.filter { $0.due <= now }, by: \.schedule)
    for (name, instants) in due.sorted(by: { $0.key < $1.key }) {
      let instants = instants.sorted { ($0.due, $0.nominal) < ($1.due, $1.nominal) }
      guard let last = instants.last else { continue }
      let snapshot = try await reader.snapshot(last.commit, briefs: .only([]))
      let active = await activeRuns(of: name)
      let verdict = OverlapVerdict(
        instants, rule: snapshot.project.schedules[name]?.overlap ?? .skip,
        isActive: !active.isEmpty)
      if verdict.cancels {
        for run in active {
          try await endRun(
            run, .overtaken, by: "the schedule \(name)", reason: "Its next instant has come.",
            at: now)
        }
        await stopCancelled()
      }
      for instant in verdict.starts { try await start(instant, at: now, notes: &notes) }
      for instant in verdict.skips {
        notes.append("\(name) at \(instant.nominal): skipped, an earlier run is active")
      }
      waiting += verdict.waits
    }
    return waiting.sorted { ($0.due, $0.schedule, $0.nominal) < ($1.due, $1.schedule, $1.nominal) }
  }

  private func activeRuns(of schedule: Name) async -> [BoardRun] {
    await ledger.board.runsInOrder.filter {
      $0.record.state == .active && $0.record.cause.kind == .schedule
        && $0.record.cause.path.hasPrefix("\(schedule):")
    }
  }

  private func start(
    _ instant: IntakeRecord.WaitingInstant, at now: Instant, notes: inout [String]
  ) async throws(EngineError) {
    let snapshot = try await reader.snapshot(instant.commit, briefs: .only([]))
    let path = Project.path(ofSchedule: instant.schedule)
    guard let schedule = snapshot.project.schedules[instant.schedule] else { return }
    let occasion: Occasion
    do throws(Expansion.Refusal) {
      occasion = try Occasion(schedule, at: instant.nominal, in: snapshot.project)
    } catch {
      notes.append("\(instant.schedule) at \(instant.nominal): refused")
      return try await note([path: error.messages], at: now)
    }
    guard try await latestRun(.schedule, occasion.source) == nil else { return }
    let wrong = try await takeIn(occasion, after: nil, snapshot: snapshot, at: now)
    if let wrong {
      notes.append("\(instant.schedule) at \(instant.nominal): refused")
      try await note([path: wrong], at: now)
    }
  }
}
