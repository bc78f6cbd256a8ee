package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Allow: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Say that a text which looks like a secret is none.",
    discussion: """
      An output is held where a text in it looks random and stood in none of its inputs. `headway \
      explain RUN/TASK` says where it stands, and names it by the beginning of its SHA-256; the \
      text itself is written nowhere. What is allowed passes from then on, in every output; what \
      was held for it alone is done again, since what it had delivered was not kept.

      Known secrets and keys in the shapes of their vendors cannot be allowed.
      """)

  @Argument(help: ArgumentHelp("As `headway status` shows it.", valueName: "finding"))
  package var findings: [String]

  @Option(help: "Why it is no secret; kept in the ledger.") package var reason: String

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let asking = try await Asking(view, in: context)
    let known = Set(view.board.suspicious.flatMap(\.findings)).sorted()
    for finding in findings
    where !known.contains(finding) && view.board.main?.allowed[finding] == nil {
      throw Complaint.Carrier(
        Complaint(
          "nothing is held for `\(finding)`",
          hints: [Nearest.hint(for: finding, among: known, listing: "there is")]
            .compactMap { $0 }, status: .usage))
    }
    return try await asking.tell(findings.map { .allow(finding: $0) }, reason: reason)
  }
}
