/// What the executor's file says, resolved from the trusted state for one attempt.
package enum ExecutorSetup: Sendable {
  case command(CommandSetup)
  case model(ModelSetup)
}

/// A command with its programs laid out and its environment resolved.
package struct CommandSetup: Sendable {
  package let name: Name
  /// Program and arguments; never rendered, never passed through a shell.
  package let arguments: [String]
  /// The absolute folder that holds the exported `executors/` tree, read-only.
  package let programs: String
  package let environment: [String: SecretText]
  package let sandbox: Sandbox

  package enum Sandbox: String, Hashable, Sendable { case none, bwrap }

  package init(
    name: Name, arguments: [String], programs: String, environment: [String: SecretText],
    sandbox: Sandbox
  ) {
    self.name = name
    self.arguments = arguments
    self.programs = programs
    self.environment = environment
    self.sandbox = sandbox
  }
}

/// A text that may be a secret; its description never shows it.
package struct SecretText: Hashable, Sendable, CustomStringConvertible {
  package let value: String
  package let isSecret: Bool

  package init(_ value: String, isSecret: Bool) {
    self.value = value
    self.isSecret = isSecret
  }

  package var description: String { isSecret ? "(secret)" : value }
}

/// A model executor: its chain, in order of preference, and what stands above every prompt.
package struct ModelSetup: Sendable {
  package let name: Name
  package let chain: [ModelEndpoint]
  package let system: String
  /// The most tokens that the reply may have.
  package let maximumOutput: Int

  package init(name: Name, chain: [ModelEndpoint], system: String, maximumOutput: Int) {
    self.name = name
    self.chain = chain
    self.system = system
    self.maximumOutput = maximumOutput
  }
}

/// One model of a chain, as its catalogue file describes it.
package enum ModelEndpoint: Sendable {
  /// Deterministic, offline, free of charge.
  case extractive
  case openAIChat(ChatEndpoint)

  package var id: String {
    switch self {
    case .extractive: "builtin/extractive"
    case .openAIChat(let endpoint): endpoint.id
    }
  }
}

/// A server that speaks OpenAI's chat completions.
package struct ChatEndpoint: Sendable {
  /// The catalogue's name, which the ledger records.
  package let id: String
  /// The base address, such as `https://api.example.org/v1`; `/chat/completions` is appended.
  package let base: String
  /// What goes into the request's `model`.
  package let model: String
  /// `nil` for a local server that asks for none.
  package let key: SecretText?
  /// The header that carries the key alone; `nil` for `Authorization` with `Bearer` in front.
  package let keyHeader: String?
  package let inputWindow: Int
  package let outputWindow: Int
  package let capabilities: Capabilities
  /// `nil` for a model that is declared free; an unknown price never gets this far.
  package let price: ModelPrice?

  package struct Capabilities: Hashable, Sendable {
    package var temperature: Bool
    package var jsonSchema: Bool
    package var seed: Bool
    /// `max_completion_tokens`, or `max_tokens` for servers that know only the older name.
    package var maximumTokensField: String

    package init(
      temperature: Bool = false, jsonSchema: Bool = false, seed: Bool = false,
      maximumTokensField: String = "max_completion_tokens"
    ) {
      self.temperature = temperature
      self.jsonSchema = jsonSchema
      self.seed = seed
      self.maximumTokensField = maximumTokensField
    }
  }

  package init(
    id: String, base: String, model: String, key: SecretText?, keyHeader: String? = nil,
    inputWindow: Int, outputWindow: Int, capabilities: Capabilities, price: ModelPrice?
  ) {
    self.id = id
    self.base = base
    self.model = model
    self.key = key
    self.keyHeader = keyHeader
    self.inputWindow = inputWindow
    self.outputWindow = outputWindow
    self.capabilities = capabilities
    self.price = price
  }
}

/// Prices in force at one date, in millionths of the currency's unit per million tokens.
package struct ModelPrice: Hashable, Sendable {
  package let currency: Currency
  package let tiers: [Tier]

  /// One row; it holds for a whole request whose input is larger than `above`.
  package struct Tier: Hashable, Sendable {
    package let above: Int64
    package let input: Int64
    package let cacheRead: Int64
    package let cacheWrite: Int64
    package let output: Int64

    package init(above: Int64, input: Int64, cacheRead: Int64, cacheWrite: Int64, output: Int64) {
      self.above = above
      self.input = input
      self.cacheRead = cacheRead
      self.cacheWrite = cacheWrite
      self.output = output
    }
  }

  /// Tiers are sorted by `above`; the first must start at zero.
  package init?(currency: Currency, tiers: [Tier]) {
    let sorted = tiers.sorted { $0.above < $1.above }
    guard sorted.first?.above == 0 else { return nil }
    self.currency = currency
    self.tiers = sorted
  }

  /// What `usage` costs, rounded up to the next millionth; the tier is chosen by total input.
  package func cost(of usage: Usage) -> Money {
    let tier = tiers.last { usage.totalInput > $0.above } ?? tiers[0]
    let parts: [(Int64, Int64)] = [
      (usage.uncachedInput, tier.input), (usage.cacheRead, tier.cacheRead),
      (usage.cacheWrite, tier.cacheWrite), (usage.output, tier.output),
    ]
    // Micros per million tokens times tokens gives millionths of a micro.
    let total = parts.reduce(Int64(0)) { sum, part in
      let (product, overflow) = part.0.multipliedReportingOverflow(by: part.1)
      let (next, carry) = sum.addingReportingOverflow(overflow ? .max : product)
      return carry ? .max : next
    }
    let micros = total == .max ? total : (total + 999_999) / 1_000_000
    return Money(micros: micros, currency: currency)
  }
}
