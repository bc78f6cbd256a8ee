import Glibc
import HeadwayTestSupport
import Testing

@testable import HeadwayCLI

struct HookTests {
  /// A stand-in for the program that notes how it was called, in a folder whose name is a trap.
  private func trial(bare: Bool = false) async throws -> Trial {
    var trial = try await Trial(bare: bare)
    let folder = trial.home + "/it's $(touch pwned) here"
    mkdir(folder, 0o777)
    trial.program = folder + "/headway"
    let file = try #require(fopen(trial.program, "w"))
    fputs("#!/bin/sh\necho \"$PWD $*\" >>'\(trial.home)/nudges'\n", file)
    fclose(file)
    chmod(trial.program, 0o755)
    return trial
  }

  private func nudges(_ trial: Trial) -> Int {
    (try? trial.read(trial.home + "/nudges").split(separator: "\n").count) ?? 0  // none yet
  }

  @Test func gitRunsThemAfterCommitMergeAndAmend() async throws {
    let trial = try await trial()
    #expect(await trial.run("hooks", "install").status == .success)
    try await trial.git("commit", "-q", "--allow-empty", "-m", "one")
    #expect(nudges(trial) == 1)
    try await trial.git("commit", "-q", "--allow-empty", "--amend", "-m", "two")
    #expect(nudges(trial) == 3)
    try await trial.git("checkout", "-q", "-b", "side")
    try await trial.git("commit", "-q", "--allow-empty", "-m", "three")
    try await trial.git("checkout", "-q", "main")
    try await trial.git("merge", "-q", "--no-ff", "side")
    #expect(nudges(trial) == 5)
    #expect(!trial.exists("pwned"))
  }

  @Test func aShellHookKeepsItsInputItsWorkAndItsStatus() async throws {
    let trial = try await trial()
    try trial.writeProgram(
      ".git/hooks/post-rewrite", "#!/bin/sh\ncat >'\(trial.home)/input'\nexit 7\n", mode: 0o700)
    let original = try trial.read(".git/hooks/post-rewrite")
    #expect(await trial.run("hooks", "install").status == .success)
    #expect(trial.mode(".git/hooks/post-rewrite") == 0o700)

    let status = try await TemporaryRepository.run(
      ["sh", "-c", "echo old new | .git/hooks/post-rewrite amend; echo $?"], in: trial.path,
      variables: trial.variables)
    #expect(status == "7")
    #expect(try trial.read(trial.home + "/input") == "old new\n")
    #expect(nudges(trial) == 1)

    _ = await trial.run("hooks", "remove")
    #expect(try trial.read(".git/hooks/post-rewrite") == original)
    #expect(!trial.exists(".git/hooks/post-commit"))
  }

  @Test func aHookInAnotherLanguageIsKeptAsideAndCalled() async throws {
    let trial = try await trial()
    let hook = ".git/hooks/post-rewrite"
    let python =
      "#!/usr/bin/env python3\nimport sys\n"
      + "open('\(trial.home)/saw','w').write(sys.argv[1] + sys.stdin.read())\nsys.exit(5)\n"
    try trial.writeProgram(hook, python)
    for _ in 1...2 { #expect(await trial.run("hooks", "install").status == .success) }
    #expect(try trial.read(hook + ".before-headway") == python)

    let status = try await TemporaryRepository.run(
      ["sh", "-c", "echo lines | \(hook) amend; echo $?"], in: trial.path,
      variables: trial.variables)
    #expect(status == "5")
    #expect(try trial.read(trial.home + "/saw") == "amendlines\n")
    #expect(nudges(trial) == 1)

    _ = await trial.run("hooks", "remove")
    #expect(try trial.read(hook) == python)
    #expect(!trial.exists(hook + ".before-headway"))
  }

  @Test func aHookThatIsSwitchedOffStaysOff() async throws {
    let trial = try await trial()
    try trial.writeProgram(
      ".git/hooks/post-commit", "#!/bin/sh\ntouch '\(trial.home)/ran'\n", mode: 0o644)
    _ = await trial.run("hooks", "install")
    try await trial.git("commit", "-q", "--allow-empty", "-m", "one")
    #expect(nudges(trial) == 1 && !trial.exists(trial.home + "/ran"))
    _ = await trial.run("hooks", "remove")
    #expect(trial.mode(".git/hooks/post-commit") == 0o644)
  }

  @Test func aLinkIsNeverWrittenThrough() async throws {
    let trial = try await trial()
    try trial.writeProgram("scripts/hook", "#!/bin/sh\ntouch '\(trial.home)/ran'\n")
    symlink("../../scripts/hook", trial.path + "/.git/hooks/post-commit")
    let before = try trial.read("scripts/hook")
    _ = await trial.run("hooks", "install")
    #expect(try trial.read("scripts/hook") == before)
    try await trial.git("commit", "-q", "--allow-empty", "-m", "one")
    #expect(nudges(trial) == 1 && trial.exists(trial.home + "/ran"))
  }

  @Test(arguments: [true, false])
  func aHooksFolderThatIsNotOursIsExplainedAndNotWritten(_ inTree: Bool) async throws {
    let trial = try await trial()
    let folder = inTree ? trial.path + "/.githooks" : trial.home + "/shared"
    mkdir(folder, 0o777)
    try await trial.git("config", "--global", "core.hooksPath", inTree ? ".githooks" : folder)
    let ending = await trial.run("hooks", "install")
    #expect(ending.status == .failed)
    #expect(ending.errors.contains("tick --detach </dev/null"))
    #expect(!trial.exists(folder + "/post-commit") && !trial.exists(".git/hooks/post-commit"))
  }

  @Test func aLinkedWorkingTreeNudgesToo() async throws {
    let trial = try await trial()
    try await trial.git("commit", "-q", "--allow-empty", "-m", "one")
    try await trial.git("worktree", "add", "-q", "../linked")
    let linked = trial.home + "/linked"
    #expect(await trial.run("hooks", "install", in: linked).status == .success)
    try await trial.git("-C", linked, "commit", "-q", "--allow-empty", "-m", "two")
    #expect(try trial.read(trial.home + "/nudges").hasPrefix(linked + " tick --detach"))
  }

  @Test func inABareHomeNobodyPushesWhatHeadwayWrites() async throws {
    let trial = try await trial(bare: true)
    #expect(await trial.run("hooks", "install").status == .success)
    let clone = try await trial.repository.clone("clone").repository
    try await clone.commit("one", ["a": "b"])
    try await clone.git("push", "-q", "origin", "HEAD:refs/heads/headway/ledger")

    try await trial.git("config", "headway.scheduler", "true")
    for name in ["refs/heads/headway/ledger", "refs/headway/x", "refs/replace/y"] {
      try await clone.commit("more")
      await #expect(throws: (any Error).self) {
        try await clone.git("push", "-q", "origin", "HEAD:" + name)
      }
    }
    try await clone.git("push", "-q", "origin", "HEAD:refs/heads/main")
    #expect(nudges(trial) == 2)
  }
}
