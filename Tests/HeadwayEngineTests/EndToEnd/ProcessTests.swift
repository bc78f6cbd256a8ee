import Git
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// The real binary, in more than one process and more than one clone.
@Suite(.timeLimit(.minutes(10))) struct ProcessTests {
  @Test func twoTicksAtOnceFiftyTimesAreOneHistory() async throws {
    let shop = try await Workshop()
    let (path, variables) = (shop.repository.path, shop.processVariables)
    for round in 1...50 {
      // A brief now and then; most rounds race over a repository in which little is to do.
      let pipeline = round.isMultiple(of: 10) ? "announce" : "note"
      if round.isMultiple(of: 5) {
        try await shop.repository.commit(
          "Brief \(round)", ["briefs/n\(round).md": Project.brief(pipeline, "Note \(round)")])
      }
      let endings = try await withThrowingTaskGroup(of: Program.Ending.self) { group in
        for wait in [[], round.isMultiple(of: 2) ? ["--no-wait"] : []] {
          group.addTask {
            try await Program.run("headway", ["tick"] + wait, in: path, variables: variables)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for ending in endings { #expect(ending.code == 0, "round \(round): \(ending)") }
    }
    let board = try await shop.board()
    #expect(board.runs.count == 10)
    #expect(board.runs.values.allSatisfy { $0.record.state == .succeeded })
    #expect(board.tasksInOrder.allSatisfy { $0.record.attempts.count == 1 })
    let effects = try shop.effects
    #expect(Set(effects).count == 5 && effects.count == 5)
    #expect(try await shop.git("rev-list", "--min-parents=2", "headway/ledger") == "")
    let admissions = try await shop.git(
      "log", "--format=%s", "--grep", "Headway-Event: run", "headway/ledger")
    #expect(admissions.split(separator: "\n").count == 10)
  }

  @Test func aSecondCloneReadsAndDoesNotSchedule() async throws {
    let shop = try await Workshop()
    try await shop.submit("n", Project.brief("note", "Note"))
    let clone = try await shop.repository.clone("reader")
    try await clone.repository.commit("Brief", ["briefs/m.md": Project.brief("note", "Mine")])
    let ending = try await Program.run(
      "headway", ["tick"], in: clone.repository.path, variables: shop.processVariables)
    #expect(ending.code == 0)
    #expect((ending.output + ending.complaint).contains("schedule"), "\(ending)")
    #expect(try await clone.repository.git("for-each-ref", "refs/heads/headway") == "")
  }

  @Test func homeWorksForARemoteAndPushesWhatItDid() async throws {
    let shop = try await Workshop()
    let bare = try await shop.bareRemote()
    try await shop.repository.git("config", LocalSettings.remoteKey, "origin")
    // Local commits that nobody else has seen do not count.
    try await shop.repository.commit("Local", ["briefs/local.md": Project.brief("note", "Local")])
    let tick = try await shop.process("tick")
    #expect(tick.code == 0, "\(tick)")
    #expect(shop.staff.asked.isEmpty)
    #expect(try await shop.board().runs.isEmpty)

    try await shop.repository.commit("Two", ["briefs/l.md": Project.brief("article", "Launch")])
    try await shop.git("push", "--quiet", "origin", "main")
    let second = try await shop.process("tick")
    #expect(second.code == 0, "\(second)")
    #expect(try await shop.run("local").record.state == .succeeded)
    let branch = try await shop.proposal("l/approve")
    let there = try await shop.repository.git([
      "--git-dir", bare, "for-each-ref", "--format=%(refname:short)", "refs/heads",
    ])
    #expect(there.contains(branch) && there.contains("headway/ledger"), "\(there)")
    #expect(
      try await shop.repository.git(["--git-dir", bare, "rev-parse", "headway/ledger"])
        == shop.repository.id("headway/ledger").hex)
    // The approval is made here, and counts once it is there.
    try await shop.merge("\(branch)")
    let third = try await shop.process("tick")
    #expect(third.code == 0, "\(third)")
    #expect(try shop.effects.isEmpty)
    try await shop.git("push", "--quiet", "origin", "main")
    let fourth = try await shop.process("tick")
    #expect(fourth.code == 0, "\(fourth)")
    #expect(try shop.effects.count == 1)
    #expect(
      try await !shop.repository.git([
        "--git-dir", bare, "for-each-ref", "refs/heads/headway/proposals",
      ]).contains(branch))
  }

  @Test func aSecondWriterOnTheRemoteStopsHome() async throws {
    let shop = try await Workshop()
    let bare = try await shop.bareRemote()
    try await shop.repository.git("config", LocalSettings.remoteKey, "origin")
    try await shop.repository.commit("One", ["briefs/a.md": Project.brief("note", "A")])
    try await shop.git("push", "--quiet", "origin", "main")
    let first = try await shop.process("tick")
    #expect(first.code == 0, "\(first)")
    // Another home with the same ledger writes first.
    let tree = try await shop.git("rev-parse", "headway/ledger^{tree}")
    let foreign = try await shop.git("commit-tree", "-p", "headway/ledger", "-m", "other", tree)
    try await shop.git("push", "--quiet", "origin", "\(foreign):refs/heads/headway/ledger")
    try await shop.repository.commit("Two", ["briefs/b.md": Project.brief("announce", "B")])
    try await shop.git("push", "--quiet", "origin", "main")
    let second = try await shop.process("tick")
    #expect(second.code == 5, "\(second)")
    let third = try await shop.process("tick")
    #expect(third.code == 5, "\(third)")
    #expect(try await shop.board().incidents.count == 1)
    #expect(
      try await shop.repository.git(["--git-dir", bare, "rev-parse", "headway/ledger"])
        == foreign)
  }

  @Test func aBareHomeReceivesPushesAndRefusesForgedOnes() async throws {
    let bare = try await TemporaryRepository(bare: true)
    let shop = try await Workshop()
    try await bare.git("config", LocalSettings.homeKey, "test")
    try await bare.git("config", LocalSettings.branchKey, "main")
    let variables = bare.environment.merging([
      "RECORDER": bare.directory + "/recorder", "XDG_CACHE_HOME": bare.directory + "/cache",
    ]) { $1 }
    let hooks = try await Program.run(
      "headway", ["hooks", "install"], in: bare.path, variables: variables)
    #expect(hooks.code == 0, "\(hooks)")
    try await shop.git("remote", "add", "home", bare.path)
    try await shop.repository.commit("Brief", ["briefs/n.md": Project.brief("note", "Note")])
    // The hook nudges in the background; this tick waits for the lock and for whatever it began.
    try await shop.repository.git(
      ["push", "--quiet", "home", "main"], adding: variables.filter { !$0.key.hasPrefix("GIT_") })
    let tick = try await Program.run("headway", ["tick"], in: bare.path, variables: variables)
    #expect(tick.code == 0, "\(tick)")
    let board = try await Workshop.board(in: bare)
    #expect(board.runs.values.map(\.record.state) == [.succeeded])
    #expect(board.tasksInOrder.allSatisfy { $0.record.attempts.count == 1 })
    for name in [
      "refs/heads/headway/ledger", "refs/heads/headway/proposals/x/y.1", "refs/headway/rescued/a",
      "refs/replace/\(String(repeating: "a", count: 40))",
    ] {
      await #expect(throws: (any Error).self, "\(name)") {
        try await shop.git("push", "--quiet", "--force", "home", "main:\(name)")
      }
    }
  }
}

extension Workshop {
  /// A bare repository with main, as `origin`.
  func bareRemote() async throws -> String {
    let bare = repository.directory + "/remote"
    try await git("clone", "--quiet", "--bare", ".", bare)
    try await git("remote", "add", "origin", bare)
    try await git("fetch", "--quiet", "origin")
    return bare
  }

  func process(_ arguments: String...) async throws -> Program.Ending {
    try await Program.run(
      "headway", arguments, in: repository.path, variables: processVariables)
  }
}
