import HeadwayCore
import HeadwayExecutors
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// People hear once of what waits, what is held and what nears a cap.
@Suite struct NoticeTests {
  private static let settings = """
    { "format": 1, "name": "studio", "durability": "process", "solo": true, "notify": "mail",
      "limits": { "concurrency": 2, "runCost": "1.00 USD", "dayCost": "1.50 USD" } }

    """
  private static let files = [
    "headway.json": settings,
    "executors/mail.json": #"{ "name": "mail", "kind": "command", "run": ["mail"] }"# + "\n",
  ]

  private func messages(_ shop: Workshop) -> [String] {
    shop.staff.orders.filter { $0.attempt.task.run.text == "notices" }.compactMap { order in
      order.inputs.first { $0.name == "notices.md" }.map {
        String(decoding: $0.bytes, as: UTF8.self)
      }
    }
  }

  @Test func whatWaitsIsToldOnceAndInOneMessage() async throws {
    let shop = try await Workshop(adding: Self.files)
    try await shop.repository.commit(
      "Two briefs",
      [
        "briefs/one.md": Project.brief("article", "One"),
        "briefs/two.md": Project.brief("article", "Two"),
      ])
    try await shop.tick()
    let told = messages(shop)
    #expect(told.count == 1)
    #expect(told.first?.contains("/approve waits for creator until") == true)
    #expect(told.first?.split(separator: "\n").count { $0.hasPrefix("* ") } == 2)
    #expect(told.first?.contains("`git merge --no-ff -S headway/proposals/") == true)
    shop.clock.advance(by: .minutes(5))
    try await shop.tick()
    #expect(messages(shop).count == 1)
  }

  @Test func aMessageThatCouldNotBeSentIsTriedAgain() async throws {
    let shop = try await Workshop(adding: Self.files)
    shop.staff.script("mail") { _ in .failing(.unavailable, "no line") }
    try await shop.submit("one", Project.brief("article", "One"))
    #expect(messages(shop).count == 1)
    shop.staff.script("mail", nil)
    shop.clock.advance(by: .minutes(5))
    try await shop.tick()
    #expect(messages(shop).count == 2)
    shop.clock.advance(by: .minutes(5))
    try await shop.tick()
    #expect(messages(shop).count == 2)
  }

  @Test func whatIsHeldIsToldWithItsAnswer() async throws {
    let shop = try await Workshop(adding: Self.files)
    shop.staff.script("writer") { _ in .failing(.refused, "no") }
    try await shop.submit("one", Project.brief("note", "One"))
    let id = try await shop.run("one").record.id
    #expect(
      messages(shop) == ["* \(id)/gather is held: refused\n  `headway retry \(id)/gather`\n"])
  }
}
