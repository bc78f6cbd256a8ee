import HeadwayCore
import Synchronization
import Testing

@testable import HeadwayExecutors

@Suite struct ModelChainTests {
  private static func ask(
    _ first: LoopbackServer.Reply, deadline: Instant = Orders.now + .minutes(10)
  ) async throws -> (outcome: Outcome, second: Int) {
    let servers = [
      try await LoopbackServer.start([first]),
      try await LoopbackServer.start([ChatBodies.success("from the second")]),
    ]
    let chain = try servers.enumerated().map { index, server in
      ModelEndpoint.openAIChat(try ChatRun.endpoint(server.base, id: "vendor/\(index + 1)"))
    }
    let order = try Orders.make(ChatRun.setup(chain), deadline: deadline)
    let outcome = await ModelAdapter(now: { Orders.now }).execute(
      order, observer: RecordingObserver())
    for server in servers { try await server.stop() }
    return (outcome, servers[1].requests.count)
  }

  @Test(
    arguments: [
      (ChatBodies.error(503), "vendor/1 unavailable"),
      (ChatBodies.error(429, code: "insufficient_quota"), "vendor/1 budgetExhausted"),
      (ChatBodies.error(429, headers: ["retry-after": "3600"]), "vendor/1 rateLimited"),
    ] as [(LoopbackServer.Reply, String)])
  func fallsBackWhenAModelCannotServe(reply: LoopbackServer.Reply, fallback: String) async throws {
    let (outcome, _) = try await Self.ask(reply)
    #expect(try outcome.text() == "from the second")
    #expect(outcome.report.model == "vendor/2")
    #expect(outcome.report.fallbacks == [fallback])
  }

  @Test(arguments: [
    ChatBodies.refusal, ChatBodies.error(401), ChatBodies.error(400), ChatBodies.error(500),
    ChatBodies.error(429, headers: ["retry-after": "20"]), ChatBodies.error(429),
    ChatBodies.success("cut", finish: "length"), ChatBodies.success(""),
  ])
  func neverShopsForAnotherAnswer(reply: LoopbackServer.Reply) async throws {
    let (outcome, second) = try await Self.ask(reply)
    #expect(outcome.failure != nil)
    #expect(second == 0)
    #expect(outcome.report.fallbacks.isEmpty)
  }

  @Test func theOfflineModelStandsBelowAllOthers() async throws {
    let nowhere = try ChatRun.endpoint("http://127.0.0.1:1/v1", id: "vendor/1")
    let order = try Orders.make(
      ChatRun.setup([.openAIChat(nowhere), .extractive]), intent: "Summarise the notes.",
      inputs: [
        Orders.input(
          "files/notes.md",
          "The parcel arrived broken on Monday morning. The customer asked for her money back.")
      ],
      outputs: ["notes.md"])
    let outcome = await ModelAdapter(now: { Orders.now }).execute(
      order, observer: RecordingObserver())
    #expect(outcome.report.model == "builtin/extractive")
    #expect(outcome.report.fallbacks == ["vendor/1 unavailable"])
    #expect(outcome.report.cost == .zero(.usd))
  }

  @Test func anExhaustedChainEndsInItsLastFailure() async throws {
    let order = try Orders.make(
      ChatRun.setup([
        .openAIChat(ChatRun.endpoint("http://127.0.0.1:1/v1", id: "vendor/1")),
        .openAIChat(ChatRun.endpoint("http://127.0.0.1:1/v1", id: "vendor/2")),
      ]))
    let outcome = await ModelAdapter(now: { Orders.now }).execute(
      order, observer: RecordingObserver())
    #expect(outcome.failure?.kind == .unavailable)
    #expect(outcome.failure?.message.hasPrefix("vendor/2 cannot be reached") == true)
    #expect(outcome.report.fallbacks == ["vendor/1 unavailable"])
  }

  @Test func leavesADeadModelAloneAndProbesItOnce() {
    let breaker = CircuitBreaker()
    let start = Orders.now
    func rest(_ at: Instant) -> Instant? {
      breaker.rest(of: "m", at: at, probingUntil: at + .minutes(1))
    }
    let down = Failure(.unavailable, "down")
    for _ in 0..<3 {
      #expect(rest(start) == nil)
      breaker.note(down, of: "m", at: start)
    }
    #expect(rest(start + .seconds(29)) == start + .seconds(30))
    // One probe, and nobody else beside it.
    #expect(rest(start + .seconds(30)) == nil)
    #expect(rest(start + .seconds(31)) == start + .seconds(90))
    breaker.note(down, of: "m", at: start + .seconds(32))
    #expect(rest(start + .seconds(33)) == start + .seconds(62))
    #expect(rest(start + .seconds(62)) == nil)
    breaker.note(nil, of: "m", at: start + .seconds(63))
    #expect(rest(start + .seconds(63)) == nil)
    // A refusal is an answer; an empty account is a reason to stay away for long.
    breaker.note(Failure(.refused, "no"), of: "m", at: start)
    #expect(rest(start) == nil)
    breaker.note(Failure(.budgetExhausted, "empty"), of: "m", at: start)
    #expect(rest(start + .minutes(59)) == start + .minutes(60))
  }
}
