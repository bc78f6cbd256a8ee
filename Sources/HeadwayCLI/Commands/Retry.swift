package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Retry: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Try tasks again, with the inputs that they were given.",
    discussion: """
      headway retry launch-3f9c2a/draft
      headway retry --held --executor writer      everything that is held for one executor
      """)

  @Argument(help: ArgumentHelp("Names may be shortened.", valueName: "run/task"))
  package var names: [String] = []

  @Flag(help: "Every task that is held.") package var held = false

  @Option(help: ArgumentHelp("With --held: only this executor's.", valueName: "name"))
  package var executor: String?

  @Option(help: "Why; kept in the ledger.") package var reason = ""

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func validate() throws {
    guard held != !names.isEmpty else { throw ValidationError("name tasks, or take --held") }
    guard executor == nil || held else { throw ValidationError("--executor goes with --held") }
  }

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let asking = try await Asking(view, in: context)
    let tasks = held ? try heldTasks(in: view) : try await namedTasks(in: view)
    guard !tasks.isEmpty else {
      context.print([]) { context.output.line("Nothing is held.") }
      return .success
    }
    return try await asking.tell(tasks.map(Verb.retry), reason: reason)
  }

  private func namedTasks(in view: LedgerView) async throws -> [TaskID] {
    var tasks: [TaskID] = []
    for name in names {
      let id = try await Target.task(name, in: view).task.record.id
      if !tasks.contains(id) { tasks.append(id) }
    }
    return tasks
  }

  private func heldTasks(in view: LedgerView) throws -> [TaskID] {
    let held = view.board.tasksInOrder.map(\.record).filter { $0.state == .held }
    guard let executor else { return held.map(\.id) }
    let matching = held.filter { $0.specification.executor.text == executor }
    let known = Set(view.board.tasksInOrder.map(\.record.specification.executor.text)).sorted()
    guard !matching.isEmpty || known.contains(executor) else {
      throw Complaint.Carrier(
        Complaint(
          "no unfinished task is for an executor `\(executor)`",
          hints: [Nearest.hint(for: executor, among: known, listing: "executors with tasks")]
            .compactMap { $0 }, status: .usage))
    }
    return matching.map(\.id)
  }
}
