import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayExecutors

/// A model's adapter in front of servers on this machine.
struct ChatRun {
  static let key = "sk-test-1234567890"

  /// $2.00, $0.50, $2.50 and $8.00 per million tokens.
  static var price: ModelPrice {
    get throws {
      try #require(
        ModelPrice(
          currency: .usd,
          tiers: [
            .init(
              above: 0, input: 2_000_000, cacheRead: 500_000, cacheWrite: 2_500_000,
              output: 8_000_000)
          ]))
    }
  }

  static func endpoint(
    _ base: String, id: String = "openai/test", inputWindow: Int = 100_000,
    capabilities: ChatEndpoint.Capabilities = .init(), free: Bool = false
  ) throws -> ChatEndpoint {
    ChatEndpoint(
      id: id, base: base, model: "test-model", key: SecretText(key, isSecret: true),
      inputWindow: inputWindow, outputWindow: 4_000, capabilities: capabilities,
      price: free ? nil : try price)
  }

  static func setup(
    _ chain: [ModelEndpoint], system: String = "Be brief.", maximumOutput: Int = 500
  ) throws -> ExecutorSetup {
    .model(
      ModelSetup(
        name: try #require(Name("writer")), chain: chain, system: system,
        maximumOutput: maximumOutput))
  }

  /// One model that answers with these replies, asked once.
  static func ask(
    _ replies: [LoopbackServer.Reply], outputs: [String] = ["out.txt"],
    schemas: [String: JSONValue] = [:], capabilities: ChatEndpoint.Capabilities = .init(),
    inputWindow: Int = 100_000, wall: Span = .seconds(20), output: Int = 1 << 20,
    free: Bool = false
  ) async throws -> (outcome: Outcome, requests: [LoopbackServer.Request]) {
    let server = try await LoopbackServer.start(replies)
    let endpoint = try endpoint(
      server.base, inputWindow: inputWindow, capabilities: capabilities, free: free)
    let order = try Orders.make(
      setup([.openAIChat(endpoint)]), outputs: outputs, schemas: schemas, wall: wall,
      output: output)
    let outcome = await ModelAdapter(now: { Orders.now }).execute(
      order, observer: RecordingObserver())
    try await server.stop()
    return (outcome, server.requests)
  }
}
