package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct ForecastCommand: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Tell when runs will probably end, what they will cost, and what will be late.",
    discussion: """
      headway forecast                        everything that has not ended
      headway forecast launch                 the tasks of one run
      headway forecast launch/publish         one task, with all that comes before it
      headway forecast --wait 30m             … if people sign within half an hour

      Plays the planner forward from the board as it is, on the durations and costs of the ledger: \
      once with their median, once with what four in five did not exceed. Executes and writes \
      nothing.

      It takes for granted that every attempt succeeds, that executors which are down work again \
      at their next probe, that people approve, that conditions on results hold, and that nobody \
      commits anything. Runs that schedules, files or other runs may yet start are not in it, nor \
      are the items of lists that tasks have yet to deliver.
      """)

  @Argument(help: ArgumentHelp("Names may be shortened.", valueName: "run|run/task"))
  package var name: String?

  @Option(
    help: ArgumentHelp(
      "How long people take to sign. Default: as lately, else four hours.", valueName: "span"))
  package var wait: String?

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let now = context.now()
    guard let forecasts = try await view.forecasts(at: now, signing: try signing()),
      let usual = forecasts[.usual], let slow = forecasts[.slow]
    else {
      throw Complaint.Carrier(
        Complaint(
          "headway.json cannot be read, so nothing is planned", hint: "headway check"))
    }
    let page = ForecastPage(
      usual: usual, slow: slow, board: view.board, ledger: view.tip,
      subject: try await subject(in: view),
      upcoming: try await view.nextInstants(after: now))
    context.print(page.facts) { page.write(in: context) }
    return .success
  }

  private func signing() throws -> Span? {
    guard let wait else { return nil }
    guard let span = Span(wait) else {
      throw Complaint.Carrier(
        Complaint("`\(wait)` is no span of time", hint: "write 30m, 4h or 2d", status: .usage))
    }
    return span
  }

  private func subject(in view: LedgerView) async throws -> ForecastPage.Subject {
    guard let name else { return .everything }
    let subject: ForecastPage.Subject
    let run: BoardRun
    switch try await Target(name, in: view) {
    case .run(let found): (subject, run) = (.run(found.record.id), found)
    case .task(let found, let task), .attempt(let found, let task, _):
      run = found
      subject = .task(
        task.record.id, with: Set(found.ancestors(of: task.record.task) + [task.record.task]))
    }
    guard view.board.runs[run.record.id] != nil, run.isLive else {
      throw Complaint.Carrier(
        Complaint(
          "\(run.record.id) has ended: \(run.record.state.rawValue)",
          hint: "headway show \(run.record.id)"))
    }
    return subject
  }
}
