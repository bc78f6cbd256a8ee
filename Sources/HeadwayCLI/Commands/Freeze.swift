package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Freeze: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Start nothing more, until `headway thaw`.",
    discussion: """
      What runs already ends in its own time. Anybody can do the same from afar with a file \
      FREEZE on main; either one stops everything.
      """)

  @Option(help: "Why; kept in the ledger.") package var reason = ""

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    return try await Asking(view, in: context).tell([.freeze], reason: reason)
  }
}
