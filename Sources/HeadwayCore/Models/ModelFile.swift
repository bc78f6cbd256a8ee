/// The catalogue's name of a model, such as `builtin/extractive`.
package struct ModelName: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let text: String

  package init?(_ text: String) {
    guard (1...128).contains(text.utf8.count) else { return nil }
    for part in text.split(separator: "/", omittingEmptySubsequences: false) {
      guard let first = part.utf8.first, Self.isPlain(first),
        part.utf8.allSatisfy({ Self.isPlain($0) || "._:-".utf8.contains($0) })
      else { return nil }
    }
    self.text = text
  }

  private init(trusted text: String) { self.text = text }

  /// Deterministic, offline, free of charge; needs no file.
  package static let extractive = ModelName(trusted: "builtin/extractive")

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  package static func < (left: ModelName, right: ModelName) -> Bool { left.text < right.text }
  package var description: String { text }
}

/// A file below `models/`: where a model is served, what it can do and what it costs.
package struct ModelFile: Hashable, Sendable {
  package static let folder = "models/"

  package let name: ModelName
  package let provider: Provider

  package enum Provider: Hashable, Sendable {
    case builtin
    case openAIChat(OpenAIChat)
  }

  package struct OpenAIChat: Hashable, Sendable {
    /// The base address; `/chat/completions` is appended.
    package var endpoint: String
    /// What goes into the request's `model`.
    package var model: String
    package var key: Key?
    package var inputWindow: Int
    package var outputWindow: Int
    package var capabilities: ChatEndpoint.Capabilities
    /// Whether replies can carry the probabilities of their tokens.
    package var logprobs: Bool
    /// Empty for a model whose price nobody has written down.
    package var prices: [PricePeriod]
    /// Whether calls are declared to cost nothing.
    package var isFree: Bool

    package init(
      endpoint: String, model: String, key: Key? = nil, inputWindow: Int, outputWindow: Int,
      capabilities: ChatEndpoint.Capabilities = ChatEndpoint.Capabilities(),
      logprobs: Bool = false, prices: [PricePeriod] = [], isFree: Bool = false
    ) {
      self.endpoint = endpoint
      self.model = model
      self.key = key
      self.inputWindow = inputWindow
      self.outputWindow = outputWindow
      self.capabilities = capabilities
      self.logprobs = logprobs
      self.prices = prices
      self.isFree = isFree
    }
  }

  package init(name: ModelName, provider: Provider) {
    self.name = name
    self.provider = provider
  }

  /// How a request proves who sends it.
  package struct Key: Hashable, Sendable {
    /// The variable or secret that holds the key.
    package var from: String
    /// The header that carries it, `Authorization` with `Bearer` in front unless named.
    package var header: String?
  }

  /// Prices that hold from one moment to another.
  package struct PricePeriod: Hashable, Sendable {
    package var from: Instant
    package var to: Instant?
    package var price: ModelPrice
    package var source: String?

    package func contains(_ instant: Instant) -> Bool {
      from <= instant && to.map { instant < $0 } ?? true
    }
  }

  /// What is known about a call's price at one moment.
  package enum KnownPrice: Hashable, Sendable {
    case free
    case priced(ModelPrice)
    /// Nobody has written it down, so nothing may be spent.
    case unknown
  }

  package func price(at instant: Instant) -> KnownPrice {
    guard case .openAIChat(let chat) = provider else { return .free }
    if chat.isFree { return .free }
    return chat.prices.last { $0.contains(instant) }.map { .priced($0.price) } ?? .unknown
  }
}
