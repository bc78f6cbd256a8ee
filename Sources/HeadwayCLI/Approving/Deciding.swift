internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// What `approve` and `reject` share: which proposal, which person, what they are shown, and that
/// they meant it.
struct Deciding: Sendable {
  let context: CommandContext
  let view: LedgerView
  let proposal: ProposalRecord
  let task: TaskRecord
  let run: RunRecord
  let person: Name
  let approver: Approver

  /// Finds the open proposal of `text`, which is `run/task` or `run/task@attempt`.
  static func find(_ text: String, in context: CommandContext) async throws -> Deciding {
    let site = try await context.site()
    guard let anchor = site.settings.anchor else { throw EngineError.noAnchor }
    let view = try await LedgerView.open(site)
    let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
    let found = try await view.task(parts.first ?? text)
    guard found.task.record.state == .waiting, let proposal = found.task.proposal else {
      throw refusal(
        "\(found.task.record.id) waits for nobody: it is \(found.task.record.state.rawValue)")
    }
    if parts.count == 2, parts[1] != String(proposal.attempt.number) {
      throw refusal("the open proposal of \(found.task.record.id) is @\(proposal.attempt.number)")
    }
    let person = try await person(context, view, role: proposal.requirement.role)
    return Deciding(
      context: context, view: view, proposal: proposal, task: found.task.record,
      run: found.run.record, person: person,
      approver: Approver(
        store: site.store, git: try GitProgram(environment: context.environment),
        directory: site.folders.common, anchor: anchor, branch: site.settings.branch,
        environment: context.environment))
  }

  private static func person(
    _ context: CommandContext, _ view: LedgerView, role: Name
  ) async throws -> Name {
    guard let main = view.board.main else { throw EngineError.noLedger }
    let people = try await MainReader(store: view.site.store)
      .snapshot(main.judged, briefs: .only([])).project.people
    guard let me = try await Me.find(context, view.site, among: Array(people.values)) else {
      throw refusal(
        "nobody in people/ has your signing key, so your signature would decide nothing",
        hint: "`headway doctor` shows the key that git signs with")
    }
    guard me.roles.contains(role) else {
      throw refusal(
        "\(me.name) does not hold the role \(role)",
        hint: "people who do: "
          + people.values.filter { $0.holds(role) }.map(\.name.text).sorted()
          .joined(separator: ", "))
    }
    return me.name
  }

  static func refusal(_ message: String, hint: String? = nil) -> Complaint.Carrier {
    Complaint.Carrier(Complaint(message, hints: hint.map { [$0] } ?? []))
  }

  /// Shows what would be signed: the content against what stands on main, made visible.
  func show() async throws {
    let out = context.errors
    out.line("\(proposal.attempt)  \(run.title.visible)")
    out.line(
      "  risk \(proposal.risk.rawValue), needs \(proposal.requirement.count) × "
        + "\(proposal.requirement.role), until \(proposal.expires)")
    if let judged = view.board[proposal.attempt.task]?.judged, !judged.approvers.isEmpty {
      out.line("  approved so far by \(judged.approvers.map(\.text).joined(separator: ", "))")
    }
    out.line("  signed as \(person)")
    for (path, blob) in proposal.content.sorted(by: { $0.key < $1.key }) {
      let old = proposal.base[path] ?? nil
      out.line("\n--- \(path.text.visible) (\(old == nil ? "new" : "changed"))")
      let bytes = try await view.blob(blob)
      out.line(String(decoding: bytes, as: UTF8.self).visibleLines)
    }
  }

  /// From risk medium up the task's name is typed, so that no finger slips into a signature.
  func confirm(_ given: String?) throws {
    guard proposal.risk >= .medium else { return }
    let name = proposal.attempt.task.description
    if let given {
      guard given == name else {
        throw Self.refusal("`\(given)` is not \(name); nothing was signed")
      }
      return
    }
    guard context.errorTerminal.isInteractive else {
      throw Self.refusal(
        "risk \(proposal.risk.rawValue) asks for the task's name to be typed",
        hint: "without a terminal: --confirm \(name)")
    }
    context.errors.write("\nType \(name) to sign: ")
    guard let answer = context.answer(), answer == name else {
      throw Self.refusal("that is not \(name); nothing was signed")
    }
  }

  func tell(_ act: Approver.Act, _ verb: String) {
    context.print(facts(act, verb)) {
      context.output.line(
        "\(verb) \(proposal.attempt) as \(person) in \(act.commit.short)"
          + (act.merged ? ", which merges it" : ""))
      for push in act.pushed {
        if case .rejected(let why) = push.outcome {
          context.errors.line("The push of \(push.destination) was refused: \(why.visible)")
        }
      }
      if act.pushed.isEmpty, view.site.settings.isHome == false {
        context.output.line("Push \(view.site.settings.branch), so that home sees it.")
      }
    }
  }

  private func facts(_ act: Approver.Act, _ verb: String) -> JSONValue {
    [
      "decision": .string(verb.lowercased()), "attempt": .string(proposal.attempt.description),
      "person": .string(person.text), "commit": .string(act.commit.hex),
      "statement": .string(act.statement.path.text), "merged": .bool(act.merged),
    ]
  }

  /// 128 bits from the system's generator.
  static func nonce() -> Nonce {
    var generator = SystemRandomNumberGenerator()
    return Nonce(generator.next(), generator.next())
  }
}
