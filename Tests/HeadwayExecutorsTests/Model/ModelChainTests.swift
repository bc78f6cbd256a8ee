import HeadwayCore
import HeadwayTestSupport
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

  @Test func sayWhatCouldNotServeAndHowItAnswered() async throws {
    let (outcome, _) = try await Self.ask(ChatBodies.error(402))
    let unserved = try #require(outcome.report.unserved.first)
    #expect(outcome.report.unserved.count == 1)
    #expect(unserved.model == "vendor/1")
    #expect(unserved.failure.kind == .budgetExhausted)
    #expect(unserved.status == 402)
    let (refused, _) = try await Self.ask(ChatBodies.error(401))
    #expect(refused.report.unserved.map(\.status) == [401])
    let (refusal, _) = try await Self.ask(ChatBodies.refusal)
    #expect(refusal.report.unserved.isEmpty)
  }

  /// What fails whatever it is asked has nothing to do with what it is asked.
  @Test func threeFailuresInARowAreTheModelsOwn() {
    let streak = FailureStreak()
    let bad = Failure(.transient, "500")
    func read(_ failure: Failure) -> FailureClass { streak.reading(failure, of: "m").kind }
    #expect([read(bad), read(bad), read(bad)] == [.transient, .transient, .unavailable])
    #expect(read(Failure(.timeout, "slow")) == .unavailable)
    // An answer of whatever kind ends the row; a cancelled call says nothing.
    #expect(read(Failure(.refused, "no")) == .refused)
    #expect([read(bad), read(bad)] == [.transient, .transient])
    #expect(read(Failure(.cancelled, "stop")) == .cancelled)
    #expect(read(bad) == .unavailable)
    streak.answered("m")
    #expect(read(bad) == .transient)
    #expect(streak.reading(bad, of: "n").kind == .transient)
  }
}
