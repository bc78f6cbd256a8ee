import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Tasks that are done only where something holds, from a commit to the last result.
@Suite(.timeLimit(.minutes(10))) struct ConditionRunTests {
  static let claim = """
    { "name": "claim", "publishes": ["content/"],
      "parameters": { "limit": { "type": "integer", "default": 100 } },
      "tasks": {
        "triage": { "executor": "writer", "outputs": { "claim.json": {} } },
        "pay": { "after": ["triage"], "if": "triage/claim.json:amount > 50",
                 "executor": "editor", "outputs": { "pay.md": {} } },
        "check": { "if": "limit >= 500", "executor": "editor", "outputs": { "check.md": {} } },
        "approve": { "after": ["triage"], "executor": "creator",
                     "propose": { "claim.json": "content/{{slug}}.json" }, "approval": {} } } }
    """

  static func brief(_ limit: Int) -> String {
    Project.brief("claim", "Claim", "Judge it.", ["limit: \(limit)"])
  }

  static func shop(delivering content: String) async throws -> Workshop {
    let shop = try await Workshop(adding: ["pipelines/claim.json": claim])
    deliver(content, in: shop)
    return shop
  }

  static func deliver(_ content: String, in shop: Workshop) {
    shop.staff.script("writer") { _ in .delivering(["claim.json": Array(content.utf8)]) }
  }

  @Test func whatDoesNotHoldIsSkippedAndLookedAtAgainAfterAnEdit() async throws {
    let shop = try await Self.shop(delivering: #"{ "amount": 20 }"#)
    try await shop.submit("c", Self.brief(100))
    #expect(shop.staff.asked == ["triage"])
    #expect(try await shop.state(of: "c/pay") == "skipped condition")
    let reason = try #require(try await shop.task("c/check").record.reason)
    #expect(reason.values == ["condition": "limit >= 500", "found": 100])
    try await shop.submit("c", Self.brief(500))
    #expect(shop.staff.asked == ["triage", "check"])
    #expect(try await shop.state(of: "c/check") == "succeeded")
    try await shop.submit("c", Self.brief(200))
    #expect(try await shop.state(of: "c/check") == "skipped condition")
    #expect(shop.staff.asked.count == 2)
    let found = try await shop.task("c/check").record.reason?.values["found"]
    #expect(found == 200)
    try await shop.submit("c", Self.brief(300))
    #expect(try await shop.task("c/check").record.reason?.values["found"] == 300)
  }

  @Test func anotherResultIsReadAgain() async throws {
    let shop = try await Self.shop(delivering: #"{ "amount": 60 }"#)
    try await shop.submit("c", Self.brief(100))
    #expect(try await shop.state(of: "c/pay") == "succeeded")
    Self.deliver(#"{ "amount": 10 }"#, in: shop)
    let triage = try await shop.id(of: "c/triage")
    #expect(try await shop.type(.retry(triage)) == .done)
    #expect(try await shop.state(of: "c/pay") == "skipped condition")
    let summary = try #require(try await shop.task("c/triage").record.attempts.last)
    #expect(summary.read == ["claim.json": ["amount": 10]])
  }

  @Test func anOutputWithoutTheFieldIsABadOne() async throws {
    let shop = try await Self.shop(delivering: #"{ "sum": 60 }"#)
    try await shop.submit("c", Self.brief(100))
    let triage = try await shop.task("c/triage").record
    #expect(triage.attempts.first?.failure == .badOutput)
    #expect(try await shop.state(of: "c/pay") == "pending")
  }
}
