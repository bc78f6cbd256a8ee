package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Retry: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Try tasks again, with the inputs that they were given.",
    discussion: """
      headway retry launch-3f9c2a/draft
      headway retry --held --executor writer      everything that is held for one executor
      headway retry --failed --pipeline article   what failed in the runs of one pipeline

      Several tasks are tried again together or not at all. What a person holds is left out: \
      `headway release` lets it go on.
      """)

  @OptionGroup(title: "Which") package var selection: Selection

  @Option(help: "Why; kept in the ledger.") package var reason = ""

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let asking = try await Asking(view, in: context)
    let chosen = try await selection.resolve(in: view) { task in
      switch task.state {
      case .held: !task.isReleasable
      case .failed, .expired: !task.isRemoved
      case .pending, .running, .waiting, .succeeded, .skipped, .cancelled: false
      }
    }
    let price = try await Intent.price(of: chosen, in: view, at: context.now())
    return try await asking.tell(
      "retry", chosen,
      consequences: ["Each is tried again with the inputs that it was given."] + price,
      consent: selection.consent, reason: reason
    ) { subject in
      if case .task(let id) = subject { .retry(id) } else { nil }
    }
  }
}
