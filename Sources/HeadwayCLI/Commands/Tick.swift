package import ArgumentParser
internal import Git
internal import HeadwayCore
internal import HeadwayEngine
internal import UnixSignals

package struct TickCommand: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    commandName: "tick",
    abstract: "Look at what was committed and do everything that can be done now.",
    discussion: """
      Safe to run at any time and from anywhere: twice, or twice at once, changes nothing. Hooks \
      run it after each commit; for cron, one line is enough:

        * * * * * cd /path/to/repository && headway tick

      Exits with 0 when everything that could move has moved, with 5 when all dispatch is stopped.
      """)

  @Flag(name: .customLong("no-wait"), help: "Leave at once if another tick is running.")
  package var leaves = false

  @Flag(help: "Spend money without waiting for the pause after a commit.")
  package var now = false

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("Start nothing after this long, such as 10m.", valueName: "duration"))
  package var limit: SpanArgument?

  @Flag(
    name: .customLong("exit-code"),
    help: "Exit with 10 if something waits for a person, 11 if something is held or failed.")
  package var tellsByExitCode = false

  @Flag(help: "Tell what happens without a terminal too; hooks write it to the log.")
  package var progress = false

  @Flag(help: "Start in the background and return at once; what hooks use.")
  package var detach = false

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let site = try await context.site()
    let progress = ProgressLines(context, always: progress)
    let tick = Tick(
      site: site,
      options: Scheduler.Options(
        skipsSettling: now, dispatchUntil: limit.map { context.now() + $0.span }),
      surroundings: try context.surroundings(of: site, report: progress.report))
    let end = try await Interruptions.stopping {
      try await tick.run(
        leaves ? .leaves : .waits, whenReady: $0.stops, whenWaiting: progress.waiting)
    }
    switch end {
    case .reader:
      context.errors.line("This clone reads; another clone schedules (headway trust --home).")
      return .success
    case .leftToAnother:
      if context.errorTerminal.isInteractive {
        context.errors.line("Headway is running already; it has been told to look again.")
      }
      return .success
    case .ran(let report): return finish(report, in: context)
    }
  }

  private func finish(_ report: TickReport, in context: CommandContext) -> ExitStatus {
    if context.wantsJSON { context.output.write(report.json.canonical) }
    if report.isStopped {
      context.errors.line("All dispatch is stopped; `headway status` says why.")
      return .stopped
    }
    guard tellsByExitCode else { return .success }
    if report.holdsOrFailures { return .held }
    return report.waits ? .waiting : .success
  }
}

extension TickReport {
  var json: JSONValue {
    [
      "waits": .bool(waits), "holdsOrFailures": .bool(holdsOrFailures),
      "stopped": .bool(isStopped), "next": .optional(next?.description),
    ]
  }
}

/// A duration on the command line.
package struct SpanArgument: ExpressibleByArgument, Sendable {
  let span: Span

  package init?(argument: String) {
    guard let span = Span(argument) else { return nil }
    self.span = span
  }
}
