/// Holds what sets pipelines going against the files that it names.
struct TriggerCheck {
  let project: Project

  private var pipelines: [Pipeline] { project.pipelines.values.sorted { $0.name < $1.name } }

  func diagnostics() -> [Diagnostic] {
    pipelines.flatMap(diagnostics) + project.schedules.values.flatMap(diagnostics)
  }

  private func open(_ file: String) -> (FileReading, Node?)? {
    FilePath(checked: file).map { (FileReading($0), project.nodes[$0]) }
  }

  private func diagnostics(of pipeline: Pipeline) -> [Diagnostic] {
    guard let (opened, node) = open(Project.path(ofPipeline: pipeline.name)) else { return [] }
    var reading = opened
    switch pipeline.trigger {
    case .briefs: break
    case .paths:
      for parameter in pipeline.parameters where parameter.fallback == nil {
        reading.report(
          "`\(parameter.name)` needs a `default`: a changed file gives no parameters",
          at: node?.mark(at: ["parameters", parameter.name]),
          hint: "templates may name what the file holds, like `{{json.id}}`")
      }
    case .schedule(let name): check(name, of: pipeline, node, &reading)
    case .run(let name, _): check(followed: name, by: pipeline, node, &reading)
    }
    return reading.diagnostics
  }

  private func check(
    _ name: Name, of pipeline: Pipeline, _ node: Node?, _ reading: inout FileReading
  ) {
    let mark = node?.mark(at: ["on", "schedule"])
    let path = Project.path(ofSchedule: name)
    guard project.schedules[name] != nil else {
      if project.blob(at: path) != nil {
        return reading.report(
          "`schedule`: `\(path)` has errors of its own", at: mark, hint: "mend that file first")
      }
      return reading.report(
        "`schedule`: no schedule is called `\(name)`", at: mark,
        hint: Nearest.hint(
          for: name.text, among: project.schedules.keys.map(\.text).sorted(),
          listing: "schedules"))
    }
    if let first = project.pipeline(of: name), first.name != pipeline.name {
      reading.report(
        "`schedule`: `\(name)` sets `\(first.name)` going already", at: mark,
        hint: "a schedule starts one run at each instant; make another one")
    }
  }

  private func check(
    followed name: Name, by pipeline: Pipeline, _ node: Node?, _ reading: inout FileReading
  ) {
    let mark = node?.mark(at: ["on", "run"])
    guard let cause = project.pipelines[name] else {
      let path = Project.path(ofPipeline: name)
      if project.blob(at: path) != nil {
        return reading.report(
          "`run`: `\(path)` has errors of its own", at: mark, hint: "mend that file first")
      }
      return reading.report(
        "`run`: no pipeline is called `\(name)`", at: mark,
        hint: Nearest.hint(
          for: name.text, among: project.pipelines.keys.map(\.text).sorted(),
          listing: "pipelines"))
    }
    if let cycle = cycle(from: pipeline) {
      let shown = cycle.map(\.text).joined(separator: " → ")
      return reading.report("`run`: these pipelines set each other going: \(shown)", at: mark)
    }
    for parameter in pipeline.parameters where parameter.fallback == nil {
      let given = cause.parameters.first { $0.name == parameter.name }
      if given?.type != parameter.type {
        reading.report(
          "`\(parameter.name)` needs a `default`: `\(name)` has no such parameter of that type",
          at: node?.mark(at: ["parameters", parameter.name]))
      }
    }
    checkResults(of: cause, in: pipeline, node, &reading)
  }

  /// Every result that is read is one that the pipeline before it may deliver.
  private func checkResults(
    of cause: Pipeline, in pipeline: Pipeline, _ node: Node?, _ reading: inout FileReading
  ) {
    let outputs = cause.tasks.flatMap { task in task.outputs.map { (task.name, $0.name) } }
    for task in pipeline.tasks {
      for (index, input) in task.inputs.enumerated() {
        guard case .result(let name) = input else { continue }
        // A task with `each` has as many names as items; its outputs are known by theirs.
        guard !outputs.contains(where: { name == $0.1 || name.hasSuffix("/\($0.1)") }) else {
          continue
        }
        reading.report(
          "`result`: `\(cause.name)` delivers no `\(name)`",
          at: node?.mark(at: ["tasks", task.name.text, "inputs", String(index), "result"]),
          hint: Nearest.hint(
            for: name, among: Set(outputs.map(\.1)).sorted(), listing: "its outputs"))
      }
    }
  }

  /// The way from a pipeline over those that it follows back to itself.
  private func cycle(from pipeline: Pipeline) -> [Name]? {
    var way = [pipeline.name]
    var next = pipeline
    while case .run(let name, _) = next.trigger, let followed = project.pipelines[name] {
      way.append(name)
      if name == pipeline.name { return way.reversed() }
      guard way.count <= project.pipelines.count else { return nil }
      next = followed
    }
    return nil
  }

  private func diagnostics(of schedule: Schedule) -> [Diagnostic] {
    guard let (opened, node) = open(Project.path(ofSchedule: schedule.name)) else { return [] }
    var reading = opened
    guard let pipeline = project.pipeline(of: schedule.name) else {
      reading.report(
        "no pipeline is set going by `\(schedule.name)`", at: node?.mark(at: ["name"]),
        hint: "write `\"on\": { \"schedule\": \"\(schedule.name)\" }` in a pipeline",
        severity: .warning)
      return reading.diagnostics
    }
    let mark = node?.mark(at: ["parameters"]) ?? .start
    _ = ParameterCheck(pipeline: pipeline, given: schedule.parameters, mark: mark)
      .values(&reading)
    return reading.diagnostics
  }
}
