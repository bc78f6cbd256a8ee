import Foundation
import HeadwayCore
import Testing

@testable import HeadwayExecutors

/// A real model, by hand: `HEADWAY_LIVE_MODEL=http://127.0.0.1:PORT/v1 swift test --filter Live`.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["HEADWAY_LIVE_MODEL"] != nil,
    "no HEADWAY_LIVE_MODEL: the chat adapter was not tried against a real model"))
struct LiveModelTests {
  private static func ask(
    _ order: (ExecutorSetup) throws -> WorkOrder
  ) async throws -> Outcome {
    let base = try #require(ProcessInfo.processInfo.environment["HEADWAY_LIVE_MODEL"])
    let endpoint = ChatEndpoint(
      id: "local/live", base: base, model: "smollm2-135m", key: nil, inputWindow: 2_048,
      outputWindow: 512,
      capabilities: .init(
        temperature: true, jsonSchema: true, seed: true, maximumTokensField: "max_tokens"),
      price: nil)
    let clock = ContinuousClock()
    let start = clock.now
    let outcome = await ModelAdapter(now: { Orders.now }).execute(
      try order(
        ChatRun.setup([.openAIChat(endpoint)], system: "You are brief.", maximumOutput: 200)),
      observer: RecordingObserver())
    print(
      "live:", clock.now - start,
      outcome.result.map { $0.mapValues { String(decoding: $0, as: UTF8.self) } })
    print("live:", outcome.report.usage as Any, outcome.report.cost as Any, outcome.logText)
    return outcome
  }

  @Test func answersInText() async throws {
    let outcome = try await Self.ask {
      try Orders.make($0, intent: "Say in one sentence what the capital of France is.")
    }
    // A small model may well not find an end: that is a well-formed failure.
    if outcome.failure?.kind != .truncated { #expect(try !outcome.text().isEmpty) }
    #expect((outcome.report.usage?.output ?? 0) > 0)
    #expect(outcome.report.cost == .zero(.usd))
  }

  @Test func answersUnderASchema() async throws {
    let schema: JSONValue = [
      "type": "object", "required": ["label", "urgent"], "additionalProperties": false,
      "properties": [
        "label": ["type": "string", "enum": ["damage", "delay", "other"]],
        "urgent": ["type": "boolean"],
      ],
    ]
    let outcome = try await Self.ask {
      try Orders.make(
        $0, intent: "Classify the message.",
        inputs: [Orders.input("files/message.txt", "The parcel arrived broken.")],
        outputs: ["label.json"], schemas: ["label.json": schema])
    }
    let value = try JSONValue.read(Array(try outcome.text("label.json").utf8))
    #expect(try JSONSchema(schema).findings(in: value).isEmpty)
  }

  @Test func saysWhenThePromptIsTooLong() async throws {
    let outcome = try await Self.ask {
      try Orders.make(
        $0, inputs: [Orders.input("files/long.txt", String(repeating: "word ", count: 3_000))])
    }
    #expect(outcome.failure?.kind == .invalidRequest)
  }
}
