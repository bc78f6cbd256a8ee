/// Makes a run of an occasion: a pure function of a commit's files and the run's identity.
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
    /// What there is too much of, if that stands in the way.
    package let excess: Excess?

    package init(_ diagnostics: [Diagnostic], excess: Excess? = nil) {
      self.diagnostics = diagnostics.sorted()
      self.excess = excess
    }

    /// More than a limit allows.
    package struct Excess: Hashable, Sendable {
      package let count: Int
      package let most: Int
      /// The field that holds the limit.
      package let limit: String
    }

    /// What the project knows of a file, or else `message`.
    init(_ path: FilePath, _ message: String, in project: Project) {
      let errors = project.errors(in: path.text)
      self.init(
        errors.isEmpty ? [Diagnostic(file: path.text, mark: nil, message: message)] : errors)
    }
  }

  /// A new run, whose id avoids those that are taken.
  package func expand(
    _ occasion: Occasion, isTaken: (RunID) -> Bool = { _ in false }
  ) throws(Refusal) -> RunPlan {
    guard let id = identity.id(isTaken: isTaken) else {
      throw Refusal([
        Diagnostic(file: occasion.file.path.text, mark: nil, message: "no run can have this name")
      ])
    }
    return try expand(occasion, as: id)
  }

  /// The plan of a run that has its id already: another revision of what asks for it.
  ///
  /// `lists` are those that tasks of the run have delivered, by the task that goes over them.
  package func expand(
    _ occasion: Occasion, as id: RunID, lists: [Name: DeliveredList] = [:]
  ) throws(Refusal) -> RunPlan {
    guard let settings = project.settings else {
      throw Refusal(project.errors(in: Settings.file))
    }
    let file = Project.path(ofPipeline: occasion.pipeline)
    guard let path = FilePath(checked: file), let blob = project.listing[path]?.blob else {
      throw Refusal([Diagnostic(file: file, mark: nil, message: "there is no such file")])
    }
    guard let pipeline = project.pipelines[occasion.pipeline] else {
      throw Refusal(path, "it could not be read", in: project)
    }
    let errors = project.errors(in: file)
    guard errors.isEmpty else { throw Refusal(errors) }
    var planner = TaskExpansion(
      project: project, settings: settings, pipeline: pipeline, occasion: occasion,
      scope: scope(of: occasion, run: id), parameters: occasion.parameters, programs: programs,
      lists: lists, reading: FileReading(path))
    let tasks = planner.tasks()
    guard !planner.reading.diagnostics.hasErrors else {
      throw Refusal(planner.reading.diagnostics, excess: planner.excess)
    }
    return RunPlan(
      id: id, slug: identity.slug, generation: identity.generation, occasion: occasion,
      pipelineFile: PinnedFile(path: path, blob: blob), tasks: tasks)
  }

  private func scope(of occasion: Occasion, run: RunID) -> Scope {
    var values = occasion.parameters.merging(occasion.values) { $1 }
    values["title"] = .string(occasion.title)
    values["slug"] = .string(identity.slug)
    values["run"] = .string(run.text)
    values["due"] = .optional(occasion.due?.description)
    values["brief"] = .string(occasion.body)
    return Scope(values)
  }
}

extension Expansion {
  /// A new run of a brief.
  package func expand(
    brief path: FilePath, isTaken: (RunID) -> Bool = { _ in false }
  ) throws(Refusal) -> RunPlan {
    guard project.settings != nil else { throw Refusal(project.errors(in: Settings.file)) }
    return try expand(Occasion(brief: path, in: project), isTaken: isTaken)
  }
}
