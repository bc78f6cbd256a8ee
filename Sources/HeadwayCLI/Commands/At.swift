package import ArgumentParser
internal import Git
internal import HeadwayCore
internal import HeadwayEngine

package struct At: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Show the board as it was at a commit of the ledger, or at a time.",
    discussion: """
      headway at headway/ledger~20
      headway at 2026-12-01              the end of that day, in the project's time zone
      headway at "2026-12-01 14:00"

      Folds the ledger as it stood then, with the settings that were in force; changes nothing. \
      `headway log` lists the commits.
      """)

  @Argument(help: ArgumentHelp("A commit of headway/ledger, or a time.", valueName: "commit|date"))
  package var point: String

  @Flag(help: "A line for each task, however many they are.") package var all = false

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let past = try await view.past(at: try await commit(in: view, context))
    let situation = try await Situation(past, in: context, asOf: try await past.written())
    context.print(situation.facts) { situation.write(in: context, inFull: all) }
    return .success
  }

  /// A time reads as a time; everything else is git's to resolve.
  private func commit(in view: LedgerView, _ context: CommandContext) async throws -> CommitID {
    if let time = LocalTime(point) {
      let instant = time.instant(in: try await view.settings()?.timeZone ?? .utc)
      guard let commit = try await view.commit(before: instant) else {
        throw Complaint.Carrier(
          Complaint(
            "the ledger had not begun by \(instant.second)",
            hint: "`git log --reverse headway/ledger` shows when it did", status: .usage))
      }
      return commit
    }
    let git = try GitProgram(environment: context.environment)
    let answer = try await git.outcome(
      of: ["rev-parse", "--verify", "--quiet", "--end-of-options", point + "^{commit}"],
      in: view.site.folders.git, as: .reading)
    guard answer.status == 0, let commit = CommitID(answer.text) else {
      throw CommandError.revision(
        point, "neither a commit here nor a time such as 2026-12-01T14:00")
    }
    guard try await view.holds(commit) else {
      throw Complaint.Carrier(
        Complaint(
          "\(commit.short) is no commit of headway/ledger",
          hint: "a time will do: headway at 2026-12-01T14:00", status: .usage))
    }
    return commit
  }
}
