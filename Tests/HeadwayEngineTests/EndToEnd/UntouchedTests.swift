import Git
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// What belongs to people stays as it is: index, working tree, checked-out branch.
@Suite(.timeLimit(.minutes(10))) struct UntouchedTests {
  @Test func aTickTouchesNeitherIndexNorWorkingTreeNorHead() async throws {
    let shop = try await Workshop()
    try await shop.repository.commit("Brief", ["briefs/launch.md": Project.brief("article", "L")])
    // Half-done work: something staged, something changed, something new.
    try shop.repository.write("staged.md", "staged\n")
    try await shop.git("add", "staged.md")
    try shop.repository.write("staged.md", "changed\n")
    try shop.repository.write("new.md", "new\n")
    // Whoever wanted the index would have to wait for this lock, and fail.
    let git = shop.repository.path + "/.git"
    try shop.repository.write(".git/index.lock", "poison\n")
    func state() async throws -> [String] {
      [
        try await shop.git("--no-optional-locks", "status", "--porcelain=v2", "--branch"),
        try Workshop.read(git + "/HEAD"), try Workshop.read(git + "/logs/HEAD"),
        try FileBytes.read(git + "/index").map { "\($0)" }.joined(separator: ","),
        try Workshop.read(git + "/index.lock"), try await shop.git("rev-parse", "main"),
      ]
    }
    let before = try await state()
    try await shop.tick()
    #expect(try await shop.state(of: "launch/approve") == "waiting approval")
    #expect(try await state() == before)
  }

  @Test func aProposalThatIsCheckedOutStays() async throws {
    let shop = try await Workshop()
    try await shop.submit("launch", Project.brief("article", "Launch"))
    let branch = try await shop.proposal("launch/approve")
    try await shop.merge(branch)
    // Somebody reads it while the approval is taken in.
    try await shop.git("config", LocalSettings.branchKey, "main")
    try await shop.git("switch", "--quiet", branch)
    try await shop.tick()
    #expect(try await shop.state(of: "launch/publish") == "succeeded")
    #expect(try await shop.git("symbolic-ref", "--short", "HEAD") == branch)
    #expect(try await shop.git("status", "--porcelain") == "")
  }

  @Test func noSecretReachesAnyObject() async throws {
    let secret = "correct-horse-battery-staple-4711"
    let shop = try await Workshop(secrets: ["SITE_TOKEN": secret])
    shop.staff.script("writer") { order in
      switch order.title {
      case "Output": .delivering(["notes.md": Array("The key is \(secret).\n".utf8)])
      case "Log":
        .delivering(Staff.outputs(of: order), log: "curl -H 'Token: \(secret)'\n", rendered: secret)
      default: .failing(.invalidRequest, "401 for \(secret)", log: secret)
      }
    }
    for title in ["Output", "Log", "Failure"] {
      try await shop.submit(title.lowercased(), Project.brief("note", title))
    }
    #expect(try await shop.state(of: "output/gather").hasPrefix("held"))
    #expect(try await shop.state(of: "log/gather") == "succeeded")
    #expect(try await shop.state(of: "failure/gather") == "held invalidRequest")
    let everything = try await shop.git(
      "cat-file", "--batch-all-objects", "--batch", "--buffer")
    #expect(everything.contains("held"))
    #expect(!everything.contains(secret))
  }
}
