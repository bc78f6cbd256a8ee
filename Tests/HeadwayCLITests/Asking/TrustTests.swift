import HeadwayCLI
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

@Suite struct TrustTests {
  @Test func printsThePairAndWhoMaySign() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    let trust = await workshop.headway("trust")
    let anchor = try await workshop.repository.id("main")
    let ledger = try await workshop.repository.id("headway/ledger")
    #expect(trust.lines.first == "\(anchor):\(ledger)")
    #expect(trust.output.contains("approvals: advisory"))
    let listing = try await TemporaryRepository.run(
      ["ssh-keygen", "-l", "-f", workshop.repository.directory + "/ada.pub"], in: "/tmp",
      variables: workshop.repository.environment)
    let fingerprint = listing.split(separator: " ")[1]
    #expect(trust.output.contains("ada  admin, creator  ssh-ed25519 \(fingerprint)"))
    let facts = try await workshop.headway("trust", "--json").json
    #expect(facts["pinned"] == true)
    #expect(facts["mode"] == "open")
  }

  @Test func pinsTheAnchorInAReaderAfterLooking() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    let pair = try #require(await workshop.headway("trust").lines.first)
    try await workshop.sendErrand()
    let reader = try await workshop.repository.clone("reader").repository
    let pinned = await workshop.headway("trust", pair, in: reader.path)
    #expect(pinned.status == .success, "\(pinned.errors)")
    #expect(pinned.output.contains("this clone reads"))
    #expect(try await reader.git("config", "headway.anchor") == String(pair.prefix(40)))
    #expect(try await reader.git("config", "headway.branch") == "main")
    #expect(await workshop.headway("trust", pair, in: reader.path).status == .success)
  }

  @Test func refusesAnotherAnchorAndALedgerThatLostSomething() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    try await workshop.sendErrand()
    let pair = try #require(await workshop.headway("trust").lines.first)
    let halves = pair.split(separator: ":").map(String.init)
    let reader = try await workshop.repository.clone("reader").repository
    let other = await workshop.headway("trust", "\(halves[1]):\(halves[1])", in: reader.path)
    #expect(other.status == .failed)
    #expect(other.errors.contains("the ledger here begins with"))
    let lost = String(repeating: "0", count: 39) + "1"
    let missing = await workshop.headway("trust", "\(halves[0]):\(lost)", in: reader.path)
    #expect(missing.status == .failed)
    #expect(missing.errors.contains("does not hold"))
    #expect(await workshop.headway("trust", "abc", in: reader.path).status == .usage)
    #expect(await workshop.headway("trust", pair, "--home", in: reader.path).status == .usage)
    await #expect(throws: (any Error).self) { try await reader.git("config", "headway.anchor") }
  }

  @Test func makesABareRepositoryHome() async throws {
    let workshop = try await Workshop.open()
    let bare = try await workshop.repository.clone("bare", options: ["--bare"]).repository
    let made = await workshop.headway("trust", "--home", in: bare.path)
    #expect(made.status == .success, "\(made.errors)")
    #expect(made.output.contains("This clone is home: it schedules main."))
    #expect(try await bare.git("config", "headway.branch") == "main")
    #expect(await workshop.headway("tick", in: bare.path).status == .success)
    #expect(await workshop.headway("status", in: bare.path).status == .success)
  }

  @Test func refusesToBecomeASecondHome() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    let clone = try await workshop.repository.clone("second").repository
    let refused = await workshop.headway("trust", "--home", in: clone.path)
    #expect(refused.status == .failed)
    #expect(refused.errors.contains("another clone writes headway/ledger"))
  }
}
