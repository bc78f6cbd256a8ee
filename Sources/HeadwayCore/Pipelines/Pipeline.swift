/// A file below `pipelines/`: the graph of tasks that a cause expands into.
package struct Pipeline: Hashable, Sendable {
  package static let folder = "pipelines/"

  package let name: Name
  package let trigger: Trigger
  /// The folders on main that its proposals may write to, each with its final slash.
  package let publishes: [String]
  package let parameters: [Parameter]
  /// In the order of the file, which decides among equals.
  package let tasks: [TaskTemplate]
  package let compensations: [Compensation]
  package let limits: Limits

  package init(
    name: Name, trigger: Trigger = .briefs, publishes: [String] = [],
    parameters: [Parameter] = [], tasks: [TaskTemplate], compensations: [Compensation] = [],
    limits: Limits = Limits()
  ) {
    self.name = name
    self.trigger = trigger
    self.publishes = publishes
    self.parameters = parameters
    self.tasks = tasks
    self.compensations = compensations
    self.limits = limits
  }

  /// What its runs may cost; `nil` leaves it to the project.
  package struct Limits: Hashable, Sendable {
    package var runCost: Money?
    package var dayCost: Money?

    package init(runCost: Money? = nil, dayCost: Money? = nil) {
      self.runCost = runCost
      self.dayCost = dayCost
    }
  }

  package func task(_ name: Name) -> TaskTemplate? { tasks.first { $0.name == name } }

  package func compensation(_ name: Name) -> Compensation? {
    compensations.first { $0.name == name }
  }

  /// What sets the pipeline going.
  package enum Trigger: Hashable, Sendable {
    case briefs
    case paths(PathTrigger)
    case schedule(Name)
    case run(Name, when: RunEnd)
  }

  /// Changes of files on main that match a pattern.
  package struct PathTrigger: Hashable, Sendable {
    package let pattern: String
    /// A template over the file; changes with the same value are of one run.
    package let identity: String
    package let onChange: ChangeRule
    /// How long a file must stand still; `nil` takes the project's.
    package let settle: Span?

    package init(
      pattern: String, identity: String, onChange: ChangeRule = .ignore, settle: Span? = nil
    ) {
      self.pattern = pattern
      self.identity = identity
      self.onChange = onChange
      self.settle = settle
    }

    /// What the identity may name.
    package static let names = ["json", "path"]
  }

  /// What a change does to a run that has finished.
  package enum ChangeRule: String, Hashable, Sendable, CaseIterable { case ignore, rerun }

  package enum RunEnd: String, Hashable, Sendable, CaseIterable {
    case succeeded, failed
    /// Any end, a cancellation too.
    case finished

    package func includes(_ state: RunRecord.State) -> Bool {
      switch self {
      case .succeeded: state == .succeeded
      case .failed: state == .failed
      case .finished: state != .active
      }
    }
  }
}

/// A value that a brief may or must give.
package struct Parameter: Hashable, Sendable {
  package let name: String
  package let type: Kind
  /// `nil` makes it required.
  package let fallback: JSONValue?
  package let doc: String?

  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case string, integer, number, boolean, array

    package var noun: String {
      switch self {
      case .string: "text"
      case .integer: "an integer"
      case .number: "a number"
      case .boolean: "true or false"
      case .array: "a list of text"
      }
    }

    /// The value of `node` as this type, or `nil`; YAML without quotes takes the type asked for.
    package func value(of node: Node) -> JSONValue? {
      switch self {
      case .string: node.isNull ? nil : node.text.map(JSONValue.string)
      case .integer: node.integer.map { .integer($0) }
      case .boolean: node.flag.map(JSONValue.bool)
      case .number: number(of: node).map(JSONValue.number)
      case .array: texts(of: node)
      }
    }

    /// Whether a value that another pipeline's parameter has can be this one's.
    package func accepts(_ value: JSONValue) -> Bool {
      switch (self, value) {
      case (.string, .string), (.boolean, .bool), (.number, .number): true
      case (.integer, .number): value.integer != nil
      case (.array, .array(let elements)): elements.allSatisfy { $0.text != nil }
      default: false
      }
    }

    private func number(of node: Node) -> JSONNumber? {
      switch node.value {
      case .number(let number): number
      case .plain(let text): JSONNumber(text)
      default: nil
      }
    }

    private func texts(of node: Node) -> JSONValue? {
      guard let elements = node.elements else { return nil }
      let texts = elements.compactMap { $0.isNull ? nil : $0.text }
      return texts.count == elements.count ? .array(texts.map(JSONValue.string)) : nil
    }
  }

  package init(name: String, type: Kind, fallback: JSONValue? = nil, doc: String? = nil) {
    self.name = name
    self.type = type
    self.fallback = fallback
    self.doc = doc
  }
}

/// What undoes an external effect, as a task that is planned only when it is asked for.
package struct Compensation: Hashable, Sendable {
  package let name: Name
  package let executor: Name
  package let intent: String?
  package let once: String?
  package let risk: Risk?

  package init(name: Name, executor: Name, intent: String?, once: String?, risk: Risk?) {
    self.name = name
    self.executor = executor
    self.intent = intent
    self.once = once
    self.risk = risk
  }
}
