import Glibc
import HeadwayTestSupport
import Testing

@testable import HeadwayCLI

struct UpkeepTests {
  @Test func checkNamesFileLineAndColumnAndExitsWithFour() async throws {
    let trial = try await Trial()
    _ = await trial.run("init")
    try trial.repository.write(
      "executors/writer.json",
      """
      {
        "name": "writer", "kind": "model", "models": ["builtin/extractive"],
        "sytem": "prompts/writer.md"
      }
      """)
    let ending = await trial.run("check")
    #expect(ending.status == .badFiles)
    #expect(ending.output.contains("executors/writer.json:3:3: error:"))
    #expect(ending.output.contains("did you mean `system`?"))
    let json = await trial.run("check", "--json")
    #expect(json.status == .badFiles && json.output.contains("\"line\": "))
  }

  @Test func checkReadsACommitFromObjects() async throws {
    let trial = try await Trial()
    _ = await trial.run("init")
    _ = await trial.run("hooks", "remove")
    try await trial.git("add", "-A")
    try await trial.git("commit", "-q", "-m", "Start")
    try trial.repository.write("headway.json", "not JSON")
    #expect(await trial.run("check", "--ref", "HEAD").status == .success)
    #expect(await trial.run("check").status == .badFiles)
    #expect(await trial.run("check", "--ref", "--all").status == .usage)
  }

  @Test func aFileNameCannotSpeakToTheTerminal() async throws {
    let trial = try await Trial()
    _ = await trial.run("init")
    try trial.repository.write("briefs/a\u{1B}[2Jb.md", "no front matter")
    let ending = await trial.run("check")
    #expect(!ending.output.contains("\u{1B}"))
  }

  @Test func doctorFindsAFreshRepositoryWithoutFailures() async throws {
    let trial = try await Trial()
    _ = try await trial.makeKey()
    _ = await trial.run("init")
    let ending = await trial.run("doctor")
    #expect(ending.status == .success, "\(ending.output)")
    #expect(ending.output.contains("git signs with"))
    #expect(ending.output.contains("you sign as ada-lovelace (admin, creator)"))
    #expect(!trial.exists(".git/objects/4b"))
  }

  @Test func doctorFailsWhereGitCannotSign() async throws {
    let trial = try await Trial()
    _ = try await trial.makeKey()
    _ = await trial.run("init")
    unlink(trial.home + "/.ssh/id_ed25519")
    let ending = await trial.run("doctor")
    #expect(ending.status == .failed)
    #expect(ending.output.contains("git cannot sign"))
  }

  @Test func doctorSaysWhereASecretComesFromAndNeverWhatItIs() async throws {
    let trial = try await Trial()
    _ = await trial.run("init")
    let anchor = String(repeating: "a", count: 40)
    try await trial.git("config", "headway.anchor", anchor)
    try trial.repository.write(
      "executors/mail.json",
      """
      {
        "name": "mail", "kind": "command", "run": ["true"],
        "environment": {
          "A": { "from": "MAIL_TOKEN", "secret": true }, "B": { "from": "MAIL_KEY" },
          "C": { "from": "MAIL_HOST" }
        }
      }
      """)
    let folder = trial.home + "/.config/headway/\(anchor)"
    try FileSystem.makeDirectories(folder)
    let text = "MAIL_TOKEN=hunter22222\nMAIL_KEY=!touch \(trial.home)/pwned\n"
    try FileSystem.create(folder + "/secrets", Array(text.utf8), mode: 0o600)
    let ending = await trial.run("doctor")
    for line in ["variable MAIL_TOKEN", "from a command in", "MAIL_HOST=!COMMAND"] {
      #expect(ending.output.contains(line))
    }
    #expect(!ending.output.contains("hunter") && !trial.exists(trial.home + "/pwned"))

    chmod(folder + "/secrets", 0o644)
    let open = await trial.run("doctor")
    #expect(open.status == .failed && open.output.contains("chmod 600"))
  }
}
