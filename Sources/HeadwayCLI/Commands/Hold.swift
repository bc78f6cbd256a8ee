package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct HoldCommand: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    commandName: "hold",
    abstract: "Let nothing go past tasks or runs until they are released.",
    discussion: """
      headway hold launch-3f9c2a --reason "legal wants to look"     the whole run
      headway hold launch-3f9c2a/publish --reason "not on a Friday" one task

      What is running is finished, and its result is kept; nothing that comes after it starts. \
      `headway freeze` stops everything.
      """)

  @OptionGroup(title: "Which") package var selection: Selection

  @Option(help: "Why; kept in the ledger and told to whoever asks.") package var reason: String

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let asking = try await Asking(view, in: context)
    let chosen = try await selection.resolve(in: view, takesRuns: true) {
      !$0.state.isTerminal && $0.hold == nil
    }
    return try await asking.tell(
      "hold", chosen,
      consequences: [
        "What runs of them is finished; nothing that follows starts until `headway release`."
      ], consent: selection.consent, reason: reason
    ) { subject in
      switch subject {
      case .task(let id): .hold(id)
      case .run(let id): .holdRun(id)
      case .incident, .finding, .everything: nil
      }
    }
  }
}
