/// Makes a run of a brief: a pure function of a commit's files and the run's identity.
package struct Expansion: Sendable {
  package let project: Project
  package let identity: RunIdentity
  /// The tree of `executors/` in force, `nil` when there is none.
  package let programs: TreeID?

  package init(project: Project, identity: RunIdentity, programs: TreeID?) {
    self.project = project
    self.identity = identity
    self.programs = programs
  }

  /// Why no run came of it: everything that a person has to mend, sorted.
  package struct Refusal: Error, Hashable, Sendable {
    package let diagnostics: [Diagnostic]

    package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics.sorted() }
  }

  /// A new run, whose id avoids those that are taken.
  package func expand(
    brief path: FilePath, isTaken: (RunID) -> Bool = { _ in false }
  ) throws(Refusal) -> RunPlan {
    guard let id = identity.id(isTaken: isTaken) else {
      throw Refusal([Diagnostic(file: path.text, mark: nil, message: "no run can have this name")])
    }
    return try expand(brief: path, as: id)
  }

  /// The plan of a run that has its id already: another revision of its brief.
  package func expand(brief path: FilePath, as id: RunID) throws(Refusal) -> RunPlan {
    guard let settings = project.settings else {
      throw Refusal(project.errors(in: Settings.file))
    }
    guard let brief = project.briefs[path], let briefBlob = project.listing[path]?.blob else {
      let errors = project.errors(in: path.text)
      throw Refusal(
        errors.isEmpty
          ? [Diagnostic(file: path.text, mark: nil, message: "there is no such brief")] : errors)
    }
    var reading = FileReading(path)
    guard
      let parameters = BriefCheck(brief: brief, project: project)
        .parameters(&reading), let pipeline = project.pipelines[brief.pipeline]
    else {
      let known = project.errors(in: path.text)
      throw Refusal(known.isEmpty ? reading.diagnostics : known)
    }
    let file = Project.path(ofPipeline: pipeline.name)
    guard let pipelinePath = FilePath(checked: file), let blob = project.listing[pipelinePath]?.blob
    else { throw Refusal([Diagnostic(file: file, mark: nil, message: "there is no such file")]) }
    let errors = project.errors(in: file)
    guard errors.isEmpty else { throw Refusal(errors) }
    let scope = scope(brief: brief, parameters: parameters, run: id)
    var planner = TaskExpansion(
      project: project, settings: settings, pipeline: pipeline, brief: brief, scope: scope,
      parameters: parameters, programs: programs, reading: FileReading(pipelinePath))
    let tasks = planner.tasks()
    guard !planner.reading.diagnostics.hasErrors else {
      throw Refusal(planner.reading.diagnostics)
    }
    return RunPlan(
      id: id, slug: identity.slug, generation: identity.generation, pipeline: pipeline.name,
      pipelineFile: PinnedFile(path: pipelinePath, blob: blob),
      brief: PinnedFile(path: path, blob: briefBlob), title: brief.title, body: brief.body,
      parameters: parameters, priority: brief.priority, due: brief.due, budget: brief.budget,
      tasks: tasks)
  }

  private func scope(brief: Brief, parameters: [String: JSONValue], run: RunID) -> Scope {
    var values = parameters
    values["title"] = .string(brief.title)
    values["slug"] = .string(identity.slug)
    values["run"] = .string(run.text)
    values["due"] = .optional(brief.due?.description)
    values["brief"] = .string(brief.body)
    return Scope(values)
  }
}
