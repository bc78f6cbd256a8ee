/// What can be wrong inside one pipeline beyond the shape of its fields.
struct PipelineCheck {
  let pipeline: Pipeline
  let node: Node

  private var names: [String] { pipeline.tasks.map(\.name.text) }

  func run(_ reading: inout FileReading) {
    for task in pipeline.tasks { check(task, &reading) }
    if let cycle = Self.cycle(in: pipeline.tasks), let first = cycle.first {
      let shown = (cycle + [first]).map(\.text).joined(separator: " → ")
      reading.report(
        "`after`: these tasks wait for each other: \(shown)", at: mark(first, "after"))
    } else {
      for task in pipeline.tasks { checkUpstream(task, &reading) }
    }
    for compensation in pipeline.compensations { check(compensation, &reading) }
  }

  /// Rendered with what the tasks that name it can name, all of them.
  private func check(_ compensation: Compensation, _ reading: inout FileReading) {
    let users = pipeline.tasks.filter { $0.compensate == compensation.name }
    let isEach = !users.isEmpty && users.allSatisfy { $0.each != nil }
    let known = Scope.names(of: pipeline) + (isEach ? Scope.itemNames : [])
    for (field, text) in [("intent", compensation.intent), ("once", compensation.once)] {
      guard let text else { continue }
      let place = node.mark(at: ["compensations", compensation.name.text, field])
      checkTemplate(text, field, at: place, among: known, &reading)
      if field == "once", isEach, !namesItem(text) { reportShared(once: place, &reading) }
    }
  }

  func reportShared(once place: Mark, _ reading: inout FileReading) {
    reading.report(
      "`once` names no item, so that only one of them could be done", at: place,
      hint: "name it with `{{item}}` or `{{instance}}`")
  }

  func mark(_ task: Name, _ path: String...) -> Mark {
    node.mark(at: ["tasks", task.text] + path)
  }

  private func check(_ task: TaskTemplate, _ reading: inout FileReading) {
    var seen: Set<Name> = []
    for (index, name) in task.after.enumerated() {
      let place = mark(task.name, "after", String(index))
      if pipeline.task(name) == nil {
        reading.report(
          "`after`: no task is called `\(name)`", at: place,
          hint: Nearest.hint(for: name.text, among: names, listing: "tasks"))
      } else if !seen.insert(name).inserted {
        reading.report("`after`: `\(name)` is named twice", at: place)
      }
    }
    if task.after.isEmpty, task.when != .allSucceeded {
      reading.report("`when` without `after` decides nothing", at: mark(task.name, "when"))
    }
    if let compensate = task.compensate, pipeline.compensation(compensate) == nil {
      let known = pipeline.compensations.map(\.name.text)
      reading.report(
        "`compensate`: no compensation is called `\(compensate)`",
        at: mark(task.name, "compensate"),
        hint: Nearest.hint(for: compensate.text, among: known, listing: "compensations"))
    }
    if !task.propose.isEmpty, task.approval == nil {
      reading.report(
        "`approval` is missing: what is proposed needs one", at: mark(task.name, "propose"))
    }
    if !task.propose.isEmpty, pipeline.publishes.isEmpty {
      reading.report(
        "`propose` needs `publishes`", at: mark(task.name, "propose"),
        hint:
          "name the folders that this pipeline may write to, like `\"publishes\": [\"content/\"]`")
    }
    checkCondition(task, &reading)
    checkItems(task, &reading)
    checkTemplates(task, &reading)
  }

  private func checkTemplates(_ task: TaskTemplate, _ reading: inout FileReading) {
    for (field, text) in [
      ("intent", task.intent), ("once", task.once), ("deadline", task.deadline),
    ] {
      if let text {
        checkTemplate(
          text, field, at: mark(task.name, field), among: names(for: task), &reading)
      }
    }
    for (index, input) in task.inputs.enumerated() {
      let place = [String(index)]
      switch input {
      case .files(let texts):
        let at = node.mark(at: ["tasks", task.name.text, "inputs"] + place + ["files"])
        for text in texts {
          checkTemplate(text, "files", at: at, among: names(for: task), &reading)
        }
      case .recall(let query, _):
        let at = node.mark(at: ["tasks", task.name.text, "inputs"] + place + ["recall"])
        checkTemplate(query, "recall", at: at, among: names(for: task), &reading)
      case .result:
        if case .run = pipeline.trigger { continue }
        reading.report(
          "`result` needs `\"on\": { \"run\": … }`: nothing else has delivered anything",
          at: node.mark(at: ["tasks", task.name.text, "inputs"] + place + ["result"]))
      }
    }
    for text in task.limits.templates {
      checkTemplate(
        text, "limits", at: mark(task.name, "limits"),
        among: names(for: task), &reading)
    }
    for proposed in task.propose {
      let place = mark(task.name, "propose", proposed.output)
      checkTemplate(
        proposed.target, "propose", at: place, among: names(for: task), &reading)
    }
  }

  func names(for task: TaskTemplate) -> [String] {
    Scope.names(of: pipeline) + (task.each == nil ? [] : Scope.itemNames)
  }

  func checkTemplate(
    _ text: String, _ field: String, at mark: Mark, among known: [String],
    _ reading: inout FileReading
  ) {
    do {
      try Template(text).requireNames(among: known)
    } catch {
      reading.report("`\(field)`: \(error.message)", at: mark, hint: error.hint)
    }
  }

  private func checkUpstream(_ task: TaskTemplate, _ reading: inout FileReading) {
    // Looking upstream costs the whole pipeline, and most tasks ask nothing of it.
    guard task.onReject != nil || !task.propose.isEmpty else { return }
    let upstream = Self.upstream(of: task, in: pipeline.tasks)
    if let rule = task.onReject, !upstream.contains(where: { $0.name == rule.retry }) {
      let place = mark(task.name, "onReject", "retry")
      if pipeline.task(rule.retry) == nil {
        reading.report(
          "`retry`: no task is called `\(rule.retry)`", at: place,
          hint: Nearest.hint(for: rule.retry.text, among: names, listing: "tasks"))
      } else {
        reading.report("`retry`: `\(rule.retry)` does not come before this task", at: place)
      }
    } else if let rule = task.onReject {
      checkPair(of: rule.retry, with: task, ["onReject", "retry"], &reading)
    }
    for proposed in task.propose {
      do {
        let source = try Self.source(of: proposed.output, among: upstream)
        checkPair(of: source.task, with: task, ["propose", proposed.output], &reading)
      } catch {
        reading.report(
          error.message, at: mark(task.name, "propose", proposed.output), hint: error.hint)
      }
    }
  }
}

extension PipelineCheck {
  /// One of many instances can only be meant by a task that goes over the same items.
  func checkPair(
    of source: Name, with task: TaskTemplate, _ path: [String], _ reading: inout FileReading
  ) {
    guard let each = pipeline.task(source)?.each, each != task.each else { return }
    reading.report(
      "`\(path[0])`: `\(source)` is done once for each item",
      at: node.mark(at: ["tasks", task.name.text] + path),
      hint: "give this task the same `each`, and it goes item by item")
  }

  /// The tasks that come before `task`, nearest first, each once.
  static func upstream(of task: TaskTemplate, in tasks: [TaskTemplate]) -> [TaskTemplate] {
    let byName = Dictionary(tasks.map { ($0.name, $0) }) { first, _ in first }
    var found: [TaskTemplate] = []
    var seen: Set<Name> = []
    var layer = task.before
    while !layer.isEmpty {
      var next: [Name] = []
      for name in layer where seen.insert(name).inserted {
        guard let task = byName[name] else { continue }
        found.append(task)
        next += task.before
      }
      layer = next
    }
    return found
  }

  /// Which task makes `output`, written `article.md` or, where several make one,
  /// `edit/article.md`; the nearest in `upstream`.
  static func source(
    of output: String, among upstream: [TaskTemplate]
  ) throws(TemplateFault) -> (task: Name, output: String) {
    for task in upstream {
      for made in task.outputs where made.name == output || "\(task.name)/\(made.name)" == output {
        return (task.name, made.name)
      }
    }
    let known = upstream.flatMap { $0.outputs.map(\.name) }
    throw TemplateFault(
      message: "`propose`: no earlier task makes `\(output)`",
      hint: Nearest.hint(for: output, among: known, listing: "earlier outputs"))
  }

  /// The tasks of one cycle in order, found without recursion: files may be hostile.
  static func cycle(in tasks: [TaskTemplate]) -> [Name]? {
    var waiting = Dictionary(tasks.map { ($0.name, $0.before) }) { first, _ in first }
    let known = Set(waiting.keys)
    for (name, after) in waiting { waiting[name] = after.filter(known.contains) }
    var isShrinking = true
    while isShrinking {
      let free = waiting.filter { entry in entry.value.allSatisfy { waiting[$0] == nil } }.keys
      for name in free { waiting[name] = nil }
      isShrinking = !free.isEmpty
    }
    // Whatever is left waits for something that is left: following that must return.
    guard var name = tasks.map(\.name).first(where: { waiting[$0] != nil }) else { return nil }
    var path: [Name] = []
    while !path.contains(name) {
      path.append(name)
      guard let next = waiting[name]?.first(where: { waiting[$0] != nil }) else { return nil }
      name = next
    }
    let start = path.firstIndex(of: name) ?? 0
    return Array(path[start...])
  }
}
