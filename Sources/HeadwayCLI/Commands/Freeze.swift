package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Freeze: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Start nothing more, until `headway thaw`.",
    discussion: """
      What runs already ends in its own time, unless --now stops it with grace. Anybody can do the same from afar with a file \
      FREEZE on main; either one stops everything.
      """)

  @Flag(help: "Stop what runs, too.") package var now = false

  @OptionGroup package var consent: Consent

  @Option(help: "Why; kept in the ledger.") package var reason = ""

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let asking = try await Asking(view, in: context)
    guard try consent.given(to: intent(on: view.board), in: context) else { return .success }
    return try await asking.tell([now ? .freezeNow : .freeze], reason: reason)
  }

  private func intent(on board: Board) -> Intent {
    let running = now ? board.running.map(\.record) : []
    let external = running.filter { $0.effectUnderWay == .external }
    var consequences = ["Nothing more starts until `headway thaw`."]
    if !running.isEmpty {
      consequences.append("What is stopped is tried again after that, and is paid for again.")
    }
    if !external.isEmpty {
      consequences.append(
        "Nobody will know whether these had their effect outside, and they will be held: "
          + external.map(\.id.description).joined(separator: ", "))
    }
    return Intent(
      "freeze",
      running.map { task in
        [.init("\(task.id)"), .init(task.specification.executor.text), .init("is stopped")]
      }, consequences: consequences, asks: !running.isEmpty)
  }
}
