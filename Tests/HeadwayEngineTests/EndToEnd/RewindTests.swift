import Git
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Main is rewritten: mostly that is how people work, sometimes it would lose what counts.
@Suite(.timeLimit(.minutes(10))) struct RewindTests {
  static let brief = Project.brief("article", "Launch")

  private func rescued(_ shop: Workshop) async throws -> [String] {
    try await shop.git("for-each-ref", "--format=%(objectname)", "refs/headway/rescued")
      .split(separator: "\n").map(String.init)
  }

  /// A bare repository that `shop` pushes to, and in which somebody else was faster.
  private func upstream(of shop: Workshop, adding file: String) async throws {
    let bare = shop.repository.directory + "/upstream"
    let other = shop.repository.directory + "/other-\(file)"
    try await shop.git("clone", "--quiet", "--bare", ".", bare)
    try await shop.git("remote", "add", "origin", bare)
    try await shop.git("fetch", "--quiet", "origin")
    try await shop.git("branch", "--quiet", "--set-upstream-to", "origin/main", "main")
    try await shop.git("clone", "--quiet", "--branch", "main", bare, other)
    for arguments in [
      ["commit", "--quiet", "--allow-empty", "-m", "Elsewhere \(file)"], ["push", "--quiet"],
    ] { try await shop.repository.git(["-C", other] + arguments) }
  }

  @Test func anAmendedBriefIsAnEdit() async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Self.brief)
    let (old, run) = (try await shop.repository.id("main"), try await shop.run("launch").record.id)
    try await shop.repository.commit(
      "Brief", ["briefs/launch.md": Project.brief("article", "Launch", "Amended.")],
      options: ["--amend"])
    #expect(try await !shop.tick().isStopped)
    let record = try await shop.run("launch").record
    #expect(record.id == run && record.revisions.count == 2)
    #expect(try await rescued(shop) == [old.hex])
    let events = try await shop.log("%(trailers:key=Headway-Event,valueonly,separator=%x2C)")
    #expect(events.contains("rewound"))
    try await shop.merge(try await shop.proposal("launch/approve"))
    try await shop.tick()
    #expect(try shop.effects.count == 1)
  }

  @Test(arguments: ["--rebase", "--rebase=merges"])
  func pullingAfterABriefChangesNothing(_ mode: String) async throws {
    let shop = try await Workshop()
    try await shop.tick()
    try await upstream(of: shop, adding: "a")
    try await shop.submit("launch", Self.brief)
    let asked = shop.staff.asked
    try await shop.git("pull", "--quiet", mode)
    #expect(try await !shop.tick().isStopped)
    #expect(shop.staff.asked == asked)
    #expect(try await shop.run("launch").record.revisions.count == 1)
    #expect(try await rescued(shop).count == 1)
    try await shop.merge(try await shop.proposal("launch/approve"))
    try await shop.tick()
    #expect(try shop.effects.count == 1)
  }

  @Test(arguments: ["--rebase", "--rebase=merges"])
  func pullingAfterAnApprovalChangesNothing(_ mode: String) async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Self.brief)
    try await upstream(of: shop, adding: "b")
    try await shop.merge(try await shop.proposal("launch/approve"))
    try await shop.tick()
    #expect(try shop.effects.count == 1)
    try await shop.git(as: "dana", "-c", "commit.gpgsign=true", "pull", "--quiet", mode)
    #expect(try await !shop.tick().isStopped)
    #expect(try await shop.run("launch").record.state == .succeeded)
    #expect(try shop.effects.count == 1)
    // And the branch works on.
    try await shop.submit("n", Project.brief("note", "Note"))
    #expect(try await shop.run("n").record.state == .succeeded)
  }

  enum Harm: String, CaseIterable { case protectedFile, approval, effect }

  @Test(arguments: Harm.allCases)
  func aHarmfulRewriteStopsEverythingUntilAPersonClearsIt(_ harm: Harm) async throws {
    let shop = try await Workshop()
    try await shop.tick()
    switch harm {
    case .protectedFile:
      try await shop.repository.commit("Rule", ["policies/a.json": "{}\n"])
      try await shop.tick()
      try await shop.repository.commit("Rule", ["policies/a.json": "{ }\n"], options: ["--amend"])
    case .approval:
      try await shop.submit("launch", Self.brief)
      #expect(try await shop.type(.freeze) == .done)
      try await shop.merge(try await shop.proposal("launch/approve"))
      try await shop.tick()
      #expect(try await shop.type(.thaw) == .done)
      try await shop.git("reset", "--quiet", "--hard", "HEAD^")
    case .effect:
      try await shop.submit("news", Project.brief("announce", "News"))
      try await shop.git("reset", "--quiet", "--hard", "HEAD^")
    }
    let effects = try shop.effects.count
    #expect(try await shop.tick().isStopped)
    #expect(try await shop.tick().isStopped)
    let incidents = try await shop.board().incidents
    #expect(incidents.count == 1)
    let incident = try #require(incidents.values.first)
    #expect(incident.answer.contains("headway clear"))
    let judged = try await shop.board().main?.judged

    // More commits on the rewritten branch open no more incidents and start nothing.
    try await shop.repository.commit("On", ["briefs/n.md": Project.brief("note", "Note")])
    #expect(try await shop.tick().isStopped)
    #expect(try await shop.board().main?.judged == judged)

    for id in try await shop.board().incidents.keys.sorted() {
      #expect(try await shop.type(.clear(incident: id)) == .done)
    }
    #expect(try await !shop.tick().isStopped)
    #expect(try await shop.board().incidents.isEmpty)
    #expect(try await shop.run("n").record.state == .succeeded)
    #expect(try await shop.board().main?.judged.hex == shop.repository.id("main").hex)
    #expect(try await rescued(shop).contains(judged?.hex ?? ""))
    #expect(try shop.effects.count == effects || harm == .approval)
    if harm == .approval { #expect(try shop.effects.count <= 1) }
  }

  @Test func bringingALostApprovalBackEndsTheIncident() async throws {
    let shop = try await Workshop()
    try await shop.submit("news", Project.brief("announce", "News"))
    let old = try await shop.repository.id("main").hex
    try await shop.git("reset", "--quiet", "--hard", "HEAD^")
    #expect(try await shop.tick().isStopped)
    try await shop.git("merge", "--quiet", "--no-edit", old)
    #expect(try await !shop.tick().isStopped)
    #expect(try await shop.board().incidents.isEmpty)
    #expect(try shop.effects.count == 1)
  }
}
