package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Approve: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Sign what waits for you: shows it, asks, and makes one signed commit on main.",
    discussion: """
      The same as the signed merge that `headway status` prints, plus a signed statement about the \
      exact record. Works without index or working tree where main is not checked out.
      """)

  @Argument(
    help: ArgumentHelp("What to approve; the run may be a beginning.", valueName: "run/task"))
  package var task: String

  @Option(
    help: ArgumentHelp("Push main to this remote afterwards.", valueName: "remote"))
  package var push: String?

  @Option(
    help: ArgumentHelp("The task's full name, where there is no terminal.", valueName: "run/task"))
  package var confirm: String?

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let deciding = try await Deciding.find(task, in: context)
    try await deciding.show()
    try deciding.confirm(confirm)
    let act = try await deciding.approver.approve(
      deciding.proposal, as: deciding.person, nonce: Deciding.nonce(), pushTo: push)
    deciding.tell(act, "Approved")
    return .success
  }
}
