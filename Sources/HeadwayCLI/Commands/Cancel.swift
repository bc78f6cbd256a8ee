package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Cancel: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "End runs, or tasks of them, without waiting for them.",
    discussion: """
      headway cancel launch-3f9c2a                  a run with all its tasks
      headway cancel launch-3f9c2a/social           one task
      headway cancel --held --because runBudget     tasks that have something in common

      What is running is stopped with grace and settles as what it then is; results that are \
      there stay. Deleting the brief does the same for its run.
      """)

  @OptionGroup(title: "Which") package var selection: Selection

  @Option(help: "Why; kept in the ledger.") package var reason = ""

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let asking = try await Asking(view, in: context)
    let chosen = try await selection.resolve(in: view, takesRuns: true) { !$0.state.isTerminal }
    return try await asking.tell(
      "cancel", chosen,
      consequences: [
        "What runs of them is stopped with grace; results that are there stay.",
        "What comes after them is skipped, unless its pipeline says otherwise.",
      ], consent: selection.consent, reason: reason
    ) { subject in
      switch subject {
      case .task(let id): .cancelTask(id)
      case .run(let id): .cancel(id)
      case .incident, .finding, .everything: nil
      }
    }
  }
}
