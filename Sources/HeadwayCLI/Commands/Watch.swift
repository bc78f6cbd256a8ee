package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct WatchCommand: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Stay, react to every commit at once, and wake for due times.",
    discussion: """
      Ends cleanly on SIGTERM and Ctrl-C: what runs is cancelled with grace and handed back to the \
      next tick. Hooks and cron may go on running `headway tick`; they only nudge this one.
      """)

  @Flag(help: "Spend money without waiting for the pause after a commit.")
  package var now = false
  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let site = try await context.site()
    let progress = ProgressLines(context, always: true)
    let watch = Watch(
      site: site, skipsSettling: now,
      surroundings: try context.surroundings(of: site, report: progress.report))
    context.errors.line("Watching \(site.settings.branch); Ctrl-C ends it.")
    switch try await Interruptions.stopping({ try await watch.run(whenReady: $0.stops) }) {
    case .stopped: return .success
    case .leftToAnother:
      throw Complaint.Carrier(
        Complaint(
          "another tick or watch has the lock",
          hint: "`headway status` tells who; one daemon a repository is enough"))
    case .reader:
      throw Complaint.Carrier(
        Complaint(
          "this clone reads; another clone schedules",
          hint: "`headway trust --home` makes this one the home"))
    }
  }
}
