/// A file below `executors/`: who does the work of the tasks that name it.
package struct ExecutorFile: Hashable, Sendable {
  package static let folder = "executors/"

  package let name: Name
  package let effect: Effect
  /// Attempts at the same time; `nil` leaves it to the project's limit.
  package let concurrency: Int?
  /// Starts in a length of time; `nil` without such a bound.
  package let rate: Rate?
  package let kind: Kind

  package enum Kind: Hashable, Sendable {
    case command(CommandExecutor)
    case model(ModelExecutor)
    case person(role: Name)
  }

  package init(
    name: Name, effect: Effect = .none, concurrency: Int? = nil, rate: Rate? = nil, kind: Kind
  ) {
    self.name = name
    self.effect = effect
    self.concurrency = concurrency
    self.rate = rate
    self.kind = kind
  }

  /// The models that may serve, in order of preference.
  package var models: [ModelName] {
    if case .model(let model) = kind { model.models } else { [] }
  }

  package var isPerson: Bool {
    if case .person = kind { true } else { false }
  }
}

/// A program, its environment and its bounds.
package struct CommandExecutor: Hashable, Sendable {
  /// Program and arguments; never rendered, never passed through a shell.
  package var run: [String]
  /// What looks whether an effect of unknown fate happened; `nil` leaves that to a person.
  package var reconcile: [String]?
  package var environment: [String: EnvironmentValue]
  package var limits: Limits
  package var sandbox: CommandSetup.Sandbox

  package enum EnvironmentValue: Hashable, Sendable {
    case literal(String)
    /// The value of that variable, or secret of that name, where Headway runs.
    case from(String, isSecret: Bool)
  }

  package struct Limits: Hashable, Sendable {
    package var wall: Span?
    package var output: ByteCount?
    package var memory: ByteCount?
    package var cpu: Span?

    package init(
      wall: Span? = nil, output: ByteCount? = nil, memory: ByteCount? = nil, cpu: Span? = nil
    ) {
      self.wall = wall
      self.output = output
      self.memory = memory
      self.cpu = cpu
    }
  }

  package init(
    run: [String], environment: [String: EnvironmentValue] = [:], limits: Limits = Limits(),
    sandbox: CommandSetup.Sandbox = .none, reconcile: [String]? = nil
  ) {
    self.run = run
    self.reconcile = reconcile
    self.environment = environment
    self.limits = limits
    self.sandbox = sandbox
  }

  /// The variables and secrets that it takes from where Headway runs.
  package var variables: Set<String> {
    Set(
      environment.values.compactMap { value in
        if case .from(let name, _) = value { name } else { nil }
      })
  }

  /// The files below `executors/` that the command lines name.
  package var programs: [FilePath] {
    (run + (reconcile ?? [])).compactMap(FilePath.init(checked:)).filter {
      $0.isUnder(ExecutorFile.folder)
    }
  }
}

/// A chain of models and what stands above every prompt.
package struct ModelExecutor: Hashable, Sendable {
  package var models: [ModelName]
  package var system: FilePath?
  /// The most tokens of one reply.
  package var output: Int

  package init(models: [ModelName], system: FilePath? = nil, output: Int = 2_000) {
    self.models = models
    self.system = system
    self.output = output
  }
}
