package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Reject: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Turn down what waits for you, with a reason for whoever works on it next.",
    discussion: """
      Commits a signed statement to main. The message becomes `inputs/feedback.md` of the task that \
      the pipeline names under `onReject`; without one the task is held.
      """)

  @Argument(
    help: ArgumentHelp("What to reject; the run may be a beginning.", valueName: "run/task"))
  package var task: String

  @Option(name: [.short, .long], help: "What should be different.")
  package var message: String

  @Option(
    help: ArgumentHelp("Push main to this remote afterwards.", valueName: "remote"))
  package var push: String?

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    guard !message.allSatisfy(\.isWhitespace) else {
      throw Deciding.refusal("a rejection needs a message: it is all that the next attempt gets")
    }
    let deciding = try await Deciding.find(task, in: context)
    let act = try await deciding.approver.reject(
      deciding.proposal, as: deciding.person, message: message, nonce: Deciding.nonce(),
      pushTo: push)
    deciding.tell(act, "Rejected")
    return .success
  }
}
