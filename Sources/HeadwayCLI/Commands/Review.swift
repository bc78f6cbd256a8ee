package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct ReviewCommand: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    commandName: "review",
    abstract: "Decide many waiting approvals and held tasks in one go.",
    discussion: """
      Shows each case that waits for you, oldest first, then at home each task that is held, and \
      asks. From risk medium up an approval is given by typing the task's name. At the end all \
      approvals and rejections are one signed commit on main, with a signed statement for each \
      that binds its own record; and what was decided about held tasks is one commit of the \
      ledger, in your name. Nothing is signed or written before.

      Without a terminal:
      headway review --approve launch/approve --approve spring/approve \
      --reject fall/approve --reject-reason "too long" \
      --retry fall/draft --cancel old/send --reason "after the outage"
      """)

  @OptionGroup(title: "Which") package var named: NamedCases

  @Option(help: "What should be different in the rejected ones.")
  package var rejectReason: String?

  @Option(help: "Why held tasks are decided so; kept in the ledger.")
  package var reason = ""

  @Option(help: ArgumentHelp("Push main to this remote afterwards.", valueName: "remote"))
  package var push: String?

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func validate() throws {
    guard named.reject.isEmpty || rejectReason?.contains(where: { !$0.isWhitespace }) == true
    else {
      throw ValidationError("--reject needs --reject-reason: it is all that the next attempt gets")
    }
    guard named.adopt.isEmpty || !reason.isEmpty else {
      throw ValidationError("--adopt needs --reason: how you know that it is done")
    }
  }

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let sitting =
      named.isEmpty
      ? try await Sitting.everything(in: context, reason: reason)
      : try await named.sitting(in: context, rejectReason: rejectReason ?? "", reason: reason)
    guard let sitting else {
      context.print(["decided": []]) { context.output.line("Nothing waits for you.") }
      return .success
    }
    guard !sitting.isEmpty else {
      context.print(["decided": []]) { context.output.line("Nothing was decided.") }
      return .success
    }
    var review: Approver.Review?
    if let (approver, person) = sitting.signer {
      review = try await approver.decide(sitting.verdicts, as: person, pushTo: push)
    }
    let answer = try await sitting.carryOut(in: context)
    sitting.tell(review, answer, in: context)
    guard case .refused(let why) = answer else { return .success }
    throw Complaint.Carrier(
      Complaint(
        why,
        hints: [
          review == nil
            ? "nothing was done: leave out what is refused, or mend it"
            : "the signed commit stands; nothing was done about held tasks"
        ]))
  }
}

/// Decisions that are given on the command line.
package struct NamedCases: ParsableArguments {
  @Option(
    help: ArgumentHelp("Approve this case; may be given several times.", valueName: "run/task"))
  package var approve: [String] = []

  @Option(
    help: ArgumentHelp("Reject this case; may be given several times.", valueName: "run/task"))
  package var reject: [String] = []

  @Option(help: ArgumentHelp("Let this held task go on; likewise.", valueName: "run/task"))
  package var release: [String] = []

  @Option(help: ArgumentHelp("Try this held task again; likewise.", valueName: "run/task"))
  package var retry: [String] = []

  @Option(help: ArgumentHelp("This held task is done; likewise.", valueName: "run/task"))
  package var adopt: [String] = []

  @Option(
    help: ArgumentHelp("The effect of this held task may happen once more.", valueName: "run/task"))
  package var `repeat`: [String] = []

  @Option(help: ArgumentHelp("End this held task; likewise.", valueName: "run/task"))
  package var cancel: [String] = []

  package init() {}

  var isEmpty: Bool { approve.isEmpty && reject.isEmpty && held.isEmpty }

  private var held: [(choice: HeldCase.Choice, names: [String])] {
    [
      (.release, release), (.retry, retry), (.adopt, adopt), (.repeat, `repeat`), (.cancel, cancel),
    ].filter { !$0.names.isEmpty }
  }

  func sitting(
    in context: CommandContext, rejectReason: String, reason: String
  ) async throws -> Sitting {
    var sitting = Sitting(reason: reason)
    for name in approve { sitting.decide(try await Deciding.find(name, in: context), .approve) }
    for name in reject {
      sitting.decide(
        try await Deciding.find(name, in: context), .reject(message: rejectReason))
    }
    guard !held.isEmpty else { return sitting }
    let view = try await LedgerView.open(try await context.site())
    let cases = try await HeldCase.all(in: view, at: context.now())
    for (choice, names) in held {
      for name in names {
        let id = try await Target.task(name, in: view).task.record.id
        guard let found = cases.first(where: { $0.standing.id == id }) else {
          throw Deciding.refusal("\(id) is not held", hint: "headway explain \(id)")
        }
        guard found.choices.contains(choice) else {
          throw Deciding.refusal(
            "\(id) is held for another reason: \(found.standing.sentence)",
            hint: found.standing.clearing)
        }
        try sitting.decide(found, choice)
      }
    }
    return sitting
  }
}
