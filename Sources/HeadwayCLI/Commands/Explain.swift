package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Explain: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Say why a task ran when it ran, on what, at what cost; or why it does not run.",
    discussion: """
      Everything it says is in the ledger and in main, so it will say the same in three years. \
      It names the commits and files in which to look for yourself.
      """)

  @Argument(help: ArgumentHelp("Names may be shortened.", valueName: "run/task[.n]"))
  package var name: String

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let target = try await Target(name, in: view)
    let (run, task, only): (BoardRun, BoardTask, Int?)
    switch target {
    case .attempt(let found, let member, let number): (run, task, only) = (found, member, number)
    case .task, .run:
      (run, task) = try await Target.task(name, in: view)
      only = nil
    }
    let explanation = try await Explanation(run, task, only: only, in: view, at: context.now())
    context.print(explanation.facts) { explanation.write(in: context) }
    return .success
  }
}
