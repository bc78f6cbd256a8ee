import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// An order that no model can take costs nothing and keeps nobody waiting.
@Suite(.timeLimit(.minutes(10))) struct WindowTests {
  @Test func aBriefThatIsTooLongIsHeldUntilAModelTakesIt() async throws {
    let shop = try await Workshop()
    shop.staff.script("thinker") { order in
      .delivering(
        Dictionary(uniqueKeysWithValues: order.outputs.map { ($0.name, Array("So be it.\n".utf8)) })
      )
    }
    let long = String(repeating: "Many words. ", count: 25_500)
    try await shop.repository.commit(
      "Briefs",
      [
        "briefs/long.md": Project.brief("paid", "Long", long, ["priority: 90"]),
        "briefs/short.md": Project.brief("paid", "Short"),
      ])
    try await shop.tick()
    #expect(try await shop.state(of: "long/think") == "held tooLarge")
    #expect(try await shop.task("long/think").record.attempts.isEmpty)
    #expect(try await shop.state(of: "short/more") == "succeeded")
    #expect(shop.staff.orders.allSatisfy { $0.title == "Short" })
    let model = try #require(Project.files["models/acme-large.json"])
    try await shop.repository.commit(
      "A larger window",
      ["models/acme-large.json": model.replacing(#""input": 100000"#, with: #""input": 110000"#)])
    #expect(try await shop.type(.retry(try await shop.id(of: "long/think"))) == .done)
    #expect(try await shop.state(of: "long/more") == "succeeded")
    let replay = try await shop.process("replay", "--all")
    #expect(replay.code == 0, "\(replay)")
  }
}
