package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Repeat: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Let an external effect that was done already happen once more.",
    discussion: """
      An effect happens once for its key, over edits and runs. `headway explain` says who did it \
      and what is different now; this says that it shall be done again, once.
      """)

  @Argument(help: ArgumentHelp("Names may be shortened.", valueName: "run/task"))
  package var name: String

  @Option(help: "Why; kept in the ledger.") package var reason: String

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let asking = try await Asking(view, in: context)
    let task = try await Target.task(name, in: view).task.record.id
    return try await asking.tell([.repeatEffect(task)], reason: reason)
  }
}
