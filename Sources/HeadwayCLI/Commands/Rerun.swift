package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct RerunCommand: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    commandName: "rerun",
    abstract: "Do what a run did once more, as a new run at main as it is now.",
    discussion: """
      headway rerun launch-3f9c2a --dry-run           only show what differs and what would run
      headway rerun launch-3f9c2a --from draft        keep the results before draft

      First shows what is different from then: brief, pipeline, parameters, inputs, executors and \
      models. With --from, results before that task are taken over where their work is exactly the \
      same; what changed runs again. Signatures are never taken over, and external effects that \
      are done already wait for `headway repeat` or `headway adopt`.

      `headway retry` is for the same run with the same inputs.
      """)

  @Argument(help: ArgumentHelp("Names may be shortened.", valueName: "run"))
  package var name: String

  @Option(help: ArgumentHelp("Begin again with this task.", valueName: "task"))
  package var from: String?

  @OptionGroup package var consent: Consent

  @Option(help: "Why; kept in the ledger.") package var reason = ""

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    guard case .run(let earlier) = try await Target(name, in: view) else {
      throw CommandError.invalid(
        "`\(name)` is a task", hint: "headway rerun RUN --from TASK begins with a task")
    }
    let start = try start(in: earlier)
    let page = try await RerunPage(earlier, from: start, in: view, at: context.now())
    if consent.dryRun {
      context.print(page.facts) { page.write(to: context.output, on: context.terminal) }
      return .success
    }
    let asking = try await Asking(view, in: context)
    try confirm(page, in: context)
    return try await asking.tell(
      [.rerun(earlier.record.id, from: start, seen: page.main)], reason: reason)
  }

  private func start(in run: BoardRun) throws -> Name? {
    guard let from else { return nil }
    guard let name = Name(from) else {
      throw CommandError.invalid("`\(from)` is no task's name", hint: "headway show \(name)")
    }
    return name
  }

  /// Always asked: a new run costs what the first one did.
  private func confirm(_ page: RerunPage, in context: CommandContext) throws {
    page.write(to: context.errors, on: context.errorTerminal)
    guard !consent.yes else { return }
    guard context.errorTerminal.isInteractive else {
      throw Complaint.Carrier(
        Complaint(
          "nobody is here to be asked, so nothing was started",
          hint: "--yes says that you mean it; --dry-run only shows it", status: .usage))
    }
    context.errors.write("Start it? [y/N] ")
    guard let answer = context.answer()?.lowercased(), ["y", "yes"].contains(answer) else {
      throw Complaint.Carrier(Complaint("nothing was started", hints: []))
    }
  }
}
