package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Compensate: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Undo the external effects of a run, or of a task and everything after it.",
    discussion: """
      Shows first what would be touched: each effect that happened or may have, last first, with \
      the compensation that its pipeline names for it. The undo is a run of its own, in reverse \
      order, under budgets and policies like any other. What a failed run, a rejection or the \
      removal of an approval has proposed is held until this command is given.
      """)

  @Argument(help: ArgumentHelp("Names may be shortened.", valueName: "run[/task]"))
  package var name: String

  @Option(help: "Why; kept in the ledger.") package var reason = ""

  @OptionGroup(title: "Before it happens") package var consent: Consent

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let (run, task): (BoardRun, Name?) =
      switch try await Target(name, in: view) {
      case .run(let run): (run, nil)
      case .task(let run, let task), .attempt(let run, let task, _): (run, task.record.task)
      }
    let page = try await RadiusPage(run, from: task, in: view)
    guard !consent.dryRun else {
      context.print(page.facts) { page.write(in: context) }
      return .success
    }
    let asking = try await Asking(view, in: context)
    guard try consent.given(to: page.intent, in: context) else { return .success }
    return try await asking.tell([.compensate(run.record.id, from: task)], reason: reason)
  }
}
