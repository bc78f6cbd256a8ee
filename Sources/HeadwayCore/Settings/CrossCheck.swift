/// What is wrong between files: names that nobody has, files that are not there, shared keys.
struct CrossCheck {
  let project: Project

  /// The protected folders, and what the files in them name elsewhere.
  var protectedPaths: ProtectedPaths {
    var named: Set<FilePath> = []
    for executor in project.executors.values { named.formUnion(files(namedBy: executor)) }
    for pipeline in project.pipelines.values {
      for task in pipeline.tasks { named.formUnion(task.outputs.compactMap(\.schema)) }
    }
    return ProtectedPaths(named: named.filter { !ProtectedPaths.isProtected($0) })
  }

  private func files(namedBy executor: ExecutorFile) -> [FilePath] {
    switch executor.kind {
    case .command(let command): command.programs
    case .model(let model): model.system.map { [$0] } ?? []
    case .person: []
    }
  }

  func diagnostics() -> [Diagnostic] {
    var found: [Diagnostic] = []
    found += settingsDiagnostics()
    found += peopleDiagnostics()
    for (_, executor) in project.executors.sorted(by: { $0.key < $1.key }) {
      found += executorDiagnostics(executor)
    }
    for (_, pipeline) in project.pipelines.sorted(by: { $0.key < $1.key }) {
      found += pipelineDiagnostics(pipeline)
    }
    found += TriggerCheck(project: project).diagnostics()
    for (_, brief) in project.briefs.sorted(by: { $0.key < $1.key }) {
      found += BriefCheck(brief: brief, project: project).diagnostics()
    }
    return found
  }

  private func open(_ file: String) -> (FileReading, Node?)? {
    FilePath(checked: file).map { (FileReading($0), project.nodes[$0]) }
  }

  private func settingsDiagnostics() -> [Diagnostic] {
    guard let settings = project.settings, let (opened, node) = open(Settings.file) else {
      return []
    }
    var reading = opened
    KeyCheck(project: project, settings: settings).warn(in: &reading, node)
    guard let notify = settings.notify else { return reading.diagnostics }
    let mark = node?.mark(at: ["notify"])
    switch project.executors[notify]?.kind {
    case .command: break
    case nil: reportUnknownExecutor(notify, "notify", at: mark, &reading)
    default:
      reading.report("`notify`: `\(notify)` is not a command executor", at: mark)
    }
    return reading.diagnostics
  }

  private func peopleDiagnostics() -> [Diagnostic] {
    var owners: [String: Name] = [:]
    var found: [Diagnostic] = []
    for (name, person) in project.people.sorted(by: { $0.key < $1.key }) {
      guard let (opened, node) = open("\(Person.folder)\(name).json") else { continue }
      var reading = opened
      if person.keys.isEmpty {
        reading.report(
          "`\(name)` has no key, so nothing that \(name) signs counts",
          at: node?.mark, hint: "add the line of a `.pub` file under `keys`", severity: .warning)
      }
      for (index, key) in person.keys.enumerated() {
        if let owner = owners.updateValue(name, forKey: key.material.identity) {
          reading.report(
            owner == name
              ? "`keys`: the same key is listed twice" : "`keys`: `\(owner)` has the same key",
            at: node?.mark(at: ["keys", String(index)]),
            hint: owner == name ? nil : "a key is one person's identity; make a new one")
        }
      }
      found += reading.diagnostics
    }
    return found
  }

  private func executorDiagnostics(_ executor: ExecutorFile) -> [Diagnostic] {
    guard let (opened, node) = open(Project.path(ofExecutor: executor.name)) else { return [] }
    var reading = opened
    switch executor.kind {
    case .command(let command):
      for (field, words) in [("run", command.run), ("reconcile", command.reconcile ?? [])] {
        for (index, word) in words.enumerated() {
          guard let path = FilePath(checked: word), path.isUnder(ExecutorFile.folder) else {
            continue
          }
          requireFile(path, field, at: node?.mark(at: [field, String(index)]), &reading)
        }
      }
    case .model(let model):
      if let system = model.system {
        requireFile(system, "system", at: node?.mark(at: ["system"]), &reading)
      }
      for (index, name) in model.models.enumerated()
      where name != .extractive && project.models[name] == nil {
        let known = project.models.keys.map(\.text).sorted() + [ModelName.extractive.text]
        reading.report(
          "`models`: no model is called `\(name)`",
          at: node?.mark(at: ["models", String(index)]),
          hint: Nearest.hint(for: name.text, among: known, listing: "models"))
      }
    case .person(let role):
      if project.holders(of: role).isEmpty {
        reportUnknownRole(role, at: node?.mark(at: ["role"]), &reading)
      }
    }
    return reading.diagnostics
  }

  private func requireFile(
    _ path: FilePath, _ field: String, at mark: Mark?, _ reading: inout FileReading
  ) {
    switch project.listing[path]?.mode {
    case .regular, .executable: break
    case .symlink, .gitlink:
      reading.report("`\(field)`: `\(path)` is a link or submodule", at: mark)
    case nil:
      let folder = path.text.split(separator: "/").dropLast().joined(separator: "/")
      let near = project.listing.keys.filter { folder.isEmpty || $0.isUnder(folder) }.sorted()
      reading.report(
        "`\(field)`: there is no file `\(path)`", at: mark,
        hint: Nearest.nearest(to: path.text, among: near.lazy.map(\.text))
          .map { "did you mean `\($0)`?" })
    }
  }

  private func reportUnknownRole(_ role: Name, at mark: Mark?, _ reading: inout FileReading) {
    let roles = Set(project.people.values.flatMap { $0.roles.map(\.text) }).sorted()
    reading.report(
      "`role`: nobody in `people/` holds `\(role)`", at: mark,
      hint: Nearest.hint(for: role.text, among: roles, listing: "roles"), severity: .warning)
  }

  private func reportUnknownExecutor(
    _ name: Name, _ field: String, at mark: Mark?, _ reading: inout FileReading
  ) {
    let path = Project.path(ofExecutor: name)
    if !project.listing.isEmpty, project.blob(at: path) != nil {
      reading.report(
        "`\(field)`: `\(path)` has errors of its own", at: mark, hint: "mend that file first")
      return
    }
    let known = project.executors.keys.map(\.text).sorted()
    reading.report(
      "`\(field)`: no executor is called `\(name)`", at: mark,
      hint: Nearest.hint(for: name.text, among: known, listing: "executors"))
  }
}

extension CrossCheck {
  private func pipelineDiagnostics(_ pipeline: Pipeline) -> [Diagnostic] {
    guard let (opened, node) = open(Project.path(ofPipeline: pipeline.name)) else { return [] }
    var reading = opened
    for task in pipeline.tasks {
      let place = ["tasks", task.name.text]
      for output in task.outputs {
        guard let schema = output.schema else { continue }
        requireFile(
          schema, "schema", at: node?.mark(at: place + ["outputs", output.name, "schema"]),
          &reading)
      }
      guard let executor = project.executors[task.executor] else {
        reportUnknownExecutor(
          task.executor, "executor", at: node?.mark(at: place + ["executor"]), &reading)
        continue
      }
      for problem in TaskRules.problems(of: task, with: executor) {
        reading.report(
          problem.message, at: node?.mark(at: place + problem.field), hint: problem.hint)
      }
      if let role = task.approval?.role, project.holders(of: role).isEmpty {
        reportUnknownRole(role, at: node?.mark(at: place + ["approval", "role"]), &reading)
      }
    }
    for compensation in pipeline.compensations {
      let place = ["compensations", compensation.name.text]
      guard let executor = project.executors[compensation.executor] else {
        reportUnknownExecutor(
          compensation.executor, "executor", at: node?.mark(at: place + ["executor"]), &reading)
        continue
      }
      if executor.effect == .external, compensation.once == nil {
        reading.report(
          "`once` is missing: `\(executor.name)` has an external effect",
          at: node?.mark(at: place), hint: "name the effect, like `\"once\": \"undo:{{slug}}\"`")
      }
    }
    return reading.diagnostics
  }
}

/// What a task and its executor ask of each other.
enum TaskRules {
  struct Problem {
    let field: [String]
    let message: String
    let hint: String?
  }

  static func problems(of task: TaskTemplate, with executor: ExecutorFile) -> [Problem] {
    var problems: [Problem] = []
    func report(_ field: String..., message: String, hint: String? = nil) {
      problems.append(Problem(field: field, message: message, hint: hint))
    }
    if let stated = task.statedEffect, stated != executor.effect {
      report(
        "effect", message: "`effect`: `\(executor.name)` says `\(executor.effect.rawValue)`",
        hint: "the executor's file decides; write the same here, or nothing")
    }
    if executor.effect == .external, task.once == nil {
      report(
        message: "`once` is missing: `\(executor.name)` has an external effect",
        hint: "name the effect, like `\"once\": \"\(task.name):{{slug}}\"`")
    }
    if executor.effect != .external, task.once != nil {
      report(
        "once", message: "`once`: `\(executor.name)` has no external effect",
        hint: "state `\"effect\": \"external\"` in its file, or take `once` away")
    }
    if executor.isPerson {
      if !task.outputs.isEmpty {
        report(
          "outputs", message: "`outputs`: a person's task has none",
          hint: "its result is what it proposes, as it stands on main")
      }
      if task.propose.isEmpty {
        report(message: "`propose` is missing: a person is asked about files")
      }
    } else {
      if !task.propose.isEmpty {
        report("propose", message: "`propose` needs an executor of kind `person`")
      }
      if task.approval != nil, task.approval?.role == nil {
        report("approval", message: "`role` is missing in `approval`")
      }
    }
    if case .command(let command) = executor.kind, command.reconcile != nil,
      task.outputs.contains(where: { $0.name == EffectAnswer.file })
    {
      report(
        "outputs", EffectAnswer.file,
        message: "`\(EffectAnswer.file)` is where `reconcile` of `\(executor.name)` answers",
        hint: "call the output something else")
    }
    if case .model = executor.kind, task.outputs.filter({ !$0.isOptional }).count > 1 {
      report("outputs", message: "`outputs`: a model delivers one")
    }
    return problems
  }
}
