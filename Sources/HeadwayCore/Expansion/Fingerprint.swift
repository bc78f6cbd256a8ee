/// What a task's work depends on; never due, priority or budget.
package struct Fingerprint: Hashable, Sendable {
  package var intent: String
  /// SHA-256 of the brief's body.
  package var body: Digest
  package var inputs: [TaskInput]
  package var executorFile: BlobID
  /// The tree of `executors/`, for commands.
  package var programs: TreeID?
  package var models: [ModelName]
  package var system: BlobID?
  /// Those that the task's own templates name.
  package var parameters: [String: JSONValue]

  package init(
    intent: String, body: Digest, inputs: [TaskInput], executorFile: BlobID,
    programs: TreeID? = nil, models: [ModelName] = [], system: BlobID? = nil,
    parameters: [String: JSONValue] = [:]
  ) {
    self.intent = intent
    self.body = body
    self.inputs = inputs
    self.executorFile = executorFile
    self.programs = programs
    self.models = models
    self.system = system
    self.parameters = parameters
  }

  package var digest: Digest {
    let files = inputs.flatMap { input in
      switch input {
      case .file(let path, let blob): ["file", path.text, blob.hex]
      case .recall(let query, let tokens): ["recall", query, String(tokens)]
      case .delivered(let attempt, let output, let blob):
        ["delivered", attempt.description, output, blob.hex]
      }
    }
    // Every list has its length in front, so that no entry can pass for one of the next list.
    return Digest(
      parts: ["task", intent, body.hex, String(inputs.count)] + files + [
        executorFile.hex, programs?.hex ?? "", String(models.count),
      ] + models.map(\.text) + [
        system?.hex ?? "", String(decoding: JSONValue.object(parameters).compact, as: UTF8.self),
      ])
  }
}
