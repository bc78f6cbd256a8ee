internal import HeadwayCore

/// Turns an executor's file of the trusted state into what an adapter needs for one attempt.
struct ExecutorCatalogue: Sendable {
  let project: Project
  let secrets: SecretStore
  /// Reads a blob of the trusted state as text.
  let text: @Sendable (BlobID) async throws(EngineError) -> String
  /// The folder that holds the exported `executors/` tree.
  let programs: @Sendable () async throws(EngineError) -> String

  /// The setup, and every secret value in it; a failure is the attempt's own.
  func setup(
    of name: Name, at time: Instant
  ) async throws(EngineError) -> Result<(setup: ExecutorSetup, secrets: [SecretText]), Failure> {
    guard let file = project.executors[name] else {
      return .failure(Failure(.invalidRequest, "there is no executor `\(name)` in force"))
    }
    switch file.kind {
    case .person: return .failure(Failure(.internal, "`\(name)` is a person, not a program"))
    case .command(let command): return try await self.command(command, named: name)
    case .model(let model): return try await self.model(model, named: name, at: time)
    }
  }

  private func command(
    _ file: CommandExecutor, named name: Name
  ) async throws(EngineError) -> Result<(setup: ExecutorSetup, secrets: [SecretText]), Failure> {
    var environment: [String: SecretText] = [:]
    for (variable, value) in file.environment {
      switch value {
      case .literal(let text): environment[variable] = SecretText(text, isSecret: false)
      case .from(let source, let isSecret):
        guard let text = await secrets.value(of: source) else {
          return .failure(
            Failure(
              .authentication,
              "`\(name)` needs \(source), which neither the environment nor the secrets' file "
                + "gives: headway doctor"))
        }
        environment[variable] = SecretText(text, isSecret: isSecret)
      }
    }
    let setup = CommandSetup(
      name: name, arguments: file.run, programs: try await programs(), environment: environment,
      sandbox: file.sandbox)
    return .success((.command(setup), environment.values.filter(\.isSecret)))
  }

  private func model(
    _ file: ModelExecutor, named name: Name, at time: Instant
  ) async throws(EngineError) -> Result<(setup: ExecutorSetup, secrets: [SecretText]), Failure> {
    var chain: [ModelEndpoint] = []
    var secrets: [SecretText] = []
    for model in file.models {
      if model == .extractive {
        chain.append(.extractive)
        continue
      }
      switch await endpoint(of: model, at: time) {
      case .failure(let failure): return .failure(failure)
      case .success(let endpoint):
        chain.append(.openAIChat(endpoint))
        if let key = endpoint.key { secrets.append(key) }
      }
    }
    var system = ""
    if let path = file.system, let blob = project.listing[path]?.blob {
      system = try await text(blob)
    }
    let setup = ModelSetup(
      name: name, chain: chain, system: system, maximumOutput: file.output)
    return .success((.model(setup), secrets))
  }

  private func endpoint(
    of name: ModelName, at time: Instant
  ) async -> Result<ChatEndpoint, Failure> {
    guard let file = project.models[name], case .openAIChat(let chat) = file.provider else {
      return .failure(Failure(.invalidRequest, "there is no model `\(name)` in force"))
    }
    let price: ModelPrice?
    switch file.price(at: time) {
    case .free: price = nil
    case .priced(let known): price = known
    case .unknown:
      return .failure(Failure(.invalidRequest, "`\(name)` has no price at \(time)"))
    }
    var key: SecretText?
    if let source = chat.key?.from {
      guard let value = await secrets.value(of: source) else {
        return .failure(
          Failure(
            .authentication,
            "`\(name)` needs \(source), which neither the environment nor the secrets' file "
              + "gives: headway doctor"))
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
