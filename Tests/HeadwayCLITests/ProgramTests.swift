import Glibc
import HeadwayTestSupport
import Subprocess
import SystemPackage
import Testing

@testable import HeadwayCLI

/// The program itself, as users and hooks run it.
struct ProgramTests {
  private func program() throws -> String { try Trial.builtProgram() }

  @Test func printsItsVersion() async throws {
    let output = try await TemporaryRepository.run(
      ["env", try program(), "--version"], in: "/", variables: ["PATH": "/usr/bin"])
    #expect(output == Version.text)
  }

  @Test func endsWithTheStatusOfItsCommand() async throws {
    let trial = try await Trial()
    let result = try await Subprocess.run(
      .path(FilePath(try program())), arguments: ["check"],
      environment: .custom(trial.variables.map { Array("\($0)=\($1)".utf8) + [0] }),
      workingDirectory: FilePath(trial.path), output: .string(limit: 1 << 16),
      error: .string(limit: 1 << 16))
    #expect(result.terminationStatus == .exited(4))
    #expect(result.standardOutput.contains("headway.json: error: missing"))
  }

  /// Plain git, real hooks, a real key: from `init` to the published page and the replay.
  @Test func theMainJobRunsInAWorkingCloneByItsHooks() async throws {
    let trial = try await Trial()
    let output = try await TemporaryRepository.run(
      ["env", try program(), "demo"], in: trial.home,
      variables: trial.variables.merging(["TMPDIR": trial.home]) { $1 })
    #expect(output.contains("Waits for you, dana-demo"))
    #expect(output.contains("approval: launch-"))
    #expect(output.contains("result: launch-") && output.contains("/publish succeeded"))
    #expect(output.contains("commits: the same, byte for byte."))
  }

  @Test func detachingLeavesANudgeAndLetsGoOfTheHook() async throws {
    let trial = try await Trial()
    mkdir(trial.path + "/deep", 0o777)
    // The call returns when its output is closed by everybody, the tick in the background included.
    let output = try await TemporaryRepository.run(
      ["env", try program(), "tick", "--detach"], in: trial.path + "/deep",
      variables: trial.variables)
    #expect(output.isEmpty)
    #expect(trial.exists(".git/headway/nudged") && trial.exists(".git/headway/log"))
  }

  @Test func detachingFollowsGitIntoLinkedTreesAndBareRepositories() async throws {
    let trial = try await Trial()
    try await trial.git("commit", "-q", "--allow-empty", "-m", "one")
    try await trial.git("worktree", "add", "-q", "../linked")
    _ = try await TemporaryRepository.run(
      ["env", try program(), "tick", "--detach"], in: trial.home + "/linked",
      variables: trial.variables)
    #expect(trial.exists(".git/headway/nudged"))

    let bare = try await Trial(bare: true)
    let variables = bare.variables.merging(["GIT_DIR": "."]) { $1 }
    _ = try await TemporaryRepository.run(
      ["env", try program(), "tick", "--detach"], in: bare.path, variables: variables)
    #expect(bare.exists("headway/nudged"))
  }

  @Test func aLogOverAMebibyteMakesRoom() async throws {
    let trial = try await Trial()
    try trial.repository.write(".git/headway/log", String(repeating: "x", count: 1_100_000))
    _ = try await TemporaryRepository.run(
      ["env", try program(), "tick", "--detach"], in: trial.path, variables: trial.variables)
    #expect(trial.exists(".git/headway/log.1"))
    #expect(try trial.read(".git/headway/log").count < 100_000)
  }

  @Test func outsideARepositoryDetachingFails() async throws {
    let trial = try await Trial()
    await #expect(throws: (any Error).self) {
      try await TemporaryRepository.run(
        ["env", try program(), "tick", "--detach"], in: trial.home, variables: trial.variables)
    }
  }

  @Test func theTickInTheBackgroundSeesNothingOfTheHook() {
    var entries = ["PATH=/bin", "GIT_DIR=/elsewhere", "GIT_AUTHOR_DATE=1", "GITHUB=x"]
      .map { strdup($0 as String) }
    entries.append(nil)
    defer { entries.forEach { free($0) } }
    let kept = entries.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { Detach.withoutGit($0) } ?? []
    }
    #expect(kept.compactMap { $0.map { String(cString: $0) } } == ["PATH=/bin", "GITHUB=x"])
  }
}
