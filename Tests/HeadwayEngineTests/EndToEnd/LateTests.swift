import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Whole ticks over work that is bad or late.
@Suite(.timeLimit(.minutes(4))) struct LateTests {
  private static let limited = """
    { "name": "limited", "tasks": {
        "one": { "executor": "writer", "timeouts": { "finish": "20h", "grace": "3s" },
                 "outputs": { "one.md": {} } } } }

    """

  private func shop() async throws -> Workshop {
    try await Workshop(adding: ["pipelines/limited.json": Self.limited])
  }

  @Test func theNextAttemptIsToldWhatWasWrongWithTheLast() async throws {
    let shop = try await shop()
    let staff = shop.staff
    staff.script("writer") { order in
      order.attempt.number == 1 ? .delivering(["one.md": []]) : staff.usual(order)
    }
    try await shop.submit("n", Project.brief("limited", "News"))
    let task = try await shop.task("n/one").record
    #expect(task.state == .succeeded)
    #expect(task.attempts.map(\.failure) == [.badOutput, nil])
    let orders = shop.staff.orders
    #expect(orders.count == 2)
    #expect(orders.first?.inputs.contains { $0.name == "findings.md" } == false)
    let told = try #require(orders.last?.inputs.first { $0.name == "findings.md" })
    #expect(String(decoding: told.bytes, as: UTF8.self).hasPrefix("Attempt 1 was not accepted."))
    let record = try await shop.git("log", "-1", "--grep=n.*one succeeded", "headway/ledger")
    #expect(record.contains("findings.md \(told.blob.hex)"), "\(record)")
    try await shop.requireReplay()
  }
}
