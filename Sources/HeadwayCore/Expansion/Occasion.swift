/// What sets a run going, whatever its kind: all that an expansion needs to know of it.
package struct Occasion: Hashable, Sendable {
  package let kind: RunRecord.Cause.Kind
  /// What the run's identity hangs on: a brief's path, `<pipeline>:<identity>`,
  /// `<schedule>:<nominal instant>` or `<pipeline>:<causing run>`.
  package let source: String
  /// The file on main that asks for the run.
  package let file: PinnedFile
  package let pipeline: Name
  package let title: String
  /// The words of a brief; nothing else has any.
  package var body = ""
  package var due: Instant?
  package var priority = 50
  package var budget: Money?
  /// Every parameter of the pipeline.
  package var parameters: [String: JSONValue] = [:]
  /// What templates may name besides parameters.
  package var values: [String: JSONValue] = [:]
  /// What each task reads besides its own inputs.
  package var inputs: [TaskInput] = []
  /// What the run that caused this one delivered, in the order of its tasks.
  package var results: [TaskInput] = []
  /// The run that caused this one, and how many stand between it and people's own doing.
  package var parent: RunID?
  package var depth = 0

  package init(
    _ kind: RunRecord.Cause.Kind, source: String, file: PinnedFile, pipeline: Name, title: String
  ) {
    self.kind = kind
    self.source = source
    self.file = file
    self.pipeline = pipeline
    self.title = title
    values["cause"] = ["kind": .string(kind.rawValue), "path": .text(file.path)]
  }

  /// Why nothing may come of it, however sound its files are.
  package func refusal(by limits: Settings.Limits) -> String? {
    guard depth > limits.depth else { return nil }
    return "\(file.path): \(depth) runs in a row have set each other going, and `depth` allows "
      + "\(limits.depth); `\(source)` was not started"
  }
}

extension Occasion {
  /// What the causing run delivered under a name, written `article.md` or `edit/article.md`; the
  /// last of several.
  func result(_ name: String) -> TaskInput? {
    results.last { result in
      guard case .delivered(let attempt, let output, _) = result else { return false }
      return output == name || "\(attempt.task.task)/\(output)" == name
    }
  }

  /// A brief as it stands in `project`.
  package init(brief path: FilePath, in project: Project) throws(Expansion.Refusal) {
    guard let brief = project.briefs[path], let blob = project.listing[path]?.blob else {
      throw Expansion.Refusal(path, "there is no such brief", in: project)
    }
    var reading = FileReading(path)
    guard let parameters = BriefCheck(brief: brief, project: project).parameters(&reading) else {
      let known = project.errors(in: path.text)
      throw Expansion.Refusal(known.isEmpty ? reading.diagnostics : known)
    }
    self.init(
      .brief, source: path.text, file: PinnedFile(path: path, blob: blob),
      pipeline: brief.pipeline, title: brief.title)
    body = brief.body
    (due, priority, budget) = (brief.due, brief.priority, brief.budget)
    self.parameters = parameters
  }

  /// A nominal instant of a schedule, as the schedule stands in `project`.
  package init(
    _ schedule: Schedule, at nominal: Instant, in project: Project
  ) throws(Expansion.Refusal) {
    let text = Project.path(ofSchedule: schedule.name)
    guard let path = FilePath(checked: text), let blob = project.listing[path]?.blob else {
      throw Expansion.Refusal([Diagnostic(file: text, mark: nil, message: "there is no such file")])
    }
    guard let pipeline = project.pipeline(of: schedule.name) else {
      throw Expansion.Refusal(path, "no pipeline that is without errors names it", in: project)
    }
    var reading = FileReading(path)
    let mark = project.nodes[path]?.mark ?? .start
    guard
      let parameters = ParameterCheck(
        pipeline: pipeline, given: schedule.parameters, mark: mark
      ).values(&reading)
    else { throw Expansion.Refusal(reading.diagnostics) }
    let local = schedule.zone.local(nominal).description
    let cause: JSONValue = [
      "kind": "schedule", "path": .text(path), "schedule": .text(schedule.name),
      "instant": .text(nominal), "date": .string(String(local.prefix(10))),
      "time": .string(String(local.dropFirst(11).prefix(5))),
    ]
    var title = schedule.name.text
    if let template = schedule.title {
      do { title = try Template(template).render(in: Scope(["cause": cause])) } catch {
        let place = project.nodes[path]?.mark(at: ["title"])
        reading.report("`title`: \(error.message)", at: place, hint: error.hint)
        throw Expansion.Refusal(reading.diagnostics)
      }
    }
    self.init(
      .schedule, source: "\(schedule.name):\(nominal.short)",
      file: PinnedFile(path: path, blob: blob), pipeline: pipeline.name, title: title)
    due = schedule.due.map { nominal + $0 }
    (priority, budget) = (schedule.priority, schedule.budget)
    self.parameters = parameters
    values["cause"] = cause
  }
}

extension Occasion {
  /// A file on main that matches the trigger of `pipeline`; `json` is what it holds, if it holds
  /// JSON.
  package init(
    _ file: PinnedFile, identity: String, of pipeline: Pipeline, json: JSONValue?,
    origin: IntakeRecord.WaitingChange.Origin?
  ) throws(Expansion.Refusal) {
    self.init(
      .paths, source: "\(pipeline.name):\(identity)", file: file, pipeline: pipeline.name,
      title: "\(pipeline.name) \(identity)")
    parameters = try Self.fallbacks(of: pipeline, for: file.path)
    values["json"] = json
    inputs = [.file(path: file.path, blob: file.blob)]
    if let origin { (parent, depth) = (origin.run, origin.depth + 1) }
  }

  /// The end of `run`, which sets `pipeline` going.
  package init(
    endOf run: BoardRun, for pipeline: Pipeline, in project: Project
  ) throws(Expansion.Refusal) {
    let text = Project.path(ofPipeline: pipeline.name)
    guard let path = FilePath(checked: text), let blob = project.listing[path]?.blob else {
      throw Expansion.Refusal([Diagnostic(file: text, mark: nil, message: "there is no such file")])
    }
    let record = run.record
    self.init(
      .run, source: "\(pipeline.name):\(record.id)", file: PinnedFile(path: path, blob: blob),
      pipeline: pipeline.name, title: record.title)
    priority = record.priority
    parameters = try Self.fallbacks(of: pipeline, for: path) { parameter in
      record.parameters[parameter.name].flatMap { parameter.type.accepts($0) ? $0 : nil }
    }
    results = run.tasksInOrder.flatMap { task in
      let number = task.record.accepted ?? task.record.attempts.count
      let attempt = AttemptID(task: task.record.id, number: max(1, number))
      return task.record.standing.sorted { $0.key < $1.key }.map { output, blob in
        TaskInput.delivered(attempt, output: output, blob: blob)
      }
    }
    (parent, depth) = (record.id, record.cause.depth + 1)
    values["cause"] = [
      "kind": "run", "path": .text(path), "run": .text(record.id), "title": .string(record.title),
      "pipeline": .text(record.pipeline.name), "state": .string(record.state.rawValue),
    ]
  }

  /// What nobody gives has to have a default.
  private static func fallbacks(
    of pipeline: Pipeline, for path: FilePath,
    given: (Parameter) -> JSONValue? = { _ in nil }
  ) throws(Expansion.Refusal) -> [String: JSONValue] {
    var values: [String: JSONValue] = [:]
    for parameter in pipeline.parameters {
      guard let value = given(parameter) ?? parameter.fallback else {
        throw Expansion.Refusal([
          Diagnostic(
            file: path.text, mark: nil,
            message: "`\(parameter.name)` of `\(pipeline.name)` has no value here",
            hint: "give it a `default`")
        ])
      }
      values[parameter.name] = value
    }
    return values
  }
}

extension Instant {
  /// `2026-11-23T10:15Z`; whole only for instants that are whole minutes.
  package var short: String {
    milliseconds % 60_000 == 0 ? "\(description.prefix(16))Z" : description
  }

  /// Reads what `short` writes.
  package init?(short text: String) {
    let isWhole = text.utf8.count == 17 && text.hasSuffix("Z")
    self.init(iso: isWhole ? "\(text.dropLast()):00Z" : text)
  }
}

extension Project {
  /// The pipeline that a schedule sets going.
  package func pipeline(of schedule: Name) -> Pipeline? {
    pipelines.values.filter { $0.trigger == .schedule(schedule) }.min { $0.name < $1.name }
  }

  /// The pipelines that changes of files set going, by name.
  package var pathTriggers: [(pipeline: Pipeline, trigger: Pipeline.PathTrigger)] {
    pipelines.values.sorted { $0.name < $1.name }.compactMap { pipeline in
      guard case .paths(let trigger) = pipeline.trigger else { return nil }
      return (pipeline, trigger)
    }
  }

  /// The pipelines that the end of `run` sets going, by name.
  package func followers(of run: RunRecord) -> [Pipeline] {
    pipelines.values.sorted { $0.name < $1.name }.filter { pipeline in
      guard case .run(let name, let end) = pipeline.trigger else { return false }
      return name == run.pipeline.name && end.includes(run.state)
    }
  }
}
