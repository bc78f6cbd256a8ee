import Glibc
import HeadwayEngine
import HeadwayTestSupport
import Testing

@testable import HeadwayCLI

struct UninstallTests {
  @Test func leavesNothingButFilesAndHowTheUserSigns() async throws {
    let trial = try await Trial()
    _ = try await trial.makeKey()
    try await trial.git("config", "core.editor", "true")
    _ = await trial.run("init")
    try await trial.git("config", "headway.anchor", "x")
    let ending = await trial.run("uninstall")

    #expect(ending.status == .success, "\(ending.errors)")
    let config = try trial.read(".git/config")
    #expect(
      !config.contains("[headway") && !config.contains("allowedSigners")
        && config.contains("signingkey"))
    #expect(!trial.exists(".git/headway") && !trial.exists(".git/hooks/post-commit"))
    #expect(trial.exists("headway.json"))
    #expect(ending.output.contains("What stays"))
    #expect(await trial.run("uninstall").output.contains("nothing to remove"))
  }

  @Test func aRunningTickIsNotPulledFromUnderItself() async throws {
    let trial = try await Trial()
    _ = await trial.run("init")
    mkdir(trial.path + "/.git/headway", 0o777)
    let lock = try FileLock.take(trial.path + "/.git/headway/lock")
    let ending = await trial.run("uninstall")
    _ = consume lock
    #expect(ending.status == .failed && ending.errors.contains("a tick is running"))
    #expect(trial.exists(".git/hooks/post-commit"))
    #expect(await trial.run("uninstall").status == .success)
  }

  @Test func saysTheSameAsJSON() async throws {
    let trial = try await Trial()
    _ = await trial.run("init")
    let ending = await trial.run("uninstall", "--json")
    #expect(ending.output.contains("\"headway.scheduler\""))
  }
}
