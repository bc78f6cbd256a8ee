internal import Git
internal import HeadwayCore

extension Scheduler {
  /// So many looks at once are enough: they are no work that anybody waits for.
  private static let mostInquiries = 4

  /// Looks for effects of unknown fate, where their executor says how; what is in doubt is held,
  /// and stays so unless an answer says otherwise.
  ///
  /// A look has no effect, so only what it found is written down.
  func inquire(_ group: inout DiscardingTaskGroup) async throws(EngineError) {
    let board = await ledger.board
    guard let main = board.main, !main.isFrozen, !isStopping,
      !board.incidents.values.contains(where: { $0.scope == .all }),
      board.tasksInOrder.contains(where: { $0.record.reason?.code == .uncertain })
    else { return }
    let snapshot = try await reader.snapshot(main.judged, briefs: .only([]))
    let commands = snapshot.project.reconcilers
    let now = await moment()
    if let until = options.dispatchUntil, now >= until { return }
    for doubt in board.doubts(askable: Set(commands.keys)) {
      guard doubt.due <= now else {
        wake = min(wake ?? doubt.due, doubt.due)
        continue
      }
      guard inquiries.count < Self.mostInquiries else { return }
      try await inquire(about: doubt, by: commands, snapshot: snapshot, at: now, &group)
    }
  }

  private func inquire(
    about doubt: Doubt, by commands: [Name: [String]], snapshot: MainSnapshot, at now: Instant,
    _ group: inout DiscardingTaskGroup
  ) async throws(EngineError) {
    let board = await ledger.board
    guard let run = board.runs[doubt.attempt.task.run], let anchor = board.opening?.anchor,
      var task = run.tasks[doubt.attempt.task.task]?.record,
      let words = commands[task.specification.executor]
    else { return }
    // By the attempt in doubt: a person may start the next one meanwhile.
    let attempt = doubt.attempt
    guard running[attempt] == nil else { return }
    task.dispatched = .init(looking: doubt, as: task.nextAttempt, at: now)
    let (stops, stop) = AsyncStream.makeStream(of: Void.self)
    running[attempt] = stop
    inquiries.insert(attempt)
    let planned = try await planner(for: task, snapshot, anchor: anchor, without: [])
      .plan(task, of: run)
    let isSameWork = run.fingerprint(of: task) == doubt.fingerprint
    switch planned {
    case .failure(let refusal):
      let inquiry = Inquiry(
        attempt: doubt.attempt.number, answer: nil,
        message: refusal.failure.message.oneLine(500), at: now)
      let finding = Finding(
        doubt: doubt, executor: task.specification.executor, inquiry: inquiry, result: nil,
        cause: run.record.revisions.last?.commit ?? run.record.cause.commit,
        runner: runner.description)
      wakeups.post(.answered(attempt, finding))
    case .success(let plan):
      guard let question = plan.asking(words, about: doubt, isSameWork: isSameWork) else {
        return wakeups.post(.answered(attempt, nil))
      }
      let (worker, wakeups) = (worker, wakeups)
      group.addTask {
        let finding = await Self.ask(question, about: doubt, worker, until: stops)
        wakeups.post(.answered(attempt, finding))
      }
    }
  }

  /// The end of `stops` cancels it.
  private static func ask(
    _ plan: AttemptPlan, about doubt: Doubt, _ worker: AttemptRunner, until stops: AsyncStream<Void>
  ) async -> Finding? {
    await withTaskGroup(of: Finding?.self) { group in
      group.addTask { await worker.ask(plan, about: doubt) }
      group.addTask {
        for await _ in stops {}
        return nil
      }
      var finding: Finding?
      while let next = await group.next() {
        if let next { finding = next }
        group.cancelAll()
      }
      return finding
    }
  }

  /// Takes in what a look came to, unless somebody has decided meanwhile.
  func answered(_ attempt: AttemptID, _ finding: Finding?) async throws(EngineError) {
    running[attempt]?.finish()
    running[attempt] = nil
    inquiries.remove(attempt)
    ended.append(attempt)
    let board = await ledger.board
    guard let finding, let entry = board.reconciling(finding) else { return }
    try await append(entry, at: await moment())
    announce(.reconciled(finding.doubt.attempt, finding.inquiry))
    for case .run(let run) in entry.files where run.state != .active {
      announce(.finished(run.id, run.state))
    }
  }
}

extension Project {
  /// How each executor that can look for its effects does so.
  fileprivate var reconcilers: [Name: [String]] {
    executors.compactMapValues { executor in
      guard executor.effect == .external, case .command(let command) = executor.kind else {
        return nil
      }
      return command.reconcile
    }
  }
}
