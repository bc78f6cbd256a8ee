internal import HeadwayCore

/// An unfinished task with the one reason why it is not running.
struct TaskStanding: Sendable {
  let run: RunRecord
  let task: BoardTask
  /// Derived where nothing is stored; `nil` only for a task that runs or has succeeded.
  let reason: Reason?
  /// The planner would move it now; the next tick does.
  let movesNow: Bool

  /// Every unfinished task, in the board's order.
  static func all(on board: Board, _ standings: Standings) -> [TaskStanding] {
    board.runsInOrder.flatMap { run in
      run.tasksInOrder.filter { !$0.record.state.isTerminal }.map { task in
        TaskStanding(run: run.record, task: task, standings)
      }
    }
  }

  init(run: RunRecord, task: BoardTask, _ standings: Standings) {
    self.run = run
    self.task = task
    reason = standings.reason(of: task.record)
    movesNow = task.record.state != .running && standings.moves(task.record)
  }

  var id: TaskID { task.record.id }

  /// Why it is not running, in words.
  var sentence: String {
    guard let reason else {
      return task.record.state == .running && task.record.isEnding
        ? "running; it is being stopped" : task.record.state.rawValue
    }
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
      "warning": record.warnings.last?.json ?? .null,
    ]
    if let dispatch = record.dispatched {
      fields["attempt"] = .integer(dispatch.attempt)
      fields["started"] = .string(dispatch.at.description)
      fields["reserved"] = dispatch.reserved?.json ?? .null
    }
    return .object(fields)
  }
}
