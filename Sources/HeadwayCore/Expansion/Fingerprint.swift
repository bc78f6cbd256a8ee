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
  /// What conditions of later tasks read of its outputs, as `output:field`.
  package var fields: [String: ReadField]

  package init(
    intent: String, body: Digest, inputs: [TaskInput], executorFile: BlobID,
    programs: TreeID? = nil, models: [ModelName] = [], system: BlobID? = nil,
    parameters: [String: JSONValue] = [:], fields: [String: ReadField] = [:]
  ) {
    self.intent = intent
    self.body = body
    self.inputs = inputs
    self.executorFile = executorFile
    self.programs = programs
    self.models = models
    self.system = system
    self.parameters = parameters
    self.fields = fields
  }

  package var digest: Digest { parts.digest }

  package var parts: WorkParts {
    var parts = [
      "intent": Digest(of: intent.utf8).hex, "brief": body.hex, "executor": executorFile.hex,
    ]
    parts["programs"] = programs?.hex
    for (field, kind) in fields { parts["field \(field)"] = kind.rawValue }
    if !models.isEmpty { parts["models"] = models.map(\.text).joined(separator: ", ") }
    parts["system"] = system?.hex
    for input in inputs {
      switch input {
      case .file(let path, let blob): parts["file \(path)"] = blob.hex
      case .recall(let query, let tokens): parts["recall \(query)"] = String(tokens)
      case .delivered(let attempt, let output, let blob):
        parts["delivered \(attempt)/\(output)"] = blob.hex
      }
    }
    // A prompt shows its inputs in their order.
    if inputs.count > 1 { parts["order of inputs"] = Digest(parts: inputs.map(\.label)).hex }
    for (name, value) in parameters {
      let text = String(decoding: value.compact, as: UTF8.self)
      parts["parameter \(name)"] =
        text.utf8.count <= 64 ? text : Digest(of: text.utf8).hex
    }
    return WorkParts(parts)
  }
}

extension TaskInput {
  fileprivate var label: String {
    switch self {
    case .file(let path, _): "file \(path)"
    case .recall(let query, let tokens): "recall \(query) \(tokens)"
    case .delivered(let attempt, let output, _): "delivered \(attempt)/\(output)"
    }
  }
}
