import Glibc
import HeadwayCore
import Testing

@testable import HeadwayExecutors

@Suite struct CommandTests {
  @Test func deliversDeclaredOutputsWithTheirBytes() async throws {
    let run = try CommandRun()
    let order = try Orders.make(
      run.shell(#"printf 'a\000\377' >"$HEADWAY_OUTPUT/out.txt"; : >outputs/empty.md"#),
      outputs: ["out.txt", "empty.md"])
    let outputs = try await run.execute(order).result.get()
    #expect(outputs == ["out.txt": [0x61, 0, 0xFF], "empty.md": []])
    #expect(run.leftFolders.isEmpty)
  }

  @Test func laysOutInputsIntentAndOrder() async throws {
    let run = try CommandRun()
    let recalled = WorkOrder.Recalled(
      path: try FilePath("memory/voice.md"),
      blob: BlobID(unchecked: String(repeating: "a", count: 40)),
      text: "plain")
    let order = try Orders.make(
      run.shell(
        """
        cd inputs && cat brief.md research/notes.md files/a/b.txt feedback.md memory/voice.md \
        memory/aaaaaaaaaa/voice.md ../intent.txt >../outputs/out.txt && cat >../outputs/order.json
        """), intent: "7",
      inputs: [
        Orders.input("brief.md", "1"), Orders.input("research/notes.md", "2"),
        Orders.input("files/a/b.txt", "3"), Orders.input("feedback.md", "4"),
      ], recalled: [recalled, recalled], outputs: ["out.txt", "order.json"])
    let outcome = await run.execute(order)
    #expect(try outcome.text() == "1234plainplain7")
    let json = try JSONValue.read(try outcome.result.get()["order.json"] ?? [])
    #expect(json["format"] == 1)
    #expect(json["run"] == "launch-3f9c2a")
    #expect(json["task"] == "draft")
    #expect(json["attempt"] == 2)
    #expect(json["key"] == "key-1")
    #expect(json["parameters"] == ["words": 900])
    #expect(json["inputs"]?.elements?.count == 6)
    #expect(json["outputs"]?.elements?.first?["name"] == "out.txt")
    #expect(json["deadline"]?.text == order.deadline.description)
  }

  @Test func showsTheProgramNothingButItsOwnEnvironment() async throws {
    setenv("HEADWAY_TEST_CANARY", "must not be seen", 1)
    let run = try CommandRun()
    let order = try Orders.make(
      run.setup(
        ["env"], environment: ["SITE": SecretText("https://example.org", isSecret: false)]),
      outputs: [])
    let outcome = await run.execute(order)
    _ = try outcome.result.get()
    let names = Set(
      outcome.logText.split(separator: "\n").compactMap { $0.split(separator: "=").first })
    #expect(
      names == [
        "PATH", "LANG", "TZ", "HOME", "SITE", "HEADWAY_RUN", "HEADWAY_TASK", "HEADWAY_ATTEMPT",
        "HEADWAY_KEY", "HEADWAY_OUTPUT", "HEADWAY_INPUTS", "HEADWAY_INTENT", "HEADWAY_PROGRAMS",
        "HEADWAY_DEADLINE",
      ])
    #expect(outcome.logText.contains("LANG=C.UTF-8\n"))
    #expect(outcome.logText.contains("TZ=UTC\n"))
  }

  @Test func runsItsProgramFromTheTrustedState() async throws {
    let run = try CommandRun()
    try run.scratch.write(
      "programs/executors/hello.sh", "#!/bin/sh\necho \"$1\" >outputs/out.txt\n")
    let order = try Orders.make(run.setup(["executors/hello.sh", "-n; $(touch x)"]))
    #expect(try await run.execute(order).text() == "-n; $(touch x)\n")
    let escape = try Orders.make(run.setup(["executors/../../hello.sh"]))
    #expect(await run.execute(escape).failure?.kind == .invalidRequest)
  }

  @Test(arguments: [
    ("exit 1", FailureClass.transient), ("exit 64", .invalidRequest), ("exit 78", .invalidRequest),
    ("exit 75", .transient), ("exit 77", .authentication),
    ("no-such-program-here", .invalidRequest),
    ("kill -9 $$", .cancelled), ("kill -15 $$", .cancelled), ("exit 137", .cancelled),
    ("exit 139", .cancelled), ("exit 200", .transient),
  ])
  func classifiesHowAProgramEnds(script: String, kind: FailureClass) async throws {
    let run = try CommandRun()
    let outcome = await run.execute(
      try Orders.make(run.shell("echo 'first line'; echo 'disk is full' >&2; \(script)")))
    #expect(outcome.failure?.kind == kind)
    if script.hasPrefix("exit") {
      #expect(outcome.failure?.message.hasSuffix(": disk is full") == true)
    }
    #expect(run.leftFolders.isEmpty)
  }

  @Test(arguments: [
    (":", "the output `out.txt` is missing"),
    ("echo x >outputs/out.txt; echo y >outputs/other.txt", "`other.txt` is not a declared output"),
    ("ln -s /etc/passwd outputs/out.txt", "the output `out.txt` is a symbolic link"),
    ("mkfifo outputs/out.txt", "the output `out.txt` is not a regular file"),
    ("mkdir outputs/out.txt", "the output `out.txt` is not a regular file"),
    ("truncate -s 100G outputs/out.txt", "larger than 1048576 bytes: `out.txt` has 107374182400"),
    ("rmdir outputs; ln -s /etc outputs", "the outputs' folder is gone"),
    (#"touch "$(printf 'outputs/a\nb\033[31m')""#, "`a b [31m` is not a declared output"),
  ])
  func refusesBadOutput(script: String, message: String) async throws {
    let run = try CommandRun()
    let failure = await run.execute(try Orders.make(run.shell(script))).failure
    #expect(failure?.kind == .badOutput)
    #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
    #expect(run.leftFolders.isEmpty)
  }

  @Test(arguments: ["../up", "/etc/x", "a/../../b", "a\u{1}b", ".git/config", ""])
  func refusesHostileInputNames(name: String) async throws {
    let run = try CommandRun()
    let order = try Orders.make(run.shell("true"), inputs: [Orders.input(name, "x")], outputs: [])
    #expect(await run.execute(order).failure?.kind == .invalidRequest)
    #expect(run.observer.processes.isEmpty)
    #expect(run.leftFolders.isEmpty)
  }

  @Test func keepsSecretsOutOfMessagesAndLogs() async throws {
    let run = try CommandRun()
    let order = try Orders.make(
      run.shell(
        "echo token=$TOKEN; echo \"bad token $TOKEN\" >&2; exit 1",
        environment: ["TOKEN": SecretText("s3cr3t-value", isSecret: true)]))
    let outcome = await run.execute(order)
    #expect(outcome.failure?.message.contains("bad token (secret)") == true)
    #expect(outcome.logText == "token=(secret)\nbad token (secret)\n")
  }

  @Test func keepsOnlyTheEndOfAFlood() async throws {
    let run = try CommandRun()
    let order = try Orders.make(
      run.shell("head -c 50000000 /dev/zero; echo the end"), outputs: [])
    let outcome = await run.execute(order)
    _ = try outcome.result.get()
    #expect(outcome.report.log?.count == 64 << 10)
    #expect(outcome.logText.hasSuffix("the end\n"))
  }

  @Test func waitsForAProgramThatClosesItsOutput() async throws {
    let run = try CommandRun()
    let order = try Orders.make(
      run.shell("exec >&- 2>&-; sleep 0.3; echo late >outputs/out.txt"))
    #expect(try await run.execute(order).text() == "late\n")
  }

  @Test func enforcesProcessorTimeAndMemory() async throws {
    let run = try CommandRun()
    let busy = await run.execute(
      try Orders.make(run.shell("while :; do :; done"), cpu: .seconds(1)))
    #expect(busy.failure?.kind == .timeout)
    let large = await run.execute(
      try Orders.make(
        run.setup(["/usr/bin/python3", "-c", "x = 'a' * 500_000_000"]), outputs: [],
        memory: 200 << 20))
    #expect(large.failure?.message.contains("MemoryError") == true, "\(large)")
  }

  @Test func refusesToRunWithoutTheToolsThatItsBoundsNeed() async throws {
    let run = try CommandRun(tools: ["/nowhere"])
    let unlimited = await run.execute(
      try Orders.make(run.shell("touch /tmp/must-not-run"), memory: 1 << 30))
    #expect(unlimited.failure?.message.contains("no `prlimit`") == true)
    let unboxed = await run.execute(try Orders.make(run.shell("true", sandbox: .bwrap)))
    #expect(unboxed.failure?.message.contains("no `bwrap`") == true)
    #expect(run.observer.processes.isEmpty)
  }

  @Test func locksTheProgramIn() async throws {
    let run = try CommandRun()
    let order = try Orders.make(
      run.shell(
        """
        { ls /; ls -A "$HOME" /tmp; cat /proc/net/dev | wc -l; ls /proc | grep -c '^[0-9]'; } >outputs/out.txt
        touch "$HEADWAY_PROGRAMS/x" 2>/dev/null && echo writable >>outputs/out.txt
        [ -e /root ] || [ -e /home ] && echo exposed >>outputs/out.txt; exit 0
        """, sandbox: .bwrap))
    let outcome = await run.execute(order)
    let text = try outcome.text()
    #expect(outcome.report.isolation == "sandbox")
    #expect(!text.contains("writable"))
    #expect(!text.contains("exposed"))
    #expect(!text.split(separator: "\n").contains("work"))
  }
}
