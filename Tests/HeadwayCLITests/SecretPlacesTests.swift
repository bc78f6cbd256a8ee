import Glibc
import HeadwayTestSupport
import Testing

@testable import HeadwayCLI

/// Real processes, started as hooks, cron and daemons start them, find one secret in one place.
@Suite(.timeLimit(.minutes(10))) struct SecretPlacesTests {
  private static let token = "the-one-in-the-file-4711"
  /// What cron gives its jobs, and no more.
  private static let cron = ["LOGNAME": "ada", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"]

  /// A project whose only work is to tell its secret to whoever listens at the pipe.
  private func trial(_ folder: String?) async throws -> Trial {
    var trial = try await Trial()
    trial.program = try Trial.builtProgram()
    if let folder { trial.variables["XDG_CONFIG_HOME"] = trial.home + folder }
    #expect(await trial.run("init").status == .success)
    #expect(mkfifo(trial.home + "/pipe", 0o600) == 0)
    for (name, more) in [
      ("mail", #", "TOKEN": { "from": "SITE_TOKEN", "secret": true }"#), ("hello", ""),
    ] {
      try trial.repository.write(
        "executors/\(name).json",
        """
        { "name": "\(name)", "kind": "command", "run": ["sh", "executors/tell.sh"],
          "environment": { "PIPE": "\(trial.home)/pipe"\(more) } }
        """)
      try trial.repository.write(
        "pipelines/\(name).json",
        #"{ "name": "\#(name)", "tasks": { "tell": { "executor": "\#(name)" } } }"#)
    }
    try trial.repository.write(
      "executors/tell.sh", "printf '%s\\n' \"${TOKEN-hello}\" >\"$PIPE\"\n")
    return trial
  }

  /// The same with its first tick behind it, and the secret where the documents say.
  private func settled(_ folder: String?) async throws -> Trial {
    let trial = try await trial(folder)
    try await commit("Start", in: trial)
    try await tell("\"$0\" tick </dev/null >&2", in: trial, trial.variables)
    let anchor = try await trial.git("config", "headway.anchor")
    let place = "\(trial.home)\(folder ?? "/.config")/headway/\(anchor)"
    try FileSystem.makeDirectories(place)
    try FileSystem.create(
      place + "/secrets", Array("SITE_TOKEN=\(Self.token)\n".utf8), mode: 0o600)
    return trial
  }

  private func commit(
    _ name: String, in trial: Trial, hooks: Bool = false, variables: [String: String]? = nil
  ) async throws {
    try await trial.git("add", "-A")
    let quiet = hooks ? [] : ["-c", "core.hooksPath=/dev/null"]
    _ = try await TemporaryRepository.run(
      ["git"] + quiet + ["commit", "-q", "--allow-empty", "-m", name], in: trial.path,
      variables: variables ?? trial.variables)
  }

  private func ask(_ name: String, in trial: Trial, pipeline: String = "mail") throws {
    try trial.repository.write(
      "briefs/\(name).md", "---\npipeline: \(pipeline)\ntitle: \(name)\n---\nTell me.\n")
  }

  /// Runs `script` with the program as `$0`; what it prints.
  @discardableResult
  private func tell(
    _ script: String, in trial: Trial, _ variables: [String: String]
  ) async throws -> String {
    try await TemporaryRepository.run(
      ["sh", "-c", script, trial.program], in: trial.path, variables: variables)
  }

  private func listen(_ trial: Trial) -> String { "timeout 100 head -n 1 '\(trial.home)/pipe'" }

  private func bare(_ trial: Trial) -> [String: String] {
    Self.cron.merging(["HOME": trial.home]) { $1 }
  }

  @Test(arguments: [nil, "/my settings"])
  func hooksCronAndDaemonsFindTheSameSecret(_ folder: String?) async throws {
    let trial = try await settled(folder)

    // A hook, with all that git exports to it, from a shell that knows of the folder or does not.
    for (name, variables) in [
      ("typed", trial.variables),
      ("pushed", trial.variables.filter { $0.key != "XDG_CONFIG_HOME" }),
    ] {
      try ask(name, in: trial)
      try await commit(name, in: trial, hooks: true, variables: variables)
      #expect(try await tell(listen(trial), in: trial, variables) == Self.token, "\(name)")
    }

    try ask("cron", in: trial)
    try await commit("cron", in: trial)
    let ticked = try await tell(
      "\(listen(trial)) & \"$0\" tick </dev/null >&2; wait", in: trial, bare(trial))
    #expect(ticked == Self.token)

    try ask("daemon", in: trial)
    try await commit("daemon", in: trial)
    let watched = try await tell(
      "\"$0\" watch </dev/null >&2 & daemon=$!; \(listen(trial)); kill $daemon; wait $daemon",
      in: trial, bare(trial))
    #expect(watched == Self.token)
  }

  @Test func theEnvironmentOnlyOverrides() async throws {
    let trial = try await settled("/settings")
    for (name, value) in [("other", "from-my-own-shell"), ("again", nil)] {
      try ask(name, in: trial)
      try await commit(name, in: trial)
      var variables = trial.variables
      variables["SITE_TOKEN"] = value
      let heard = try await tell(
        "\(listen(trial)) & \"$0\" tick </dev/null >&2; wait", in: trial, variables)
      #expect(heard == value ?? Self.token)
    }
    // Neither value is anywhere in what was written.
    let history = try await trial.git("log", "-p", "--all")
    #expect(!history.contains("from-my-own-shell") && !history.contains(Self.token))
  }

  @Test func doctorSaysTheSameToEverybody() async throws {
    let trial = try await settled("/settings")
    let anchor = try await trial.git("config", "headway.anchor")
    let place = "\(trial.home)/settings/headway/\(anchor)/secrets"
    for variables in [trial.variables, bare(trial)] {
      // Somebody who cannot sign is told so by the exit status, which is not the matter here.
      let told = try await tell("\"$0\" doctor || :", in: trial, variables)
      #expect(told.contains("\(place), whoever starts Headway"))
      #expect(told.contains("for mail: from \(place)"))
    }
    var shell = trial.variables
    shell["SITE_TOKEN"] = "from-my-own-shell"
    let overridden = try await tell("\"$0\" doctor || :", in: trial, shell)
    #expect(overridden.contains("this environment overrides \(place)"))
    #expect(!overridden.contains("0815"))
    shell["XDG_CONFIG_HOME"] = trial.home + "/elsewhere"
    let elsewhere = try await tell("\"$0\" doctor || :", in: trial, shell)
    #expect(elsewhere.contains("git config headway.configHome \(trial.home)/elsewhere"))
    try await trial.git("config", "--unset", "headway.configHome")
    let alone = try await tell("\"$0\" doctor || :", in: trial, trial.variables)
    #expect(alone.contains("for those who have XDG_CONFIG_HOME"))
  }

  /// Nobody can write the file down before there is an anchor to name it by.
  @Test func aDaemonThatWasThereFirstFindsItToo() async throws {
    let trial = try await trial(nil)
    try ask("first", in: trial, pipeline: "hello")
    try await commit("Start", in: trial)
    try ask("second", in: trial)
    try await trial.git("add", "-A")
    let git = "git -c core.hooksPath=/dev/null -c user.name=Ada -c user.email=ada@example.org"
    let heard = try await tell(
      """
      "$0" watch </dev/null >&2 & daemon=$!
      \(listen(trial))
      folder="$HOME/.config/headway/$(git config headway.anchor)"
      mkdir -p "$folder"
      (umask 077; echo 'SITE_TOKEN=\(Self.token)' >"$folder/secrets")
      \(git) commit -q -m second
      \(listen(trial))
      kill $daemon; wait $daemon
      """, in: trial, bare(trial))
    #expect(heard == "hello\n\(Self.token)")
  }
}
