import Git
import Glibc
import HeadwayCore
import HeadwayExecutors
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Whole ticks over models behind a real server that answers as vendors do on bad days.
@Suite(.timeLimit(.minutes(10))) struct BreakerTests {
  static let key = "sk-ant-0123456789abcdefghijx7Q"

  private func shop(
    _ servers: [LoopbackServer], secrets: [String: String] = ["ACME_KEY": key]
  ) async throws -> Workshop {
    var files = ["pipelines/think.json": Self.pipeline]
    for (index, server) in servers.enumerated() {
      files["models/m\(index).json"] = """
        { "name": "m\(index)", "provider": "openai-chat", "endpoint": "\(server.base)",
          "key": { "from": "ACME_KEY" }, "free": true,
          "windows": { "input": 100000, "output": 1000 } }

        """
    }
    let chain = servers.indices.map { "\"m\($0)\"" }.joined(separator: ", ")
    files["executors/thinker.json"] = """
      { "name": "thinker", "kind": "model", "models": [\(chain)], "output": 500 }

      """
    // Real time: the adapter has its own deadlines to keep.
    return try await Workshop(
      secrets: secrets, adding: files, models: ModelAdapter(now: { Workshop.start }))
  }

  private static let pipeline = """
    { "name": "think", "tasks": {
        "one": { "executor": "thinker", "outputs": { "one.md": {} } },
        "two": { "executor": "thinker", "outputs": { "two.md": {} } },
        "three": { "executor": "thinker", "outputs": { "three.md": {} } } } }

    """

  private static let tasks = ["n/one", "n/two", "n/three"]

  private func states(_ shop: Workshop) async throws -> [String] {
    var states: [String] = []
    for task in Self.tasks { states.append(try await shop.task(task).record.state.rawValue) }
    return states
  }

  @Test func aDeadKeyIsOneIncidentUntilTheSecretChanges() async throws {
    let server = try await LoopbackServer.start([ChatBodies.error(401, message: Self.key)])
    let shop = try await shop([server], secrets: [:])
    try write("ACME_KEY=\(Self.key)\n", to: shop.secretsFile)
    try await shop.submit("n", Project.brief("think", "News"))
    #expect(try await states(shop) == ["pending", "pending", "pending"])
    let board = try await shop.board()
    let incident = try #require(board.incidents.values.first)
    #expect(board.incidents.count == 1)
    #expect(incident.scope == .key("ACME_KEY"))
    #expect(incident.reason.hasPrefix("thinker: m0 401 since "))
    #expect(incident.reason.hasSuffix(", key ACME_KEY ends …x7Q"))
    let asked = server.requests.count
    #expect(asked == 2, "two places, and nobody after them")
    for _ in 0..<3 { try await shop.tick() }
    #expect(server.requests.count == asked)
    let view = try await LedgerView.open(try await Site.find(from: shop.repository.path))
    let reasons = try #require(try await view.plan(at: shop.clock.now)).reasons
    #expect(reasons.values.map(\.code) == [.breaker, .breaker, .breaker])
    try await requireNothing(of: Self.key, in: shop)

    server.answer(with: [ChatBodies.success("It works.")])
    try write("ACME_KEY=another-key-of-some-length\n", to: shop.secretsFile)
    try await shop.tick()
    #expect(try await states(shop) == ["succeeded", "succeeded", "succeeded"])
    #expect(try await shop.board().incidents.isEmpty)
    #expect(try await shop.log("%s").contains { $0.contains("secret changed (ACME_KEY)") })
    try await shop.requireReplay()
    try await server.stop()
  }

  @Test func aSecretThatIsNotSetIsOneIncidentUntilItIs() async throws {
    let server = try await LoopbackServer.start([ChatBodies.success("It works.")])
    let shop = try await shop([server], secrets: [:])
    try await shop.submit("n", Project.brief("think", "News"))
    let incident = try #require(try await shop.board().incidents.values.first)
    #expect(incident.reason.hasPrefix("thinker: a secret is not set since "))
    #expect(server.requests.isEmpty)
    try write("ACME_KEY=!echo \(Self.key)\n", to: shop.secretsFile)
    try await shop.tick()
    #expect(try await states(shop) == ["succeeded", "succeeded", "succeeded"])
    #expect(server.requests.first?.headers["authorization"] == "Bearer \(Self.key)")
    try await server.stop()
  }

  /// 503, 503 for the probe, then 402, and at last an answer.
  @Test func aProbeFindsOutWhetherAServiceIsBack() async throws {
    let server = try await LoopbackServer.start([ChatBodies.error(503)])
    let shop = try await shop([server])
    try await shop.submit("n", Project.brief("think", "News"))
    #expect(server.requests.count == 2)
    #expect(try await shop.tick().next == shop.clock.now + .minutes(1))
    shop.clock.advance(by: .minutes(1))
    #expect(try await shop.tick().next == shop.clock.now + .minutes(2))
    #expect(server.requests.count == 3, "one task goes first")
    server.answer(with: [ChatBodies.success("It works.")])
    shop.clock.advance(by: .minutes(1))
    try await shop.tick()
    #expect(server.requests.count == 3, "too early")
    shop.clock.advance(by: .minutes(1))
    try await shop.tick()
    #expect(try await states(shop) == ["succeeded", "succeeded", "succeeded"])
    #expect(try await shop.log("%s").contains { $0.hasSuffix("a probe succeeded") })
    try await shop.requireReplay()
    try await server.stop()
  }

  @Test func anEmptyAccountIsAskedAgainAfterAnHour() async throws {
    let server = try await LoopbackServer.start([ChatBodies.error(402)])
    let shop = try await shop([server])
    try await shop.submit("n", Project.brief("think", "News"))
    #expect(try await shop.tick().next == shop.clock.now + .hours(1))
    let incident = try #require(try await shop.board().incidents.values.first)
    #expect(incident.breaker?.kind == .budgetExhausted)
    server.answer(with: [ChatBodies.success("It works.")])
    #expect(try await shop.type(.clear(incident: incident.id)) == .done)
    #expect(try await states(shop) == ["succeeded", "succeeded", "succeeded"])
    try await server.stop()
  }

  @Test func aFallbackServesAndTheFirstModelIsLeftAlone() async throws {
    let first = try await LoopbackServer.start([ChatBodies.error(503)])
    let second = try await LoopbackServer.start([ChatBodies.success("from the second")])
    let shop = try await shop([first, second])
    try await shop.submit("n", Project.brief("think", "News"))
    #expect(try await states(shop) == ["succeeded", "succeeded", "succeeded"])
    #expect(try await shop.board().incidents.count == 1)
    #expect(first.requests.count == 2, "the third task does not ask it any more")
    #expect(second.requests.count == 3)
    try await shop.requireReplay()
    for server in [first, second] { try await server.stop() }
  }

  @Test func aRateLimitWaitsAsLongAsItIsTold() async throws {
    let server = try await LoopbackServer.start([
      ChatBodies.error(429, headers: ["retry-after": "600"])
    ])
    let shop = try await shop([server])
    try await shop.submit("n", Project.brief("think", "News"))
    #expect(try await shop.board().incidents.isEmpty)
    #expect(try await shop.tick().next == shop.clock.now + .minutes(10))
    server.answer(with: [ChatBodies.success("It works.")])
    shop.clock.advance(by: .minutes(10))
    try await shop.tick()
    #expect(try await states(shop) == ["succeeded", "succeeded", "succeeded"])
    try await server.stop()
  }

  // MARK: What a test needs

  private func write(_ text: String, to path: String) throws {
    try ProgramFolder.write(Array(text.utf8), to: path, mode: 0o600)
  }

  /// Nothing that the ledger ever held shows more of the key than its end.
  private func requireNothing(of secret: String, in shop: Workshop) async throws {
    let history = try await shop.git("log", "-p", "--format=%B", "headway/ledger")
    #expect(history.contains("m0 401 since"))
    #expect(!history.contains(secret) && !history.contains(secret.suffix(4)))
  }
}
