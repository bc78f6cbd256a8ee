internal import HeadwayCore

/// What `init` says when it is done: what it wrote, what it set, and what comes next.
struct StartReport: Sendable {
  private let report: Start.Report
  private let start: Start
  private var context: CommandContext { start.context }
  private var terminal: Terminal { context.terminal }

  init(_ report: Start.Report, _ start: Start) {
    self.report = report
    self.start = start
  }

  var facts: JSONValue {
    .object([
      "directory": .string(start.directory),
      "template": .string(start.template.name),
      "madeRepository": .bool(report.madeRepository),
      "files": .array(report.files.map(JSONValue.string)),
      "settings": .object(
        Dictionary(
          report.settings.map { ($0.key, JSONValue.string($0.value)) }, uniquingKeysWith: { $1 })),
      "hooks": .array(report.hooks.map { .string($0.hook) }),
      "person": .string(report.creator.name.text),
      "key": .optional(report.creator.key?.source),
    ])
  }

  func write() {
    if report.madeRepository { say("Made a git repository in \(start.directory).") }
    say("Wrote \(report.files.count) files of the template \(start.template.name).")
    writeSettings()
    writeHooks()
    writeKey()
    writeNextSteps()
  }

  private func say(_ text: String) { context.output.line(text.visibleLines) }

  private func writeSettings() {
    guard !report.settings.isEmpty else { return }
    say("Set in this repository's own configuration, and nowhere else:")
    var table = Columns()
    for setting in report.settings { table.add(.init(setting.key), .init(setting.value, .dim)) }
    table.write(to: context.output, on: terminal, indent: 2)
  }

  private func writeHooks() {
    if let foreign = report.foreignHooks {
      say("No hooks: core.hooksPath leads to \(foreign.path), which is not this repository's own.")
      say("Have its \(foreign.names.joined(separator: ", ")) run")
      say("  " + HookFolder.lineToAdd(program: context.program))
      return
    }
    let kept = report.hooks.filter(\.callsAside).map(\.hook)
    say("Hooks: \(report.hooks.map(\.hook).joined(separator: ", ")).")
    if !kept.isEmpty { say("Kept and called from ours: \(kept.joined(separator: ", ")).") }
  }

  private func writeKey() {
    let creator = report.creator
    if let key = creator.key {
      say("\(creator.path): \(creator.name) is creator and admin by the key in \(key.source).")
      return
    }
    context.output.line(
      terminal.styled("No signing key was found, so nobody can approve yet.", .yellow))
    say("  \(SigningKey.making)")
    say("makes one. Then add its public line to \(creator.path):")
    say("  \"keys\": [{ \"ssh\": \"ssh-ed25519 AAAA…\" }]")
    say("and let git sign with it:")
    say("  git config gpg.format ssh && git config user.signingkey ~/.ssh/id_ed25519.pub")
  }

  private func writeNextSteps() {
    say("")
    context.output.line(terminal.styled("Next:", .bold))
    let place = start.directory == context.directory ? nil : start.directory
    let steps: [(String, String)?] = [
      place.map { ("cd \(ShellWord.typed($0))", "") },
      report.knowsUser ? nil : ("git config user.name \"Your Name\"", "git asks for it to commit"),
      ("git add -A && git commit -m \"Start\"", "opens the ledger; what is in force is now pinned"),
      ("cp examples/launch.md briefs/launch.md", "a brief; make it your own"),
      ("git add -A && git commit -m \"Brief: launch article\"", "sets the work going"),
      ("headway status", "what ran, what waits for you, what it cost"),
    ]
    var table = Columns()
    for case let (command, meaning)? in steps {
      table.add(.init(command, .cyan), .init(meaning, .dim))
    }
    table.write(to: context.output, on: terminal, indent: 2)
    say("")
    say("HEADWAY.md tells the whole walk. If you pull with rebase, keep approvals whole:")
    say("  git config pull.rebase merges && git config commit.gpgsign true")
  }
}
