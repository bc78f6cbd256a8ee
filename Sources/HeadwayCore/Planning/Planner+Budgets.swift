extension Planner {
  /// Committed plus reserved spend stays within the cap of every enclosing budget.
  func cost(of candidate: Candidate, rule: Rules.ExecutorRule, room: Room) -> Admission {
    let task = candidate.record
    let amount: Money
    switch rule.cost {
    case .free: return .start(reserved: nil)
    case .unknown:
      return .held(reason(.unknownCost, clears: .event("headway retry \(task.id)")))
    case .upTo(let most): amount = most
    }
    let run = candidate.run.record
    let pipeline = rules.pipelines[run.pipeline.name]
    guard let day = rules.dayCost, let runCap = rules.runCap(of: run),
      [day, runCap, pipeline?.dayCost, task.specification.limits.cost]
        .allSatisfy({ $0 == nil || $0?.currency == amount.currency })
    else { return .held(reason(.noBudget, clears: .event("headway retry \(task.id)"))) }
    if let settling = settling(candidate) { return .waits(settling) }
    if let often = editedTooOften(task) { return .held(often) }
    if let cap = task.specification.limits.cost {
      let spent = task.attempts.reduce(0) { $0 + ($1.cost?.micros ?? 0) }
      if spent + amount.micros > cap.micros {
        return .held(
          overdrawn(
            .taskBudget, cap, spent: spent, needs: amount,
            clears: "a larger `limits.cost` in the pipeline, or headway retry \(task.id)"))
      }
    }
    let inRun = room.committed.runs[task.run] ?? 0
    if inRun + amount.micros > runCap.micros {
      return .held(
        overdrawn(
          .runBudget, runCap, spent: inRun, needs: amount,
          clears: "a larger `budget` in the brief, or headway retry \(task.id)"))
    }
    let name = run.pipeline.name.text
    if let cap = pipeline?.dayCost,
      (room.committed.pipelines[name] ?? 0) + amount.micros > cap.micros
    {
      return .waits(
        untilMidnight(.pipelineBudget, cap, needs: amount, ["pipeline": .string(name)]))
    }
    if room.committed.day + amount.micros > day.micros {
      return .waits(untilMidnight(.dayBudget, day, needs: amount))
    }
    return .start(reserved: amount)
  }

  private func settling(_ candidate: Candidate) -> Reason? {
    guard !moment.skipsSettling, let revision = candidate.run.record.revisions.last else {
      return nil
    }
    let until = revision.at + rules.settle
    return moment.time < until ? reason(.settling, clears: .at(until)) : nil
  }

  /// Somebody, or something, edits faster than money should go out.
  private func editedTooOften(_ task: TaskRecord) -> Reason? {
    let recent = task.edits.filter { moment.time - $0 < TaskRecord.editWindow }
    guard recent.count >= TaskRecord.mostEdits else { return nil }
    return reason(
      .edited, ["times": .integer(recent.count)], clears: .event("headway release \(task.id)"))
  }

  private func overdrawn(
    _ code: ReasonCode, _ budget: Money, spent: Int64, needs: Money, clears: String
  ) -> Reason {
    reason(
      code,
      [
        "budget": budget.json, "committed": Money(micros: spent, currency: budget.currency).json,
        "needs": needs.json,
      ], clears: .event(clears))
  }

  /// The days of budgets are UTC's, as in the ledger's folders.
  private func untilMidnight(
    _ code: ReasonCode, _ budget: Money, needs: Money, _ values: [String: JSONValue] = [:]
  ) -> Reason {
    let dayLength = Span.days(1).milliseconds
    let midnight = (moment.time.milliseconds / dayLength + 1) * dayLength
    return reason(
      code, values.merging(["budget": budget.json, "needs": needs.json]) { first, _ in first },
      clears: .at(Instant(milliseconds: midnight)))
  }
}

extension Rules {
  /// The most that a run may cost: as its brief says, else its pipeline, else the project.
  package func runCap(of run: RunRecord) -> Money? {
    run.budget ?? pipelines[run.pipeline.name]?.runCost ?? runCost
  }
}
