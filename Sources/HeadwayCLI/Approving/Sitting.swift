internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// What a person has decided so far of many cases, and who they are.
struct Sitting: Sendable {
  private(set) var verdicts: [Approver.Verdict] = []
  private(set) var signer: (approver: Approver, person: Name)?
  private(set) var verbs: [Verb] = []
  var reason: String

  init(reason: String) { self.reason = reason }

  var isEmpty: Bool { verdicts.isEmpty && verbs.isEmpty }

  mutating func decide(_ deciding: Deciding, _ decision: Approver.Verdict.Decision) {
    verdicts.append(
      Approver.Verdict(deciding.proposal, decision, nonce: Deciding.nonce()))
    signer = (deciding.approver, deciding.person)
  }

  mutating func decide(_ held: HeldCase, _ choice: HeldCase.Choice) throws {
    let verb = choice.verb(for: held.standing.id)
    guard !verbs.contains(where: { $0.subject == verb.subject }) else {
      throw CommandError.invalid(
        "\(held.standing.id) is decided twice", hint: "decide each case once")
    }
    verbs.append(verb)
  }

  /// Goes through all that waits for the reader; `nil` when there is nothing.
  static func everything(in context: CommandContext, reason: String) async throws -> Sitting? {
    let view = try await LedgerView.open(try await context.site())
    let people = try await view.project().map { Array($0.people.values) } ?? []
    let me = try await Me.find(context, view.site, among: people)
    let waits = try await WaitingApproval.all(in: view, for: me).filter(\.isMine)
    // Verbs are typed at home; elsewhere nothing could come of a decision.
    let held =
      view.site.settings.isHome ? try await HeldCase.all(in: view, at: context.now()) : []
    let count = waits.count + held.count
    guard count > 0 else { return nil }
    guard context.errorTerminal.isInteractive else {
      throw Complaint.Carrier(
        Complaint(
          "nobody is here to be asked about \(count) case\(count == 1 ? "" : "s"), so nothing "
            + "was decided",
          hints: [
            "name them: --approve RUN/TASK, --reject RUN/TASK --reject-reason TEXT, "
              + "--retry RUN/TASK, …"
          ], status: .usage))
    }
    var sitting = Sitting(reason: reason)
    for (index, approval) in waits.enumerated() {
      let deciding = try await Deciding.find(
        "\(approval.task.id)@\(approval.proposal.attempt.number)", in: context)
      context.errors.line("\nCase \(index + 1) of \(count)")
      try await deciding.show()
      switch try ask(deciding, in: context) {
      case .decided(let decision): sitting.decide(deciding, decision)
      case .skipped: break
      case .enough: return sitting
      }
    }
    try sitting.goThrough(held, after: waits.count, in: context)
    return sitting
  }

  private mutating func goThrough(
    _ held: [HeldCase], after seen: Int, in context: CommandContext
  ) throws {
    for (index, one) in held.enumerated() {
      context.errors.line("\nCase \(seen + index + 1) of \(seen + held.count)")
      one.show(in: context)
      switch one.ask(in: context) {
      case .decided(let choice): try decide(one, choice)
      case .skipped: break
      case .enough: return askWhy(in: context)
      }
    }
    askWhy(in: context)
  }

  /// What was done by hand is believed because somebody says how they know.
  private mutating func askWhy(in context: CommandContext) {
    guard reason.isEmpty, !verbs.isEmpty else { return }
    context.errors.write("Why so? It is kept in the ledger: ")
    reason = context.answer() ?? ""
  }

  private enum Answer {
    case decided(Approver.Verdict.Decision)
    case skipped
    case enough
  }

  private static func ask(_ deciding: Deciding, in context: CommandContext) throws -> Answer {
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

  /// Hands what was decided about held tasks to the ledger's writer; `nil` where nothing was.
  func carryOut(in context: CommandContext) async throws -> Requests.Answer? {
    guard !verbs.isEmpty else { return nil }
    let view = try await LedgerView.open(try await context.site())
    return try await Asking(view, in: context).carryOut(verbs, reason: reason)
  }

  func tell(
    _ review: Approver.Review?, _ answer: Requests.Answer?, in context: CommandContext
  ) {
    context.print(facts(review, answer)) {
      let mark = context.terminal.styled("✓", .green)
      if let review {
        for verdict in verdicts {
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
      if answer == .done {
        for verb in verbs { context.output.line("\(mark) \(verb.doneSentence.visible)") }
      }
    }
  }

  private func facts(_ review: Approver.Review?, _ answer: Requests.Answer?) -> JSONValue {
    [
      "commit": .optional(review?.commit.hex),
      "decided": .array(
        verdicts.map { verdict in
          [
            "attempt": .string(verdict.proposal.attempt.description),
            "decision": .string(verdict.decision == .approve ? "approve" : "reject"),
          ]
        }),
      "statements": .array((review?.statements ?? []).map { .string($0.path.text) }),
      "held": .array(answer.map { answer in verbs.map { $0.facts(answer) } } ?? []),
    ]
  }
}
