/// News about a task's deadline, told once each.
package struct DeadlineWarning: Hashable, Sendable {
  package let code: Code
  package let deadline: Instant
  /// When it was found.
  package let since: Instant
  /// When the task will probably be finished, as it looked then.
  package let expected: Instant

  package enum Code: String, Hashable, Sendable, CaseIterable {
    /// Little time is left, and it will probably not suffice.
    case atRisk
    /// The deadline has passed.
    case missed
    /// It will probably be met after all.
    case recovered
  }

  package init(code: Code, deadline: Instant, since: Instant, expected: Instant) {
    self.code = code
    self.deadline = deadline
    self.since = since
    self.expected = expected
  }
}

/// A warning in a decision, with the task that it is about.
package struct TaskWarning: Hashable, Sendable {
  package let task: TaskID
  package let warning: DeadlineWarning

  package init(task: TaskID, warning: DeadlineWarning) {
    self.task = task
    self.warning = warning
  }
}

extension DeadlineWarning {
  package var json: JSONValue {
    [
      "code": .string(code.rawValue), "deadline": .text(deadline), "since": .text(since),
      "expected": .text(expected),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      code: try fields.choice("code", Code.self), deadline: try fields.instant("deadline"),
      since: try fields.instant("since"), expected: try fields.instant("expected"))
  }
}

extension TaskWarning {
  var json: JSONValue {
    var fields = warning.json.fields ?? [:]
    fields["run"] = .text(task.run)
    fields["task"] = .text(task.task)
    return .object(fields)
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      task: TaskID(run: try fields.run("run"), task: try fields.name("task")),
      warning: try DeadlineWarning(fields))
  }
}
