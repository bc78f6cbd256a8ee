package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Status: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "What waits for you, what is held, what it costs, what runs and what comes next.",
    discussion: """
      Works in every clone that has the branch headway/ledger. What finished is told once: each \
      look remembers, on this machine, how far you have been told. More than five tasks that \
      stand still for one reason are one line; --all and --json list each.
      """)
  @Flag(help: "A line for each task, however many they are.") package var all = false
  @OptionGroup(title: "Everywhere") package var options: GlobalOptions
  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let site = try await context.site()
    let view = try await LedgerView.open(site)
    let situation = try await Situation(view, in: context)
    context.print(situation.facts) { situation.write(in: context, inFull: all) }
    try LastSeen(ledger: view.tip, at: context.now()).save(site)
    return .success
  }
}
