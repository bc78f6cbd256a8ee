/// What became of a list that a task delivered: the same run with a task for each item, or why not.
package struct ListExpansion: Sendable {
  /// The task that stands for the new ones.
  package let task: TaskID
  package let list: BlobID
  package let plan: Result<RunPlan, Expansion.Refusal>
  package let decision: FilePath
  package let runner: String
  package let at: Instant
  /// Nothing, in the project's currency: what nobody paid for is not of unknown cost.
  package let cost: Money?

  package init(
    of task: TaskID, list: BlobID, plan: Result<RunPlan, Expansion.Refusal>, decision: FilePath,
    runner: String, at: Instant, cost: Money?
  ) {
    self.task = task
    self.list = list
    self.plan = plan
    self.decision = decision
    self.runner = runner
    self.at = at
    self.cost = cost
  }
}

extension Board {
  /// The `expanded` event: the run has tasks for the items of the list, or the task that stands
  /// for them is held.
  ///
  /// `nil` where nothing waits for that list any more.
  package func expanding(_ expansion: ListExpansion) -> LedgerEntry? {
    guard let run = runs[expansion.task.run], run.record.state == .active,
      let task = run.tasks[expansion.task.task], task.record.state == .pending,
      let fan = task.record.specification.fan
    else { return nil }
    let attempt = run.attempt(expansion, of: task.record, fan)
    switch expansion.plan {
    case .success(let plan): return growing(run, task, expansion, plan, attempt, fan)
    case .failure(let refusal): return refusing(task, expansion, refusal, attempt, fan)
    }
  }

  private func growing(
    _ run: BoardRun, _ task: BoardTask, _ expansion: ListExpansion, _ plan: RunPlan,
    _ attempt: AttemptRecord, _ fan: FanRule
  ) -> LedgerEntry {
    var change = Replanning(
      run: run, number: run.record.revisions.last?.number ?? 1, isEdit: false, at: expansion.at)
    for planned in plan.tasks { change.take(planned) }
    for name in run.record.tasks where plan.task(name) == nil {
      change.remove(name, clears: "another \(fan.place)")
    }
    var stands = task
    stands.record.settle(attempt, runIsActive: true)
    stands.record.listed = expansion.list
    change.run.tasks[task.record.task] = stands
    if let ending = change.run.ending { change.run.record.state = ending }
    let tasks = change.run.tasksInOrder.filter { $0 != run.tasks[$0.record.task] }
      .map { LedgerFile.task($0.record, folder: $0.folder) }
    let others = change.files.filter { if case .task = $0 { false } else { true } }
    let head = change.run.record == run.record ? [] : [LedgerFile.run(change.run.record)]
    let count = plan.tasks.count { $0.item?.template == task.record.task }
    let lines = change.reopened + change.removed.map { "removed \($0)" }
    return entry(
      expansion, attempt, fan, cause: run.record.revisions.last?.commit, state: .succeeded,
      subject: "\(expansion.task) has \(count) items",
      body: lines.isEmpty ? "No task is new, and none is gone." : lines.joined(separator: "\n"),
      files: head + tasks + [.attempt(attempt, folder: task.folder)] + others)
  }

  private func refusing(
    _ task: BoardTask, _ expansion: ListExpansion, _ refusal: Expansion.Refusal,
    _ attempt: AttemptRecord, _ fan: FanRule
  ) -> LedgerEntry {
    var held = task
    held.record.settle(attempt, runIsActive: true)
    held.record.state = .held
    var values: [String: JSONValue] = [
      "list": .text(fan.place), "message": .string(refusal.summary),
    ]
    if let excess = refusal.excess {
      values["count"] = .integer(excess.count)
      values["most"] = .integer(excess.most)
      values["limit"] = .string(excess.limit)
    }
    let maker = TaskID(run: expansion.task.run, task: fan.place.task)
    held.record.reason = Reason(
      refusal.excess == nil ? .badItems : .tooManyItems, values: values, since: expansion.at,
      clears: .event("headway retry \(maker)"))
    return entry(
      expansion, attempt, fan, cause: runs[expansion.task.run]?.record.revisions.last?.commit,
      state: .held, subject: "\(expansion.task) is held", body: refusal.summary,
      files: [
        .attempt(attempt, folder: held.folder), .task(held.record, folder: held.folder),
      ])
  }

  private func entry(
    _ expansion: ListExpansion, _ attempt: AttemptRecord, _ fan: FanRule, cause: CommitID?,
    state: TaskState, subject: String, body: String, files: [LedgerFile]
  ) -> LedgerEntry {
    var trailers: [LedgerTrailer] = []
    if let cause { trailers.append(.init(.cause, cause)) }
    trailers += [
      .init(.run, expansion.task.run), .init(.task, expansion.task.task),
      .init(.attempt, attempt.id.number), .init(.state, state.rawValue),
      .init(.decision, expansion.decision),
      .init(.input, "\(fan.place.task)/\(fan.place.output) \(expansion.list)"),
      .init(.runner, expansion.runner),
    ]
    return LedgerEntry(.expanded, subject: subject, body: body, trailers: trailers, files: files)
  }
}

extension BoardRun {
  /// Nothing was executed: the record says which list the tasks were made of.
  fileprivate func attempt(
    _ expansion: ListExpansion, of task: TaskRecord, _ fan: FanRule
  ) -> AttemptRecord {
    var failure: Failure?
    if case .failure(let refusal) = expansion.plan {
      failure = Failure(.invalidRequest, refusal.summary)
    }
    let id = AttemptID(task: task.id, number: task.nextAttempt)
    return AttemptRecord(
      id: id, taskKey: task.key,
      key: Digest(parts: ["items", id.description, expansion.list.hex]).hex, effect: .none,
      fingerprint: fingerprint(of: task), executor: task.specification.executor,
      isolation: "none", model: nil,
      inputs: [
        .init(
          name: "\(fan.place.task)/\(fan.place.output)", blob: expansion.list,
          from: fan.place.task.text)
      ],
      recalled: [], rendered: nil, started: expansion.at, finished: expansion.at,
      outcome: failure == nil ? .succeeded : .failed, failure: failure, outputs: [:], usage: nil,
      cost: expansion.cost, checks: [], confidence: nil, decision: expansion.decision,
      runner: expansion.runner, log: nil, parts: parts(of: task))
  }
}

extension Expansion.Refusal {
  /// At most a few of what is wrong, for one line: a list may be wrong in every item.
  fileprivate var summary: String {
    let shown = diagnostics.prefix(3).map(\.description).joined(separator: "; ")
    return diagnostics.count > 3 ? "\(shown); and \(diagnostics.count - 3) more" : shown
  }
}
