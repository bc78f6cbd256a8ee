internal import HeadwayCore

/// Turns an executor's file of the trusted state into what an adapter needs for one attempt.
struct ExecutorCatalogue: Sendable {
  let project: Project
  let secrets: SecretStore
  /// Under which secrets are recognised again without being known.
  let machineKey: RedactionKey
  /// Reads a blob of the trusted state as text.
  let text: @Sendable (BlobID) async throws(EngineError) -> String
  /// The folder that holds the exported `executors/` tree.
  let programs: @Sendable () async throws(EngineError) -> String

  /// An executor, ready for one attempt.
  struct Prepared: Sendable {
    let setup: ExecutorSetup
    /// Every secret value in it.
    let secrets: [SecretText]
    /// The secrets that it works with; for a model, by its name.
    let keys: [String: [IncidentRecord.Key]]
  }

  /// Why an attempt ends before anything ran.
  struct Refusal: Error, Sendable {
    let failure: Failure
    var outages: [Outage] = []
  }

  /// The place in `Prepared.keys` of what a command works with.
  static let command = ""

  /// The executor without the models that rest; a failure is the attempt's own.
  func setup(
    of name: Name, at time: Instant, without resting: Set<ModelName> = []
  ) async throws(EngineError) -> Result<Prepared, Refusal> {
    guard let file = project.executors[name] else {
      return .failure(.init(.invalidRequest, "there is no executor `\(name)` in force"))
    }
    switch file.kind {
    case .person: return .failure(.init(.internal, "`\(name)` is a person, not a program"))
    case .command(let command): return try await self.command(command, named: name)
    case .model(let model):
      return try await self.model(model, named: name, at: time, without: resting)
    }
  }

  /// The secret of that name as an incident may know it.
  func key(_ name: String) async -> IncidentRecord.Key {
    IncidentRecord.Key(
      name: name, value: await secrets.value(of: name), machineKey: machineKey.bytes)
  }

  private func command(
    _ file: CommandExecutor, named name: Name
  ) async throws(EngineError) -> Result<Prepared, Refusal> {
    var environment: [String: SecretText] = [:]
    var keys: [IncidentRecord.Key] = []
    for (variable, value) in file.environment.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .literal(let text): environment[variable] = SecretText(text, isSecret: false)
      case .from(let source, let isSecret):
        guard let text = await secrets.value(of: source) else {
          return .failure(missing(source, of: name.text))
        }
        if isSecret {
          keys.append(.init(name: source, value: text, machineKey: machineKey.bytes))
        }
        environment[variable] = SecretText(text, isSecret: isSecret)
      }
    }
    let setup = CommandSetup(
      name: name, arguments: file.run, programs: try await programs(), environment: environment,
      sandbox: file.sandbox)
    return .success(
      Prepared(
        setup: .command(setup), secrets: environment.values.filter(\.isSecret),
        keys: [Self.command: keys]))
  }

  /// A secret that nothing gives stops everybody who needs it, until something does.
  private func missing(_ source: String, of user: String) -> Refusal {
    let why = secrets.fault.map { "the secrets' file cannot be used: \($0)" }
    return Refusal(
      failure: Failure(
        .authentication,
        "`\(user)` needs \(source), which neither the environment nor the secrets' file "
          + "gives: headway doctor" + (why.map { " (\($0))" } ?? "")),
      outages: [
        Outage(
          scope: .key(source), kind: .authentication, cause: why ?? "a secret is not set",
          keys: [.init(name: source, value: nil, machineKey: machineKey.bytes)])
      ])
  }

  private func model(
    _ file: ModelExecutor, named name: Name, at time: Instant, without resting: Set<ModelName>
  ) async throws(EngineError) -> Result<Prepared, Refusal> {
    var chain: [ModelEndpoint] = []
    var secrets: [SecretText] = []
    var keys: [String: [IncidentRecord.Key]] = [:]
    for model in file.models where !resting.contains(model) {
      if model == .extractive {
        chain.append(.extractive)
        continue
      }
      switch await endpoint(of: model, at: time) {
      case .failure(let failure): return .failure(failure)
      case .success(let endpoint):
        chain.append(.openAIChat(endpoint))
        guard let key = endpoint.key, case .openAIChat(let chat) = project.models[model]?.provider,
          let source = chat.key?.from
        else { continue }
        secrets.append(key)
        keys[endpoint.id] = [
          .init(name: source, value: key.value, machineKey: machineKey.bytes)
        ]
      }
    }
    var system = ""
    if let path = file.system, let blob = project.listing[path]?.blob {
      system = try await text(blob)
    }
    let setup = ModelSetup(
      name: name, chain: chain, system: system, maximumOutput: file.output)
    return .success(Prepared(setup: .model(setup), secrets: secrets, keys: keys))
  }

  private func endpoint(
    of name: ModelName, at time: Instant
  ) async -> Result<ChatEndpoint, Refusal> {
    guard let file = project.models[name], case .openAIChat(let chat) = file.provider else {
      return .failure(.init(.invalidRequest, "there is no model `\(name)` in force"))
    }
    let price: ModelPrice?
    switch file.price(at: time) {
    case .free: price = nil
    case .priced(let known): price = known
    case .unknown:
      return .failure(.init(.invalidRequest, "`\(name)` has no price at \(time)"))
    }
    var key: SecretText?
    if let source = chat.key?.from {
      guard let value = await secrets.value(of: source) else {
        return .failure(missing(source, of: name.text))
      }
      key = SecretText(value, isSecret: true)
    }
    return .success(
      ChatEndpoint(
        id: name.text, base: chat.endpoint, model: chat.model, key: key,
        keyHeader: chat.key?.header, inputWindow: chat.inputWindow,
        outputWindow: chat.outputWindow, capabilities: chat.capabilities, price: price))
  }
}

extension ExecutorCatalogue.Refusal {
  init(_ kind: FailureClass, _ message: String) { self.init(failure: Failure(kind, message)) }
}
