extension RunRecord {
  /// The part of an occasion that neither main nor the rest of the record tells again; a brief
  /// needs none of it, since its run can read the brief again.
  package struct Given: Hashable, Sendable {
    package let values: [String: JSONValue]
    package let inputs: [TaskInput]
    package let results: [TaskInput]

    package init(
      values: [String: JSONValue], inputs: [TaskInput] = [], results: [TaskInput] = []
    ) {
      self.values = values
      self.inputs = inputs
      self.results = results
    }
  }
}

extension RunRecord.Given {
  var json: JSONValue {
    [
      "values": .object(values), "inputs": .array(inputs.map(\.json)),
      "results": .array(results.map(\.json)),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      values: try fields.map("values", "an object") { $0 },
      inputs: try fields.objects("inputs", TaskInput.init),
      results: try fields.objects("results", TaskInput.init))
  }
}

extension RunPlan {
  /// What the run keeps of its occasion, so that it can be expanded once more.
  var given: RunRecord.Given? {
    guard occasion.kind != .brief, tasks.contains(where: { $0.fan != nil }) else { return nil }
    return RunRecord.Given(
      values: occasion.values, inputs: occasion.inputs, results: occasion.results)
  }
}

extension Occasion {
  /// The occasion of a run that is expanded once more at the commit of its last revision, which
  /// `project` is.
  package init(again run: RunRecord, in project: Project) throws(Expansion.Refusal) {
    guard let path = run.cause.file, let revision = run.revisions.last else {
      throw Expansion.Refusal([
        Diagnostic(file: run.cause.path, mark: nil, message: "no file asked for this run")
      ])
    }
    guard run.cause.kind != .brief else {
      self = try Occasion(brief: path, in: project)
      return
    }
    self.init(
      run.cause.kind, source: run.cause.path, file: PinnedFile(path: path, blob: revision.blob),
      pipeline: run.pipeline.name, title: run.title)
    (due, priority, budget) = (run.due, run.priority, run.budget)
    (parent, depth) = (run.cause.parent, run.cause.depth)
    parameters = run.parameters
    if let given = run.given {
      (values, inputs, results) = (given.values, given.inputs, given.results)
    }
  }
}
