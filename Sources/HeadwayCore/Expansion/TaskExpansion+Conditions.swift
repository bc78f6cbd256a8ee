extension TaskExpansion {
  /// The condition of `task` with what it reads pinned, as far as it is known now.
  mutating func condition(of task: TaskTemplate, _ item: FanItem?) -> TaskCondition? {
    guard let condition = task.condition else { return nil }
    switch condition.subject {
    case .field(let earlier, let output, let path):
      return TaskCondition(
        condition,
        source: .field(
          task: instance(of: earlier, paired: task, item), output: output, path: path))
    case .name(let name):
      do throws(TemplateFault) {
        let value = try Template("{{\(name)}}").value(in: scope)
        let kind: ReadField = condition.isOrder ? .number : .scalar
        guard kind.accepts(value) else {
          throw TemplateFault(
            message: "`\(name)` is not a \(kind == .number ? "number" : "single value")")
        }
        return TaskCondition(condition, source: .value(value))
      } catch {
        report("`if`: \(error.message)", of: task.name, "if", hint: error.hint)
        return nil
      }
    }
  }
}

/// What `if` and `each` of a pipeline read: by task, by output, then by the path of the field.
struct ReadFields {
  private var fields: [Name: [String: [String: ReadField]]] = [:]

  init(of pipeline: Pipeline) {
    for condition in pipeline.tasks.lazy.compactMap(\.condition) {
      guard case .field(let task, let output, let path) = condition.subject else { continue }
      let known = fields[task]?[output]?[path]
      fields[task, default: [:]][output, default: [:]][path] =
        condition.isOrder || known == .number ? .number : .scalar
    }
    for case .output(let place)? in pipeline.tasks.map(\.each) where place.isJSON {
      fields[place.task, default: [:]][place.output, default: [:]][place.field ?? ""] = .list
    }
  }

  func fields(of output: String, of task: Name) -> [String: ReadField] {
    fields[task]?[output] ?? [:]
  }

  /// The same of all outputs of `task`, as `output:field`.
  func fields(of task: Name) -> [String: ReadField] {
    var all: [String: ReadField] = [:]
    for (output, fields) in fields[task] ?? [:] {
      for (path, field) in fields { all["\(output):\(path)"] = field }
    }
    return all
  }
}
