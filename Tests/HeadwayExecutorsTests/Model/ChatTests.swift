import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayExecutors

@Suite struct ChatTests {
  @Test func countsWhatAReplyCosts() async throws {
    let (outcome, _) = try await ChatRun.ask([ChatBodies.success("A parcel.")])
    #expect(try outcome.text() == "A parcel.")
    #expect(
      outcome.report.usage
        == Usage(uncachedInput: 22, cacheRead: 20, cacheWrite: 10, output: 9, reasoning: 4))
    // 22 × 2.00 + 20 × 0.50 + 10 × 2.50 + 9 × 8.00, in millionths.
    #expect(outcome.report.cost == Money(micros: 151, currency: .usd))
    #expect(outcome.report.model == "openai/test")
    #expect(outcome.report.servedModel == "gpt-4.1-mini-2025-04-14")
    #expect(outcome.report.isolation == "remote")
    #expect(outcome.logText.contains("x-request-id: req_1\n"))
    #expect(!outcome.logText.contains("do not add up"))
  }

  @Test func sendsExactlyWhatTheModelIsKnownToAccept() async throws {
    let (_, requests) = try await ChatRun.ask([ChatBodies.success("x")])
    let request = try #require(requests.first)
    #expect(request.uri == "/v1/chat/completions")
    #expect(request.headers["authorization"] == "Bearer \(ChatRun.key)")
    #expect(request.headers["idempotency-key"] == "key-1.2.1")
    #expect(request.headers["content-type"] == "application/json")
    let order = try Orders.make(ChatRun.setup([]))
    let form = try #require(ReplyForm(order.outputs))
    guard case .model(let setup) = order.executor else { return }
    let prompt = Prompt(order, setup: setup, form: form)
    let expected: JSONValue = [
      "max_completion_tokens": 500,
      "messages": [
        ["role": "system", "content": .string(prompt.system)],
        ["role": "user", "content": .string(prompt.user)],
      ],
      "model": "test-model",
    ]
    #expect(request.body == String(decoding: expected.compact, as: UTF8.self))
  }

  @Test func sendsOptionalFieldsOnlyWhereTheyAreKnown() async throws {
    let schema: JSONValue = [
      "type": "object", "required": ["label"], "additionalProperties": false,
      "properties": ["label": ["enum": ["damage", "delay"]], "note": ["type": "string"]],
    ]
    let (outcome, requests) = try await ChatRun.ask(
      [ChatBodies.success(#"{"label":"damage","note":null}"#)], outputs: ["label.json"],
      schemas: ["label.json": schema],
      capabilities: .init(
        temperature: true, jsonSchema: true, seed: true, maximumTokensField: "max_tokens"))
    let body = try JSONValue.read(Array(try #require(requests.first).body.utf8))
    #expect(
      body.fields?.keys.sorted() == [
        "max_tokens", "messages", "model", "response_format", "seed", "temperature",
      ])
    #expect(body["max_tokens"] == 500)
    #expect(body["temperature"] == 0)
    #expect(
      body["response_format"] == [
        "type": "json_schema",
        "json_schema": [
          "name": "reply", "strict": true,
          "schema": [
            "type": "object", "required": ["label", "note"], "additionalProperties": false,
            "properties": [
              "label": ["enum": ["damage", "delay"]], "note": ["type": ["string", "null"]],
            ],
          ],
        ],
      ])
    // The null that only the portable form asked for is gone again.
    #expect(try outcome.text("label.json") == "{\n  \"label\": \"damage\"\n}\n")
  }

  @Test(
    arguments: [
      (ChatBodies.refusal, FailureClass.refused),
      (ChatBodies.success("cut", finish: "length"), .truncated),
      (ChatBodies.success("", finish: "content_filter"), .refused),
      (ChatBodies.success(" \n"), .badOutput),
      (ChatBodies.success("x", finish: "tool_calls"), .badOutput),
      (.answer(200, body: "{\"choices\":["), .badOutput),
      (.answer(200, body: "{\"choices\":[]}"), .badOutput),
      (.answer(200, body: "<html>"), .badOutput),
      (.answer(200, body: #"{"error":{"message":"overloaded"}}"#), .transient),
      (ChatBodies.error(400, code: "unsupported_parameter"), .invalidRequest),
      (ChatBodies.error(400, code: "context_length_exceeded"), .invalidRequest),
      (ChatBodies.error(400, code: "content_policy_violation"), .refused),
      (ChatBodies.error(401, code: "invalid_api_key"), .authentication),
      (ChatBodies.error(402), .budgetExhausted),
      (ChatBodies.error(403), .authentication),
      (ChatBodies.error(404, code: "model_not_found"), .invalidRequest),
      (ChatBodies.error(408), .transient), (ChatBodies.error(409), .transient),
      (ChatBodies.error(422), .invalidRequest),
      (ChatBodies.error(429, code: "rate_limit_exceeded"), .rateLimited),
      (ChatBodies.error(429, code: "insufficient_quota"), .budgetExhausted),
      (ChatBodies.error(500, type: "server_error"), .transient),
      (ChatBodies.error(500, headers: ["x-should-retry": "false"]), .invalidRequest),
      (ChatBodies.error(400, headers: ["x-should-retry": "true"]), .transient),
      (ChatBodies.error(503), .unavailable), (ChatBodies.error(529), .unavailable),
      (.answer(502, body: "<html>Bad gateway</html>"), .unavailable),
      (.answer(302, ["location": "http://127.0.0.1:1/"], body: ""), .invalidRequest),
      (.answer(418, body: ""), .invalidRequest),
      (.hangUp, .transient), (.flood, .badOutput),
    ] as [(LoopbackServer.Reply, FailureClass)])
  func classifiesWhatServersAnswer(reply: LoopbackServer.Reply, kind: FailureClass) async throws {
    let (outcome, requests) = try await ChatRun.ask([reply])
    #expect(outcome.failure?.kind == kind, "\(outcome.failure?.message ?? "")")
    #expect(requests.count == 1)
  }

  @Test func anUnansweredCallIsNotFree() async throws {
    let (late, _) = try await ChatRun.ask([.stall], wall: .milliseconds(400))
    #expect(late.failure?.kind == .timeout)
    #expect(late.report.cost == nil)
    let (free, _) = try await ChatRun.ask([.stall], wall: .milliseconds(400), free: true)
    #expect(free.report.cost == .zero(.usd))
    let (silent, _) = try await ChatRun.ask([ChatBodies.success("x", usage: "null")])
    #expect(try silent.text() == "x")
    #expect(silent.report.cost == nil)
    let (refused, _) = try await ChatRun.ask([ChatBodies.refusal])
    #expect(refused.report.cost == Money(micros: 176, currency: .usd))
    let (error, _) = try await ChatRun.ask([ChatBodies.error(500)])
    #expect(error.report.cost == .zero(.usd))
  }

  @Test func cancellationEndsTheCall() async throws {
    let server = try await LoopbackServer.start([.stall])
    let order = try Orders.make(ChatRun.setup([.openAIChat(ChatRun.endpoint(server.base))]))
    let task = Task {
      await ModelAdapter(now: { Orders.now }).execute(order, observer: RecordingObserver())
    }
    for await _ in server.arrivals { break }
    task.cancel()
    #expect(await task.value.failure?.kind == .cancelled)
    try await server.stop()
  }

  @Test func flagsCountsThatDoNotAddUp() async throws {
    let usage = #"{"prompt_tokens":52,"completion_tokens":9,"total_tokens":99}"#
    let (outcome, _) = try await ChatRun.ask([ChatBodies.success("x", usage: usage)])
    #expect(outcome.logText.contains("the counts do not add up"))
    #expect(ChatUsage(["prompt_tokens": -1, "completion_tokens": 2]) == nil)
  }

  @Test func readsHowLongToStayAway() async throws {
    let (outcome, _) = try await ChatRun.ask([
      ChatBodies.error(429, headers: ["retry-after": "20"])
    ])
    #expect(outcome.failure?.retryAfter == .seconds(20))
    func hint(_ headers: [String: String]) -> RetryHint {
      RetryHint(now: Orders.now) { headers[$0] }
    }
    #expect(hint(["retry-after-ms": "1500", "retry-after": "9"]).after == .milliseconds(1_500))
    #expect(hint(["retry-after": "0.5"]).after == .milliseconds(500))
    #expect(hint(["retry-after": "Wed, 18 Nov 2026 11:08:30 GMT"]).after != nil)
    #expect(hint(["retry-after": "soon"]).after == nil)
    #expect(hint(["retry-after": "-5"]).after == nil)
    #expect(
      RetryHint.date("Sun, 06 Nov 1994 08:49:37 GMT") == Instant(iso: "1994-11-06T08:49:37Z"))
  }

  @Test func neverShowsTheKey() async throws {
    let (outcome, _) = try await ChatRun.ask([
      ChatBodies.error(401, message: "Incorrect API key provided: \(ChatRun.key).")
    ])
    #expect(outcome.failure?.message.contains("provided: (secret).") == true)
    #expect(!outcome.logText.contains(ChatRun.key))
  }

  @Test func sendsAKeyOnlyWhereNobodyListens() throws {
    for base in ["http://example.org/v1", "http://127.0.0.1.example.org/v1", "ftp://localhost"] {
      #expect(throws: Failure.self) {
        try ChatConnection(endpoint: ChatRun.endpoint(base)).address()
      }
    }
    let secure = try ChatConnection(endpoint: ChatRun.endpoint("https://example.org/v1/"))
    #expect(try secure.address() == "https://example.org/v1/chat/completions")
  }

  @Test func refusesWhatCannotFitBeforeAnythingIsSpent() async throws {
    let (outcome, requests) = try await ChatRun.ask([ChatBodies.success("x")], inputWindow: 600)
    #expect(outcome.failure?.kind == .invalidRequest)
    #expect(outcome.failure?.message.contains("room for 100 of 600 beside a reply of 500") == true)
    #expect(requests.isEmpty)
  }

  @Test func mendsAnInvalidReplyOnceAndPaysForBoth() async throws {
    let (outcome, requests) = try await ChatRun.ask(
      [ChatBodies.success("{\"a\": 1,}"), ChatBodies.success("```json\n{\"a\": 1}\n```")],
      outputs: ["a.json"])
    #expect(try outcome.text("a.json") == "{\"a\": 1}\n")
    #expect(outcome.report.usage?.output == 18)
    #expect(outcome.report.cost == Money(micros: 302, currency: .usd))
    #expect(requests.map { $0.headers["idempotency-key"] } == ["key-1.2.1", "key-1.2.2"])
    let second = try JSONValue.read(Array(requests[1].body.utf8))
    #expect(
      second["messages"]?.elements?.map { $0["role"] } == [
        "system", "user", "assistant", "user",
      ])
    let (twice, _) = try await ChatRun.ask([ChatBodies.success("no")], outputs: ["a.json"])
    #expect(twice.failure?.kind == .badOutput)
    #expect(twice.report.usage?.output == 18)
  }

  @Test func takesSeveralOutputsFromOneObject() async throws {
    let (outcome, _) = try await ChatRun.ask(
      [ChatBodies.success(##"{"a.md":"# A","b.json":"[1]"}"##)], outputs: ["a.md", "b.json"])
    #expect(try outcome.text("a.md") == "# A")
    #expect(try outcome.text("b.json") == "[1]")
  }

  @Test func refusesOversizedReplies() async throws {
    let (outcome, requests) = try await ChatRun.ask(
      [ChatBodies.success("too long")], output: 7)
    #expect(outcome.failure?.kind == .badOutput)
    #expect(requests.count == 1)
  }
}

@Suite struct GoldenCostTests {
  @Test func aWholeRequestMovesToTheTierOfItsInput() throws {
    let price = try #require(
      ModelPrice(
        currency: .usd,
        tiers: [
          .init(above: 0, input: 1_000_000, cacheRead: 0, cacheWrite: 0, output: 6_000_000),
          .init(
            above: 272_000, input: 2_000_000, cacheRead: 0, cacheWrite: 0, output: 9_000_000),
        ]))
    #expect(price.cost(of: Usage(uncachedInput: 272_000, output: 10)).micros == 272_060)
    #expect(price.cost(of: Usage(uncachedInput: 272_001, output: 10)).micros == 544_092)
  }

  @Test func inputIncludesTheCacheAndOutputIncludesReasoning() throws {
    // The reporter's numbers of a price map that counted cached tokens twice.
    let json: JSONValue = [
      "prompt_tokens": 262_960, "completion_tokens": 1_744, "total_tokens": 264_704,
      "prompt_tokens_details": ["cached_tokens": 257_955],
      "completion_tokens_details": ["reasoning_tokens": 1_000],
    ]
    let usage = try #require(ChatUsage(json))
    #expect(!usage.isInconsistent)
    let price = try #require(
      ModelPrice(
        currency: .usd,
        tiers: [
          .init(
            above: 0, input: 1_250_000, cacheRead: 625_000, cacheWrite: 0, output: 10_000_000)
        ]))
    #expect(price.cost(of: usage.usage).micros == 184_919)
  }

  @Test func reservesTheDearestWayThatACallCanGo() throws {
    let endpoint = try ChatRun.endpoint("https://example.org")
    // 1,000 tokens written to the cache at 2.50, 500 of reply at 8.00.
    #expect(endpoint.worstCase(inputBytes: 3_000, maximumOutput: 500)?.micros == 6_500)
    let both = try #require(
      endpoint.worstCase(inputBytes: 3_000, maximumOutput: 500, repairing: true))
    #expect(both.micros > 2 * 6_500)
    #expect(
      try ChatRun.endpoint("x", free: true).worstCase(inputBytes: 9, maximumOutput: 9)
        == .zero(.usd))
  }
}
