internal import HeadwayCore

/// An unfinished task with the one reason why it is not running.
struct TaskStanding: Sendable {
  let run: RunRecord
  let task: BoardTask
  /// Derived where nothing is stored; `nil` only for a task that runs.
  let reason: Reason?
  /// The planner would move it now; the next tick does.
  let movesNow: Bool

  /// Every unfinished task, in the board's order.
  static func all(on board: Board, _ plan: Planner.Plan?) -> [TaskStanding] {
    board.runsInOrder.flatMap { run in
      run.tasksInOrder.filter { !$0.record.state.isTerminal }.map { task in
        TaskStanding(run: run.record, task: task, plan: plan)
      }
    }
  }

  init(run: RunRecord, task: BoardTask, plan: Planner.Plan?) {
    self.run = run
    self.task = task
    let id = task.record.id
    let decision = plan?.decisions.first { $0.task == id }
    switch task.record.state {
    case .running:
      (reason, movesNow) = (nil, false)
    case .held, .waiting:
      (reason, movesNow) = (task.record.reason, decision != nil)
    case .pending:
      reason = plan?.reasons[id] ?? decision?.reasons.first ?? task.record.reason
      movesNow = decision.map { $0.verdict != .wait } ?? false
    case .succeeded, .failed, .skipped, .expired, .cancelled:
      (reason, movesNow) = (task.record.reason, decision != nil)
    }
  }

  var id: TaskID { task.record.id }

  /// Why it is not running, in words.
  var sentence: String {
    guard let reason else { return "running" }
    return ReasonSentence(reason, of: id).text
  }

  /// What ends the wait: a time, or what somebody has to do.
  var clearing: String {
    reason.map { ReasonSentence($0, of: id).clearing } ?? ""
  }

  var facts: JSONValue {
    let record = task.record
    var fields: [String: JSONValue] = [
      "run": .string(record.run.text), "task": .string(record.task.text),
      "state": .string(record.state.rawValue), "reason": reason?.json ?? .null,
      "why": .string(sentence), "clears": .string(clearing),
      "executor": .string(record.specification.executor.text), "moves": .bool(movesNow),
      "deadline": .optional(record.specification.deadline?.description),
      "attempts": .integer(record.attempts.count),
    ]
    if let dispatch = record.dispatched {
      fields["attempt"] = .integer(dispatch.attempt)
      fields["started"] = .string(dispatch.at.description)
      fields["reserved"] = dispatch.reserved?.json ?? .null
    }
    return .object(fields)
  }
}
