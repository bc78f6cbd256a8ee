package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Repeat: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Let external effects that were done already happen once more.",
    discussion: """
      An effect happens once for its key, over edits and runs. `headway explain` says who did it \
      and what is different now; this says that it shall be done again, once.
      """)

  @OptionGroup(title: "Which") package var selection: Selection

  @Option(help: "Why; kept in the ledger.") package var reason: String

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let asking = try await Asking(view, in: context)
    let chosen = try await selection.resolve(in: view) {
      $0.state == .held && ($0.reason?.code == .alreadyDone || $0.reason?.code == .uncertain)
    }
    return try await asking.tell(
      "repeat", chosen, consequences: ["Each effect may happen once more, outside."],
      consent: selection.consent, reason: reason
    ) { subject in
      if case .task(let id) = subject { .repeatEffect(id) } else { nil }
    }
  }
}
