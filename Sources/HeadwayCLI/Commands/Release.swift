package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Release: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Let go on what a person, a policy or edits hold.",
    discussion: """
      headway release launch-3f9c2a/publish
      headway release launch-3f9c2a              the run, and every task of it that is held so
      headway release --pipeline article

      What is held because something went wrong is answered by `headway retry` or `headway adopt`.
      """)

  @OptionGroup(title: "Which") package var selection: Selection

  @Option(help: "Why; kept in the ledger.") package var reason = ""

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let asking = try await Asking(view, in: context)
    let chosen = try await selection.resolve(in: view, takesRuns: true) { $0.isReleasable }
    return try await asking.tell(
      "release", chosen, consequences: ["The next tick may start them."],
      consent: selection.consent, reason: reason
    ) { subject in
      switch subject {
      case .task(let id): .release(id)
      case .run(let id): .releaseRun(id)
      case .incident, .finding, .everything: nil
      }
    }
  }
}
