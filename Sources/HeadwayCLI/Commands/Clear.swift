package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Clear: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Answer an incident, so that what it stopped goes on.",
    discussion: """
      `headway status` lists open incidents with what answers them. Without a name, the only open \
      one is meant; an executor's name means the incidents of that executor.
      """)

  @Argument(help: ArgumentHelp("Any part of its id will do.", valueName: "incident|executor"))
  package var name: String?

  @Option(help: "Why; kept in the ledger.") package var reason = ""

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let asking = try await Asking(view, in: context)
    let verbs = try Self.incidents(name, on: view.board).map { Verb.clear(incident: $0) }
    return try await asking.tell(verbs, reason: reason)
  }

  private static func incidents(_ name: String?, on board: Board) throws -> [String] {
    let open = board.incidents.values.sorted { $0.id < $1.id }
    guard !open.isEmpty else {
      throw Complaint.Carrier(Complaint("no incident is open", hint: "headway status"))
    }
    let ids = open.map(\.id)
    guard let name else {
      guard open.count == 1 else { throw several(ids) }
      return ids
    }
    if ids.contains(name) { return [name] }
    let ofExecutor = open.filter { $0.scope == Name(name).map(IncidentRecord.Scope.executor) }
    guard ofExecutor.isEmpty else { return ofExecutor.map(\.id) }
    let matching = ids.filter { !name.isEmpty && $0.contains(name) }
    guard matching.count <= 1 else { throw several(matching) }
    guard let only = matching.first else {
      throw Complaint.Carrier(
        Complaint(
          "no open incident is called `\(name)`",
          hints: [Nearest.hint(for: name, among: ids, listing: "open")].compactMap { $0 },
          status: .usage))
    }
    return [only]
  }

  private static func several(_ ids: [String]) -> Complaint.Carrier {
    Complaint.Carrier(
      Complaint(
        "several incidents are open", hint: "name one of \(ids.joined(separator: ", "))",
        status: .usage))
  }
}
