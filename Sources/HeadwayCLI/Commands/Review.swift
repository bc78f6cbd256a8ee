package import ArgumentParser
internal import Git
internal import HeadwayCore
internal import HeadwayEngine

package struct ReviewCommand: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    commandName: "review",
    abstract: "Decide many waiting approvals in one go, by one signed commit.",
    discussion: """
      Shows each case that waits for you, oldest first, and asks: approve, reject or skip. From \
      risk medium up an approval is given by typing the task's name. At the end all decisions are \
      one signed commit on main, with a signed statement for each that binds its own record; \
      nothing is signed before.

      Without a terminal:
      headway review --approve launch/approve --approve spring/approve \
      --reject fall/approve --reject-reason "too long"
      """)

  @Option(
    name: .customLong("approve"),
    help: ArgumentHelp("Approve this case; may be given several times.", valueName: "run/task"))
  package var approved: [String] = []

  @Option(
    name: .customLong("reject"),
    help: ArgumentHelp("Reject this case; may be given several times.", valueName: "run/task"))
  package var rejected: [String] = []

  @Option(help: "What should be different in the rejected ones.")
  package var rejectReason: String?

  @Option(help: ArgumentHelp("Push main to this remote afterwards.", valueName: "remote"))
  package var push: String?

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func validate() throws {
    guard rejected.isEmpty || rejectReason?.contains(where: { !$0.isWhitespace }) == true else {
      throw ValidationError("--reject needs --reject-reason: it is all that the next attempt gets")
    }
  }

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let sitting =
      approved.isEmpty && rejected.isEmpty
      ? try await everything(in: context) : try await named(in: context)
    guard let sitting else {
      context.print(["decided": []]) { context.output.line("Nothing waits for you.") }
      return .success
    }
    guard let (approver, person) = sitting.signer, !sitting.verdicts.isEmpty else {
      context.print(["decided": []]) { context.output.line("Nothing was decided.") }
      return .success
    }
    let review = try await approver.decide(sitting.verdicts, as: person, pushTo: push)
    tell(review, sitting, in: context)
    return .success
  }

  /// The decisions that were given on the command line.
  private func named(in context: CommandContext) async throws -> Sitting {
    var sitting = Sitting()
    for name in approved {
      sitting.decide(try await Deciding.find(name, in: context), .approve)
    }
    for name in rejected {
      sitting.decide(
        try await Deciding.find(name, in: context), .reject(message: rejectReason ?? ""))
    }
    return sitting
  }

  /// Goes through all that waits for the reader; `nil` when there is nothing.
  private func everything(in context: CommandContext) async throws -> Sitting? {
    let view = try await LedgerView.open(try await context.site())
    let people = try await view.project().map { Array($0.people.values) } ?? []
    let me = try await Me.find(context, view.site, among: people)
    let waits = try await WaitingApproval.all(in: view, for: me).filter(\.isMine)
    guard !waits.isEmpty else { return nil }
    guard context.errorTerminal.isInteractive else {
      throw Complaint.Carrier(
        Complaint(
          "nobody is here to be asked about \(waits.count) cases, so nothing was decided",
          hint: "name them: --approve RUN/TASK, --reject RUN/TASK --reject-reason TEXT",
          status: .usage))
    }
    var sitting = Sitting()
    for (index, approval) in waits.enumerated() {
      let deciding = try await Deciding.find(
        "\(approval.task.id)@\(approval.proposal.attempt.number)", in: context)
      context.errors.line("\nCase \(index + 1) of \(waits.count)")
      try await deciding.show()
      switch try ask(deciding, in: context) {
      case .decided(let decision): sitting.decide(deciding, decision)
      case .skipped: break
      case .enough: return sitting
      }
    }
    return sitting
  }

  private enum Answer {
    case decided(Approver.Verdict.Decision)
    case skipped
    case enough
  }

  private func ask(_ deciding: Deciding, in context: CommandContext) throws -> Answer {
    let name = deciding.proposal.attempt.task.description
    let isTyped = deciding.proposal.risk >= .medium
    let approval = isTyped ? "type \(name) to approve" : "[a]pprove"
    context.errors.write("\n\(approval), [r]eject, [s]kip, [q]uit: ")
    switch context.answer() {
    case name where isTyped: return .decided(.approve)
    case "a" where !isTyped, "approve" where !isTyped: return .decided(.approve)
    case "r", "reject":
      context.errors.write("What should be different? ")
      guard let message = context.answer(), message.contains(where: { !$0.isWhitespace }) else {
        context.errors.line("A rejection needs a reason; the case was skipped.")
        return .skipped
      }
      return .decided(.reject(message: message))
    case nil, "q", "quit": return .enough
    default: return .skipped
    }
  }

  private func tell(
    _ review: Approver.Review, _ sitting: Sitting, in context: CommandContext
  ) {
    context.print(sitting.facts(review)) {
      let mark = context.terminal.styled("✓", .green)
      for verdict in sitting.verdicts {
        let word = verdict.decision == .approve ? "approved" : "rejected"
        context.output.line("\(mark) \(verdict.proposal.attempt) \(word)")
      }
      context.output.line("One signed commit: \(review.commit.short)")
      for push in review.pushed {
        if case .rejected(let why) = push.outcome {
          context.errors.line("The push of \(push.destination) was refused: \(why.visible)")
        }
      }
    }
  }
}

/// What a person has decided so far, and who they are.
private struct Sitting {
  private(set) var verdicts: [Approver.Verdict] = []
  private(set) var signer: (approver: Approver, person: Name)?

  mutating func decide(_ deciding: Deciding, _ decision: Approver.Verdict.Decision) {
    verdicts.append(
      Approver.Verdict(deciding.proposal, decision, nonce: Deciding.nonce()))
    signer = (deciding.approver, deciding.person)
  }

  func facts(_ review: Approver.Review) -> JSONValue {
    [
      "commit": .string(review.commit.hex),
      "decided": .array(
        verdicts.map { verdict in
          [
            "attempt": .string(verdict.proposal.attempt.description),
            "decision": .string(verdict.decision == .approve ? "approve" : "reject"),
          ]
        }),
      "statements": .array(review.statements.map { .string($0.path.text) }),
    ]
  }
}
