/// A condition as its run was admitted with it: a parameter is pinned, a result is not there yet.
package struct TaskCondition: Hashable, Sendable {
  package let condition: Condition
  package let source: Source

  package enum Source: Hashable, Sendable {
    case value(JSONValue)
    /// The attempt of `task` that stands says the value.
    case field(task: Name, output: String, path: String)
  }

  package init(_ condition: Condition, source: Source) {
    self.condition = condition
    self.source = source
  }

  package var json: JSONValue {
    switch source {
    case .value(let value): ["text": .text(condition), "value": value]
    case .field(let task, let output, let path):
      [
        "text": .text(condition), "task": .text(task), "output": .string(output),
        "field": .string(path),
      ]
    }
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    let text = try fields.text("text")
    do { condition = try Condition(text) } catch {
      throw fields.fault("text", "is no condition")
    }
    if let task = try fields.nameIfAny("task") {
      source = .field(
        task: task, output: try fields.text("output"), path: try fields.text("field"))
    } else {
      source = .value(fields["value"] ?? .null)
    }
  }
}

extension BoardRun {
  /// What a condition found; `nil` where nothing stands that it could read.
  func value(for condition: TaskCondition) -> JSONValue? {
    switch condition.source {
    case .value(let value): return value
    case .field(let task, let output, let path):
      guard let record = tasks[task]?.record, record.state == .succeeded,
        let accepted = record.accepted
      else { return nil }
      return record.attempts.first { $0.number == accepted }?.read[output]?[path]
    }
  }
}
