package import ArgumentParser

/// The command line.
///
/// A new command is a file in `Commands/` and a line in one of these groups.
package struct Headway: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "headway",
    abstract: "Turns a git repository into the system that schedules, runs and accounts for work.",
    discussion: """
      Commit a brief; Headway plans it into tasks, runs them within your policies and budgets, \
      commits every result to the branch headway/ledger, and waits for your signature where \
      the policy says so.
      """,
    version: Version.text,
    groupedSubcommands: [
      CommandGroup(name: "Getting started", subcommands: [Init.self, Demo.self]),
      CommandGroup(name: "Running", subcommands: [TickCommand.self, WatchCommand.self]),
      CommandGroup(
        name: "Reading",
        subcommands: [
          Status.self, Inbox.self, Show.self, Log.self, Explain.self, ForecastCommand.self, At.self,
          ReplayCommand.self,
        ]),
      CommandGroup(name: "Accounting", subcommands: [Cost.self, ServiceLevels.self]),
      CommandGroup(name: "Deciding", subcommands: [Approve.self, Reject.self, ReviewCommand.self]),
      CommandGroup(
        name: "Steering",
        subcommands: [
          Retry.self, RerunCommand.self, Cancel.self, HoldCommand.self, Release.self, Adopt.self,
          Repeat.self,
          Allow.self, Compensate.self, Clear.self, Freeze.self, Thaw.self, Trust.self,
        ]),
      CommandGroup(
        name: "Upkeep",
        subcommands: [Check.self, Doctor.self, Hooks.self, Completions.self, Uninstall.self]),
    ])

  /// So that `headway -C DIR status` means the same as `headway status -C DIR`.
  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}
}

/// What every command understands.
package struct GlobalOptions: ParsableArguments {
  @Flag(name: .long, help: "Print facts as JSON.")
  package var json = false

  @Option(name: .long, help: ArgumentHelp("Colour: auto, always or never.", valueName: "when"))
  package var color = ColourChoice.auto

  @Option(
    name: .customShort("C"),
    help: ArgumentHelp("Work as if started in this directory.", valueName: "dir"),
    completion: .directory)
  package var directory: String?

  package init() {}
}

/// A command of Headway's: it gets everything outside itself from its context.
package protocol HeadwayCommand: ParsableCommand {
  var options: GlobalOptions { get }

  /// Does the work; what it throws becomes `error:` and `hint:` lines and an exit code.
  func run(in context: CommandContext) async throws -> ExitStatus
}

/// The version of this program.
package enum Version {
  package static let text = "0.1.0"
}
