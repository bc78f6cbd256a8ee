package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Cancel: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "End a run, or one task of it, without waiting for it.",
    discussion: """
      What is running is stopped with grace and settles as what it then is; results that are \
      there stay. Deleting the brief does the same for its run.
      """)

  @Argument(help: ArgumentHelp("Names may be shortened.", valueName: "run[/task]"))
  package var name: String

  @Option(help: "Why; kept in the ledger.") package var reason = ""

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let asking = try await Asking(view, in: context)
    let verb: Verb =
      switch try await Target(name, in: view) {
      case .run(let run): .cancel(run.record.id)
      case .task(_, let task), .attempt(_, let task, _): .cancelTask(task.record.id)
      }
    return try await asking.tell([verb], reason: reason)
  }
}
