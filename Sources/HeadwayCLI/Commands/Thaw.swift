package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Thaw: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Go on after `headway freeze`.")

  @Option(help: "Why; kept in the ledger.") package var reason = ""

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    return try await Asking(view, in: context).tell([.thaw], reason: reason)
  }
}
