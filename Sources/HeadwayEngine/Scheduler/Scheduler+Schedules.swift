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
    try await startDue(of: &intake, at: now, notes: &notes)
    if eras.count > 1 {
      // An instant does not outlive its schedule; what was missed before the end has begun above.
      intake.instants.removeAll { project.schedules[$0.schedule] == nil }
    }
    if intake != before { try await notice(intake, notes: notes, at: now) }
    quietSchedules = (latest, project.nextDue(after: now, anchor: opening.anchor))
  }

  /// Tries again what broken files refused, now that main holds other files.
  func readmitInstants(_ snapshot: MainSnapshot, at now: Instant) async throws(EngineError) {
    guard let before = await ledger.board.intake, !before.refused.isEmpty else { return }
    var (intake, notes) = (before, ["tried again, since files changed"])
    intake.readmit(in: snapshot.project, at: snapshot.commit, now: now)
    try await startDue(of: &intake, at: now, notes: &notes)
    if intake != before { try await notice(intake, notes: notes, at: now) }
  }

  /// The instants of each schedule that a pipeline awaits, in order.
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
      for schedule in project.schedules.values where project.awaits(schedule.name) {
        for nominal in schedule.instants(after: from, through: to) {
          found[schedule.name, default: []].append(
            .init(schedule: schedule, nominal: nominal, commit: era.commit))
        }
      }
    }
    return found
  }

  /// Starts what is due and has room; the rest goes on waiting.
  private func startDue(
    of intake: inout IntakeRecord, at now: Instant, notes: inout [String]
  ) async throws(EngineError) {
    var waiting = intake.instants.filter { $0.due > now }
    let due = Dictionary(grouping: intake.instants.filter { $0.due <= now }, by: \.schedule)
    for (name, instants) in due.sorted(by: { $0.key < $1.key }) {
      let instants = instants.sorted { ($0.due, $0.nominal) < ($1.due, $1.nominal) }
      guard let last = instants.last else { continue }
      let schedule = try await reader.snapshot(last.commit, briefs: .only([]))
        .project.schedules[name]
      let active = await activeRuns(of: name)
      let verdict = OverlapVerdict(
        instants, rule: schedule?.overlap ?? .skip, isActive: !active.isEmpty)
      if verdict.cancels {
        for run in active {
          try await endRun(
            run, .overtaken, by: "the schedule \(name)", reason: "Its next instant has come.",
            at: now)
        }
        await stopCancelled()
      }
      for instant in verdict.starts {
        guard let wrong = try await start(instant, at: now) else { continue }
        notes.append("\(name) at \(instant.nominal): refused")
        intake.refuse(instant, schedule?.missed ?? .none)
        try await note([Project.path(ofSchedule: name): wrong], at: now)
      }
      for instant in verdict.skips {
        notes.append("\(name) at \(instant.nominal): skipped, an earlier run is active")
      }
      waiting += verdict.waits
    }
    intake.instants = waiting.sorted {
      ($0.due, $0.schedule, $0.nominal) < ($1.due, $1.schedule, $1.nominal)
    }
  }

  private func activeRuns(of schedule: Name) async -> [BoardRun] {
    await ledger.board.runsInOrder.filter {
      $0.record.state == .active && $0.record.cause.kind == .schedule
        && $0.record.cause.path.hasPrefix("\(schedule):")
    }
  }

  /// What is wrong with the instant, or `nil` once all has come of it that comes.
  private func start(
    _ instant: IntakeRecord.WaitingInstant, at now: Instant
  ) async throws(EngineError) -> [String]? {
    let snapshot = try await reader.snapshot(instant.commit, briefs: .only([]))
    guard let schedule = snapshot.project.schedules[instant.schedule] else { return nil }
    let occasion: Occasion
    do throws(Expansion.Refusal) {
      occasion = try Occasion(schedule, at: instant.nominal, in: snapshot.project)
    } catch { return error.messages }
    guard try await latestRun(.schedule, occasion.source) == nil else { return nil }
    return try await takeIn(occasion, after: nil, snapshot: snapshot, at: now)
  }
}
