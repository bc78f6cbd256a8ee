import ArgumentParser
import Glibc
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayCLI

struct FrameTests {
  @Test func globalOptionsStandBeforeOrAfterTheCommand() async throws {
    let trial = try await Trial()
    let elsewhere = await trial.run("-C", trial.path, "check", in: "/")
    let after = await trial.run("check", "-C", trial.path, in: "/")
    #expect(elsewhere.output == after.output && elsewhere.status == .badFiles)
    #expect(await trial.run("--color", "always", "check").output.contains("\u{1B}[31m"))
    #expect(!(await trial.run("check").output.contains("\u{1B}")))
  }

  @Test func mistakesAreToldWithAHintAndSixtyFour() async throws {
    let trial = try await Trial()
    let command = await trial.run("chekc")
    #expect(command.status == .usage)
    #expect(command.errors == "error: no command is called `chekc`\nhint: did you mean `check`?\n")
    let option = await trial.run("check", "--nope")
    #expect(option.status == .usage && option.errors.contains("`headway help check`"))
    let folder = await trial.run("check", "-C", "/nowhere")
    #expect(folder.errors == "error: /nowhere: no such directory\n")
  }

  @Test func outsideARepositoryItSaysSo() async throws {
    let trial = try await Trial()
    let ending = await trial.run("check", in: trial.home)
    #expect(ending.status == .failed && ending.errors.contains("no git repository"))
  }

  @Test func theHelpIsTheOneThatIsKept() throws {
    var text = Headway.helpMessage(columns: 80)
    for command in Headway.configuration.subcommands {
      text += "\n# headway \(command._commandName)\n\n"
      text += Headway.helpMessage(for: command, columns: 80)
    }
    try Snapshot("help.txt").expect(text)
  }

  @Test func everyShellGetsACompletionScript() async throws {
    let trial = try await Trial()
    for shell in ["bash", "zsh", "fish"] {
      let ending = await trial.run("completions", shell)
      #expect(ending.status == .success && ending.output.contains("uninstall"))
    }
  }

  @Test func whatIsEmbeddedIsWhatLiesInTheRepository() async throws {
    let root = try #require(Snapshot.root)
    let listed = try await TemporaryRepository.run(
      ["find", "templates", "hooks", "-type", "f"], in: root, variables: ["PATH": "/usr/bin"])
    #expect(
      Set(listed.split(separator: "\n").map(String.init)) == Set(ProgramFiles.all.map(\.path)),
      "SwiftPM did not notice a change; `make embedded` makes it look again")
    for file in ProgramFiles.all {
      #expect(try FileSystem.read(root + "/" + file.path) == file.bytes, "\(file.path)")
    }
  }
}

struct TerminalTests {
  @Test(arguments: [
    ("plain ünïcode", "plain ünïcode"), ("a\u{1B}[2J", "a<U+001B>[2J"),
    ("x\u{202E}y", "x<U+202E>y"), ("zero\u{200B}width", "zero<U+200B>width"),
    ("two\nlines", "two<U+000A>lines"), ("tag\u{E0041}", "tag<U+E0041>"),
  ])
  func whatATerminalWouldHideIsShown(_ text: String, _ shown: String) {
    #expect(text.visible == shown)
  }

  @Test func linesKeepTheirBreaksOnly() {
    #expect("a\n\tb\r".visibleLines == "a\n\tb<U+000D>")
  }

  @Test func columnsLineUpAndTheLastIsCut() {
    var table = Columns()
    table.add("a", "first")
    table.add("日本", .init("second and much too long", .red))
    table.add("b", "")
    #expect(table.lines(on: .none) == ["a     first", "日本  second and much too long", "b"])
    let narrow = Terminal(isInteractive: true, width: 20, mayHaveColour: false)
    #expect(table.lines(on: narrow)[1] == "日本  second and mu…")
  }

  @Test func colourIsForTerminalsUnlessAsked() {
    let terminal = Terminal(isInteractive: true, width: 80, mayHaveColour: true)
    #expect(terminal.styled("x", .red) == "\u{1B}[31mx\u{1B}[0m")
    #expect(Terminal(isInteractive: true, width: 80, mayHaveColour: false).styled("x", .red) == "x")
    #expect(Terminal.none.choosing(.always).hasColour && !terminal.choosing(.never).hasColour)
  }

  @Test(arguments: [
    (0, "just now"), (-5_000, "5 s ago"), (7_200_000, "in 2 h"), (-1_860_000, "31 min ago"),
    (259_200_000, "in 3 days"),
  ])
  func timesAreRelative(_ milliseconds: Int64, _ text: String) {
    let now = Instant(milliseconds: 1_700_000_000_000)
    let other = Instant(milliseconds: now.milliseconds + milliseconds)
    #expect(other.relative(to: now) == text)
  }
}
