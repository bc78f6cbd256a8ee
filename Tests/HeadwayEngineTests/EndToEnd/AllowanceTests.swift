import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Texts that look like secrets never reach the ledger before a person has allowed them.
@Suite(.timeLimit(.minutes(10))) struct AllowanceTests {
  private static let token = "Zq7Lw2Rk9Xv4Bt8Ns3Jm6Hd1Gc5Fp0Ty-Ua"

  private func shop(delivering text: String) async throws -> Workshop {
    let shop = try await Workshop()
    shop.staff.script("writer") { order in
      .delivering(["notes.md": Array("# Notes\n\n\(text)\n".utf8)])
    }
    return shop
  }

  private func objects(_ shop: Workshop, holding text: String) async throws -> Bool {
    try await shop.git("log", "-p", "headway/ledger").contains(text)
  }

  @Test func aRandomLookingTextIsHeldUntilAPersonAllowsIt() async throws {
    let shop = try await shop(delivering: "See \(Self.token).")
    try await shop.submit("n", Project.brief("note", "Note"))
    #expect(try await shop.state(of: "n/gather") == "held secret")
    #expect(try await !objects(shop, holding: Self.token))
    let board = try await shop.board()
    let finding = try #require(board.suspicious.first?.findings.first)
    #expect(finding == Digest(of: Self.token.utf8).prefix(12))
    #expect(try await shop.type(.allow(finding: "000000000000")) != .done)
    #expect(try await shop.type(.allow(finding: finding)) == .done)
    #expect(try await shop.state(of: "n/write") == "succeeded")
    #expect(try await objects(shop, holding: Self.token))
    // From now on it passes.
    try await shop.submit("m", Project.brief("note", "Another"))
    #expect(try await shop.state(of: "m/write") == "succeeded")
    let replay = try await shop.process("replay", "--all")
    #expect(replay.code == 0, "\(replay)")
  }

  @Test func whatStoodInAnInputIsNoNews() async throws {
    let shop = try await shop(delivering: "See \(Self.token).")
    try await shop.submit("n", Project.brief("note", "Note", "Cite \(Self.token)."))
    #expect(try await shop.state(of: "n/write") == "succeeded")
  }

  @Test func aKeyInTheShapeOfItsVendorCannotBeAllowed() async throws {
    let key = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
    let shop = try await shop(delivering: "See \(key).")
    try await shop.submit("n", Project.brief("note", "Note"))
    #expect(try await shop.state(of: "n/gather") == "held badOutput")
    #expect(try await shop.board().suspicious.isEmpty)
    #expect(try await shop.type(.allow(finding: Digest(of: key.utf8).prefix(12))) != .done)
    #expect(try await !objects(shop, holding: key))
  }
}
