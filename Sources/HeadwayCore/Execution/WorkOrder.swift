/// Everything an executor may know about an attempt; it sees no repository, ref or policy.
package struct WorkOrder: Sendable {
  package let attempt: AttemptID
  /// The idempotency key: the effect key of an external task, else the same for every retry
  /// of the same work.
  package let key: String
  package let intent: String
  /// The body of the brief, empty when something else caused the run.
  package let brief: String
  package let title: String
  package let parameters: [String: JSONValue]
  package let inputs: [Input]
  package let recalled: [Recalled]
  package let outputs: [DeclaredOutput]
  /// When the attempt must have ended.
  package let deadline: Instant
  package let limits: Limits
  package let executor: ExecutorSetup

  package init(
    attempt: AttemptID, key: String, intent: String, brief: String, title: String,
    parameters: [String: JSONValue], inputs: [Input], recalled: [Recalled],
    outputs: [DeclaredOutput], deadline: Instant, limits: Limits, executor: ExecutorSetup
  ) {
    self.attempt = attempt
    self.key = key
    self.intent = intent
    self.brief = brief
    self.title = title
    self.parameters = parameters
    self.inputs = inputs
    self.recalled = recalled
    self.outputs = outputs
    self.deadline = deadline
    self.limits = limits
    self.executor = executor
  }

  /// One input file: `brief.md`, `<task>/<output>`, `files/<path>`, `feedback.md`,
  /// `findings.md`.
  package struct Input: Hashable, Sendable {
    /// What was wrong with an earlier attempt; it quotes that attempt, so nothing can rest on it.
    package static let findings = "findings.md"

    package let name: String
    package let blob: BlobID
    package let bytes: [UInt8]

    package init(name: String, blob: BlobID, bytes: [UInt8]) {
      self.name = name
      self.blob = blob
      self.bytes = bytes
    }
  }

  /// One memory document that recall chose, in the order of its rank.
  package struct Recalled: Hashable, Sendable {
    package let path: FilePath
    package let blob: BlobID
    package let text: String

    package init(path: FilePath, blob: BlobID, text: String) {
      self.path = path
      self.blob = blob
      self.text = text
    }
  }

  /// An output that the task promises.
  package struct DeclaredOutput: Hashable, Sendable {
    package let name: String
    /// The JSON Schema that a JSON output must satisfy; models with native structured output
    /// are given it too.
    package let schema: JSONValue?
    /// Whether the task may end well without it.
    package let isOptional: Bool

    package init(name: String, schema: JSONValue?, isOptional: Bool = false) {
      self.name = name
      self.schema = schema
      self.isOptional = isOptional
    }
  }

  /// Bounds that the executor enforces on itself.
  package struct Limits: Hashable, Sendable {
    package var wall: Span
    /// Total bytes of all outputs.
    package var output: Int
    package var memory: Int?
    package var cpu: Span?
    /// Between being asked to end and being ended.
    package var grace: Span

    package init(
      wall: Span, output: Int, memory: Int? = nil, cpu: Span? = nil, grace: Span = .seconds(10)
    ) {
      self.grace = grace
      self.wall = wall
      self.output = output
      self.memory = memory
      self.cpu = cpu
    }
  }
}
