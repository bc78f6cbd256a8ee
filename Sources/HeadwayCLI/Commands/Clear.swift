package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Clear: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Answer incidents, so that what they stopped goes on.",
    discussion: """
      `headway status` lists open incidents with what answers them. Without a name, the only open \
      one is meant; an executor's name means the incidents of that executor.
      """)

  @Argument(help: ArgumentHelp("Any part of its id will do.", valueName: "incident|executor"))
  package var names: [String] = []

  @Flag(help: "Every open incident.") package var all = false

  @OptionGroup package var consent: Consent

  @Option(help: "Why; kept in the ledger.") package var reason = ""

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func validate() throws {
    guard !all || names.isEmpty else { throw ValidationError("name incidents, or take --all") }
  }

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let asking = try await Asking(view, in: context)
    let ids = try chosen(on: view.board)
    let intent = Intent(
      "clear",
      ids.map { id in [.init(id), .init(view.board.incidents[id]?.reason ?? "")] },
      consequences: ["What they stopped goes on; what caused them may stop it again."])
    guard try consent.given(to: intent, in: context) else { return .success }
    return try await asking.tell(ids.map { .clear(incident: $0) }, reason: reason)
  }

  private func chosen(on board: Board) throws -> [String] {
    if all, !board.incidents.isEmpty { return board.incidents.keys.sorted() }
    guard !names.isEmpty else { return try Self.incidents(nil, on: board) }
    var ids: [String] = []
    for id in try names.flatMap({ try Self.incidents($0, on: board) }) where !ids.contains(id) {
      ids.append(id)
    }
    return ids
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
    let ofExecutor = open.filter { incident in
      guard let executor = Name(name) else { return false }
      return incident.scope == .executor(executor)
        || incident.breaker?.executors.contains(executor) == true
    }
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
