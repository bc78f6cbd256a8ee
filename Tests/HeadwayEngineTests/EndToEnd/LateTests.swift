import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Whole ticks over work that is bad or late.
@Suite(.timeLimit(.minutes(10))) struct LateTests {
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
    #expect(orders.last?.limits.grace == .seconds(3))
    #expect(orders.last?.deadline == Workshop.start + .minutes(10))
    try await shop.requireReplay()
  }

  @Test func aMachineThatSleptLetsNothingExpire() async throws {
    let shop = try await shop()
    let staff = shop.staff
    staff.script("writer") { order in
      order.attempt.number == 1
        ? Outcome(
          .failure(Failure(.rateLimited, "later", retryAfter: .hours(1))), report: .init())
        : staff.usual(order)
    }
    try await shop.submit("n", Project.brief("limited", "News"))
    #expect(try await shop.state(of: "n/one") == "pending rateLimited")
    shop.clock.advance(by: .days(3))
    try await shop.tick()
    #expect(try await shop.state(of: "n/one") == "succeeded")
    try await shop.requireReplay()
  }

  @Test func aProcessThatListenedKnowsOfNoPause() throws {
    let start = Workshop.start
    var vigil = try Vigil(path: "/nonexistent/vigil.json")
    vigil.look(at: start, uptime: .hours(1))
    vigil.look(at: start + .hours(9), uptime: .hours(10))
    #expect(vigil.pauses == [], "nothing happened for nine hours, and somebody listened")
    vigil.look(at: start + .hours(20), uptime: .hours(11))
    #expect(vigil.pauses == [Pause(asleep: start + .hours(10), woke: start + .hours(20))])
    vigil.look(at: start + .hours(3), uptime: .hours(12))
    vigil.look(at: start + .hours(21), uptime: .hours(13))
    #expect(vigil.pauses.count == 1, "a clock that was set back and forth again is no pause")
    vigil.look(at: start + .hours(21) + .minutes(40), uptime: .hours(13))
    #expect(vigil.pauses.count == 2, "forty minutes passed at once")
  }

  @Test func pausesOutliveTheProcessAndHostileFilesLengthenNothing() async throws {
    let repository = try await TemporaryRepository()
    let path = repository.directory + "/vigil.json"
    var vigil = try Vigil(path: path)
    vigil.look(at: Workshop.start, uptime: .zero)
    vigil.look(at: Workshop.start + .hours(5), uptime: .zero)
    try vigil.write(to: path)
    var next = try Vigil(path: path)
    #expect(next.pauses == vigil.pauses && next.pauses.count == 1)
    next.look(at: Workshop.start + .hours(6), uptime: .hours(1))
    #expect(next.pauses.count == 1, "an hour between two ticks is usual")
    let backwards = """
      { "pauses": [{ "asleep": "2027-01-01T00:00:00Z", "woke": "2026-01-01T00:00:00Z" }, 7] }
      """
    for text in ["", "{", "[]", #"{ "pauses": 3, "last": {} }"#, backwards] {
      try ProgramFolder.write(Array(text.utf8), to: path, mode: 0o600)
      #expect(try Vigil(path: path).pauses == [])
    }
  }
}
