/// Renders the tasks of one pipeline for one occasion and collects what stands in the way.
struct TaskExpansion {
  let project: Project
  let settings: Settings
  let pipeline: Pipeline
  let occasion: Occasion
  /// What templates may name now: the run's values, and one item's while its task is planned.
  private(set) var scope: Scope
  let parameters: [String: JSONValue]
  let programs: TreeID?
  let lists: [Name: DeliveredList]
  private let readFields: ReadFields
  var reading: FileReading
  var excess: Expansion.Refusal.Excess?

  var targets: [String: (task: Name, target: FilePath)] = [:]

  init(
    project: Project, settings: Settings, pipeline: Pipeline, occasion: Occasion, scope: Scope,
    parameters: [String: JSONValue], programs: TreeID?, lists: [Name: DeliveredList],
    reading: FileReading
  ) {
    self.project = project
    self.settings = settings
    self.pipeline = pipeline
    self.occasion = occasion
    self.scope = scope
    self.parameters = parameters
    self.programs = programs
    self.lists = lists
    readFields = ReadFields(of: pipeline)
    self.reading = reading
  }

  /// The items of the templates that have `each`.
  var items: [Name: [FanItem]] = [:]

  mutating func tasks() -> [PlannedTask] {
    for task in pipeline.tasks {
      if let each = task.each { items[task.name] = fanOut(task, each) }
    }
    let parts = pipeline.tasks.flatMap(parts)
    guard parts.count <= settings.limits.tasksPerRun else {
      report(
        "\(parts.count) tasks are more than `tasksPerRun` allows, "
          + "\(settings.limits.tasksPerRun)")
      excess = .init(
        count: parts.count, most: settings.limits.tasksPerRun, limit: "tasksPerRun")
      return []
    }
    if let cycle = PipelineCheck.cycle(in: pipeline.tasks), let first = cycle.first {
      let shown = (cycle + [first]).map(\.text).joined(separator: " → ")
      report("`after`: these tasks wait for each other: \(shown)", of: first, "after")
      return []
    }
    var planned: [PlannedTask] = []
    let common = scope
    for (ordinal, part) in parts.enumerated() {
      let task: PlannedTask?
      switch part {
      case .fan(let template, let place):
        task = fan(template, over: place, ordinal: ordinal)
      case .task(let template, let item):
        scope = item.map(common.adding) ?? common
        task = plan(template, for: item, ordinal: ordinal)
      }
      if let task { planned.append(task) }
    }
    scope = common
    reportClashes(planned)
    return planned
  }

  /// The undo of `task`, rendered now: what it undoes must not be worked out anew later.
  private mutating func compensation(of task: TaskTemplate) -> CompensationRule? {
    guard let name = task.compensate, let compensation = pipeline.compensation(name) else {
      return nil
    }
    guard let executor = project.executors[compensation.executor] else {
      reportMissingExecutor(compensation.executor, of: compensation.name)
      return nil
    }
    return CompensationRule(
      name: compensation.name, executor: executor.name, effect: executor.effect,
      intent: text(compensation.intent ?? "", "intent", of: compensation.name),
      once: compensation.once.map { text($0, "once", of: compensation.name) },
      risk: compensation.risk ?? .low)
  }

  private mutating func plan(
    _ task: TaskTemplate, for item: FanItem?, ordinal: Int
  ) -> PlannedTask? {
    guard let executor = project.executors[task.executor],
      let executorFile = project.blob(at: Project.path(ofExecutor: task.executor))
    else {
      reportMissingExecutor(task.executor, of: task.name)
      return nil
    }
    for problem in TaskRules.problems(of: task, with: executor) {
      report(problem.message, of: task.name, problem.field.first, hint: problem.hint)
    }
    let intent = text(task.intent ?? occasion.title, "intent", of: task.name)
    let inputs = inputs(of: task)
    let fingerprint = Fingerprint(
      intent: intent, body: Digest(of: occasion.body.utf8), inputs: inputs,
      executorFile: executorFile, programs: programs(of: executor), models: models(of: executor),
      system: system(of: executor), parameters: namedParameters(of: task, item),
      fields: readFields.fields(of: task.name))
    return PlannedTask(
      name: item?.task ?? task.name, ordinal: ordinal, key: "\(pipeline.name)/\(task.name)",
      executor: executor.name, isPerson: executor.isPerson, effect: executor.effect,
      after: after(task, item), when: task.when, intent: intent, inputs: inputs,
      outputs: outputs(of: task), propose: proposed(by: task, item),
      approval: approval(of: task, executor: executor), onReject: onReject(of: task, item),
      onExhausted: task.onExhausted, once: once(of: task), compensation: compensation(of: task),
      risk: task.statedRisk, estimate: task.estimate,
      retry: task.retry, timeouts: task.timeouts, limits: limits(of: task), sla: task.sla,
      priority: task.priority ?? occasion.priority, deadline: deadline(of: task), item: item,
      condition: condition(of: task, item),
      fingerprint: fingerprint.digest, parts: fingerprint.parts)
  }

  /// Tells it at the field of the task, or of the compensation, in the pipeline's file.
  mutating func report(
    _ message: String, of task: Name? = nil, _ field: String? = nil, hint: String? = nil
  ) {
    var path = [String]()
    if let task {
      path = [pipeline.task(task) == nil ? "compensations" : "tasks", task.text]
    }
    if let field { path.append(field) }
    let mark = project.nodes[reading.file]?.mark(at: path)
    reading.report(task.map { "`\($0)`: \(message)" } ?? message, at: mark, hint: hint)
  }

  private mutating func reportMissingExecutor(_ name: Name, of task: Name) {
    report(
      "no executor is called `\(name)`", of: task, "executor",
      hint: Nearest.hint(
        for: name.text, among: project.executors.keys.map(\.text).sorted(), listing: "executors")
    )
  }
}

extension TaskExpansion {
  /// The rendered text, or an empty one after telling why there is none.
  mutating func text(_ template: String, _ field: String, of task: Name) -> String {
    do {
      return try Template(template).render(in: scope)
    } catch {
      report("`\(field)`: \(error.message)", of: task, field, hint: error.hint)
      return ""
    }
  }

  private mutating func once(of task: TaskTemplate) -> String? {
    guard let once = task.once else { return nil }
    let value = text(once, "once", of: task.name)
    if value.isEmpty || value.unicodeScalars.contains(where: \.isInvisible) {
      report("`once` is empty, or not one line of visible text", of: task.name, "once")
    }
    return value
  }

  private mutating func deadline(of task: TaskTemplate) -> Instant? {
    guard let deadline = task.deadline else { return occasion.due }
    let value = text(deadline, "deadline", of: task.name)
    guard !value.isEmpty else { return nil }
    guard let time = LocalTime(value) else {
      report(
        "`deadline`: `\(value)` is not a date or a moment", of: task.name, "deadline",
        hint: TextFormat.localTime.hint)
      return nil
    }
    return time.instant(in: settings.timeZone)
  }

  private mutating func inputs(of task: TaskTemplate) -> [TaskInput] {
    var inputs = occasion.inputs
    var seen: Set<FilePath> = []
    for case .file(let path, _) in inputs { seen.insert(path) }
    for template in task.inputs {
      switch template {
      case .result(let name):
        guard let result = occasion.result(name), !inputs.contains(result) else { continue }
        if case .delivered(let attempt, _, _) = result, task.after.contains(attempt.task.task) {
          report(
            "`result`: an earlier task is called `\(attempt.task.task)` too", of: task.name,
            "inputs", hint: "both would be given as `\(attempt.task.task)/`; rename it")
        }
        inputs.append(result)
      case .recall(let query, let tokens):
        inputs.append(.recall(query: text(query, "recall", of: task.name), tokens: tokens))
      case .files(let templates):
        for path in templates.flatMap({ paths($0, of: task.name) }) {
          for (file, blob) in files(at: path, of: task.name) where seen.insert(file).inserted {
            inputs.append(.file(path: file, blob: blob))
          }
        }
      }
    }
    return inputs
  }

  /// The paths and patterns that one template stands for.
  mutating func paths(_ template: String, of task: Name) -> [String] {
    do throws(TemplateFault) {
      switch try Template(template).value(in: scope) {
      case .string(let text): return [text]
      case .array(let elements): return elements.compactMap(\.text)
      case .null: return []
      default: throw TemplateFault(message: "`\(template)` is not a path or a list of paths")
      }
    } catch {
      report("`files`: \(error.message)", of: task, "inputs", hint: error.hint)
      return []
    }
  }

  mutating func files(at text: String, of task: Name) -> [(FilePath, BlobID)] {
    if PathPattern.isPattern(text) {
      let pattern = PathPattern(text)
      let found = project.listing.filter { path, file in
        (file.mode == .regular || file.mode == .executable) && pattern.matches(path)
      }
      if found.isEmpty { report("`files`: no file matches `\(text)`", of: task, "inputs") }
      return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value.blob) }
    }
    if let fault = FilePath.fault(of: text) {
      report("`files`: `\(text)` \(fault.rawValue)", of: task, "inputs")
      return []
    }
    guard let path = FilePath(checked: text), let file = project.listing[path] else {
      let near = project.listing.keys.filter { $0.isUnder(text.folder) }.sorted()
      report(
        "`files`: there is no file `\(text)`", of: task, "inputs",
        hint: Nearest.nearest(to: text, among: near.lazy.map(\.text))
          .map { "did you mean `\($0)`?" })
      return []
    }
    guard file.mode == .regular || file.mode == .executable else {
      report("`files`: `\(text)` is a link or submodule", of: task, "inputs")
      return []
    }
    return [(path, file.blob)]
  }

  private mutating func outputs(of task: TaskTemplate) -> [PlannedOutput] {
    task.outputs.map { output in
      var schema: PinnedFile?
      if let path = output.schema {
        if let file = project.listing[path], file.mode == .regular || file.mode == .executable {
          schema = PinnedFile(path: path, blob: file.blob)
        } else {
          report("`schema`: there is no file `\(path)`", of: task.name, "outputs")
        }
      }
      return PlannedOutput(
        name: output.name,
        rule: OutputRule(
          checks: output.checks.map(\.description), schema: schema,
          fields: readFields.fields(of: output.name, of: task.name)),
        isOptional: output.isOptional, kind: output.kind)
    }
  }

  private mutating func approval(
    of task: TaskTemplate, executor: ExecutorFile
  ) -> ApprovalRequirement? {
    guard let given = task.approval else { return nil }
    var role = given.role
    if role == nil, case .person(let own) = executor.kind { role = own }
    guard let role else {
      report("`role` is missing in `approval`", of: task.name, "approval")
      return nil
    }
    return ApprovalRequirement(
      role: role, count: given.count, within: given.within,
      distinctFromRequester: given.distinctFromRequester)
  }
}

extension TaskExpansion {
  private func programs(of executor: ExecutorFile) -> TreeID? {
    if case .command = executor.kind { programs } else { nil }
  }

  private func models(of executor: ExecutorFile) -> [ModelName] {
    if case .model(let model) = executor.kind { model.models } else { [] }
  }

  private func system(of executor: ExecutorFile) -> BlobID? {
    guard case .model(let model) = executor.kind, let path = model.system else { return nil }
    return project.listing[path]?.blob
  }

  private func namedParameters(of task: TaskTemplate, _ item: FanItem?) -> [String: JSONValue] {
    var texts = [task.intent, task.once].compactMap { $0 } + task.propose.map(\.target)
    for input in task.inputs {
      switch input {
      case .files(let templates): texts += templates
      case .recall(let query, _): texts.append(query)
      case .result: break
      }
    }
    // The executor is given the item, whether or not a template names it.
    var named: [String: JSONValue] = item.map { ["item": $0.value] } ?? [:]
    for text in texts {
      let names: [String]
      do { names = try Template(text).names } catch { continue }
      for name in names { named[name] = parameters[name] }
    }
    return named
  }
}

extension String {
  fileprivate var folder: String { split(separator: "/").dropLast().joined(separator: "/") }
}
