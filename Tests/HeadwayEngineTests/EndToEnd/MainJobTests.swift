import Git
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// From a committed brief to published work, with nothing but plain git on the people's side.
@Suite(.timeLimit(.minutes(10))) struct MainJobTests {
  static let brief = Project.brief("article", "Launch")

  @Test func aBriefBecomesApprovedAndPublishedWork() async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Self.brief)
    let tip = try await shop.repository.id("main")
    #expect(try await shop.state(of: "launch/edit") == "succeeded")
    #expect(try await shop.state(of: "launch/approve") == "waiting approval")
    #expect(try await shop.state(of: "launch/publish").hasPrefix("pending"))
    #expect(shop.staff.asked == ["draft", "edit"])
    #expect(try await shop.repository.id("main") == tip)

    let branch = try await shop.proposal("launch/approve")
    try await shop.merge(branch)
    let report = try await shop.tick()
    #expect(!report.waits && !report.holdsOrFailures && !report.isStopped)
    let run = try await shop.run("launch")
    #expect(run.record.state == .succeeded)
    #expect(run.tasks.values.allSatisfy { $0.record.state == .succeeded })
    #expect(try shop.effects.count == 1)
    let edited = try #require(try await shop.task("launch/edit").record.results["article.md"])
    #expect(try await shop.repository.id("main:content/launch.md").hex == edited.hex)
    // The proposal's branch has done its work; its commit is kept.
    #expect(try await shop.git("for-each-ref", "refs/heads/headway/proposals") == "")
    #expect(try await shop.git("for-each-ref", "refs/headway/settled") != "")
  }

  @Test func plainGitTellsTheStory() async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Self.brief)
    try await shop.merge(try await shop.proposal("launch/approve"))
    try await shop.tick()
    let id = try await shop.run("launch").record.id
    let events = try await shop.log("%(trailers:key=Headway-Event,valueonly,separator=%x2C)")
    #expect(events.prefix(2) == ["genesis", "observed"] || events.first == "genesis")
    for event in ["run", "decision", "result", "proposal", "approval"] {
      #expect(events.contains(event), "\(events)")
    }
    #expect(events.allSatisfy { !$0.isEmpty && !$0.contains(",") })
    let people = try await shop.log("%(trailers:key=Headway-Person,valueonly,separator=%x2C)")
    #expect(people.contains("dana"))
    let published = try await shop.git(
      "log", "--format=%s", "--grep", "Headway-Task: publish", "headway/ledger")
    #expect(published == "result: \(id)/publish succeeded")
    // One parent each: a linear history that began on its own.
    #expect(try await shop.git("rev-list", "--min-parents=2", "headway/ledger") == "")
    #expect(try await shop.git("rev-list", "--max-parents=0", "headway/ledger").count == 40)
    #expect(try await shop.git("fsck", "--strict", "--no-dangling") == "")
  }

  @Test(arguments: ["squash", "cherry-pick", "statement", "no-merge-commit-message-edit"])
  func everyRouteOfAnApprovalPublishesOnce(_ route: String) async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Self.brief)
    let branch = try await shop.proposal("launch/approve")
    switch route {
    case "squash":
      try await shop.git("merge", "--quiet", "--squash", branch)
      try await shop.git(as: "dana", "commit", "--quiet", "-S", "--no-edit")
    case "cherry-pick": try await shop.git(as: "dana", "cherry-pick", "-S", branch)
    case "statement":
      try await shop.git("merge", "--quiet", "--no-ff", branch)
      try await shop.state("approve", on: "launch/approve")
    default: try await shop.merge(branch)
    }
    try await shop.tick()
    #expect(try await shop.state(of: "launch/publish") == "succeeded")
    try await shop.tick()
    #expect(try shop.effects.count == 1)
  }

  @Test func anUnsignedMergeLandsUnapprovedUntilAStatementRepairsIt() async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Self.brief)
    try await shop.git("merge", "--quiet", "--no-ff", try await shop.proposal("launch/approve"))
    let report = try await shop.tick()
    #expect(report.waits)
    let waiting = try await shop.task("launch/approve").record
    #expect(waiting.state == .waiting)
    #expect(waiting.reason?.values["landed"]?.text?.contains("sign") == true)
    #expect(try shop.effects == [])
    try await shop.state("approve", on: "launch/approve")
    try await shop.tick()
    #expect(try await shop.state(of: "launch/publish") == "succeeded")
    #expect(try shop.effects.count == 1)
  }

  @Test func aRejectionIsFeedbackForTheNextAttempt() async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Self.brief)
    try await shop.state("reject", on: "launch/approve", message: "Shorter, please.")
    try await shop.tick()
    #expect(try await shop.state(of: "launch/approve") == "waiting approval")
    #expect(try await shop.proposal("launch/approve").hasSuffix("/approve.2"))
    let again = shop.staff.orders.filter { $0.attempt.task.task.text == "draft" }
    #expect(again.count == 2)
    let feedback = again.last?.inputs.first { $0.name == "feedback.md" }
    #expect(feedback.map { String(decoding: $0.bytes, as: UTF8.self) } == "Shorter, please.\n")
    try await shop.merge(try await shop.proposal("launch/approve"))
    try await shop.tick()
    #expect(try await shop.run("launch").record.state == .succeeded)
    #expect(try shop.effects.count == 1)
  }

  @Test func rejectionsBeyondTheRuleHoldTheTask() async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Self.brief)
    for round in 1...3 {
      try await shop.state("reject", on: "launch/approve", message: "No \(round).")
      try await shop.tick()
    }
    #expect(try await shop.state(of: "launch/approve") == "held rejected")
    #expect(try shop.effects == [])
    // A person's second look starts over.
    let id = try await shop.id(of: "launch/approve")
    #expect(try await shop.type(.retry(id)) == .done)
    #expect(try await shop.state(of: "launch/approve") == "waiting approval")
  }

  @Test func twoApproversMeansTwoPersons() async throws {
    let shop = try await Workshop(people: ["dana": ["creator", "admin"], "erin": ["creator"]])
    try await shop.submit("launch", Project.brief("pair", "Launch"))
    try await shop.merge(try await shop.proposal("launch/approve"))
    try await shop.tick()
    #expect(try await shop.state(of: "launch/approve") == "waiting approval")
    #expect(try await shop.repository.id("main:content/launch.md").hex.count == 40)
    try await shop.state("approve", on: "launch/approve", as: "dana")
    try await shop.tick()
    #expect(try shop.effects == [])
    try await shop.state("approve", on: "launch/approve", as: "erin")
    try await shop.tick()
    #expect(try await shop.state(of: "launch/publish") == "succeeded")
    #expect(try shop.effects.count == 1)
  }

  @Test func aProposalExpiresAlthoughMainStandsStill() async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Self.brief)
    // Somebody looks all the time: a pause would not count.
    for _ in 1...85 {
      shop.clock.advance(by: .hours(2))
      try await shop.tick()
    }
    #expect(try await shop.state(of: "launch/approve") == "held approvalExpired")
    // Too late.
    try await shop.merge(try await shop.proposal("launch/approve"))
    try await shop.tick()
    #expect(try shop.effects == [])
    let id = try await shop.id(of: "launch/approve")
    #expect(try await shop.type(.retry(id)) == .done)
    #expect(try await shop.proposal("launch/approve").hasSuffix("/approve.2"))
  }

  @Test func timeInWhichNobodyLookedDoesNotExpireAProposal() async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Self.brief)
    shop.clock.advance(by: .days(8))
    try await shop.tick()
    #expect(try await shop.state(of: "launch/approve") == "waiting approval")
    try await shop.merge(try await shop.proposal("launch/approve"))
    try await shop.tick()
    #expect(try shop.effects.count == 1)
  }

  @Test func aChangedTargetVoidsTheProposal() async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Self.brief)
    let first = try await shop.proposal("launch/approve")
    try await shop.repository.commit("By hand", ["content/launch.md": "Mine.\n"])
    try await shop.tick()
    let second = try await shop.proposal("launch/approve")
    #expect(first.hasSuffix("/approve.1") && second.hasSuffix("/approve.2"))
    try await shop.merge(second)
    try await shop.tick()
    #expect(try await shop.state(of: "launch/publish") == "succeeded")
    #expect(try shop.effects.count == 1)
  }

  @Test func withdrawingTheRecordBeforeTheEffectHoldsIt() async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Self.brief)
    #expect(try await shop.type(.freeze) == .done)
    try await shop.merge(try await shop.proposal("launch/approve"))
    #expect(try await shop.tick().isStopped)
    #expect(try await shop.state(of: "launch/approve") == "succeeded")
    try await shop.git("rm", "--quiet", "-r", "approvals")
    try await shop.repository.commit("Not yet")
    try await shop.tick()
    #expect(try await shop.type(.thaw) == .done)
    #expect(try await shop.state(of: "launch/approve") == "held withdrawn")
    #expect(try shop.effects == [])
  }

  @Test func aKeyRevokedBeforeTheEffectStopsIt() async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Self.brief)
    #expect(try await shop.type(.freeze) == .done)
    try await shop.merge(try await shop.proposal("launch/approve"))
    try await shop.tick()
    let person = try Workshop.person(
      "dana", ["creator"], key: try #require(shop.keys["dana"]), revoked: "2020-02-01T00:00:00Z")
    try await shop.repository.commit("Stolen laptop", ["people/dana.json": person])
    #expect(try await shop.type(.thaw) == .done)
    #expect(try shop.effects == [])
    let attempts = try await shop.task("launch/publish").record.attempts.count
    #expect(attempts <= 1, "an attempt that may not run must not be tried over and over")
    #expect(try await shop.tick().holdsOrFailures)
    #expect(try await shop.task("launch/publish").record.attempts.count == attempts)
  }

  @Test func sameInputsGiveTheSameLedgerByteForByte() async throws {
    func play(keys: [String: String]?) async throws -> (tip: String, shop: Workshop) {
      let shop = try await Workshop(keys: keys)
      try await shop.submit("launch", Self.brief)
      try await shop.submit("note", Project.brief("note", "Note"))
      try await shop.state("reject", on: "launch/approve", message: "Again.")
      try await shop.tick()
      try await shop.merge(try await shop.proposal("launch/approve"))
      shop.clock.advance(by: .minutes(5))
      try await shop.tick()
      return (try await shop.repository.id("headway/ledger").hex, shop)
    }
    let first = try await play(keys: nil)
    let second = try await play(keys: first.shop.keys)
    #expect(first.tip == second.tip)
  }
}
