internal import HeadwayCore
internal import HeadwayEngine

extension Asking {
  /// The most lines that tell what was done.
  private static let told = 20

  /// Carries the verbs out, all or none, and prints what came of them; a refusal is exit code 1.
  func tell(_ verbs: [Verb], reason: String) async throws -> ExitStatus {
    let answer = try await carryOut(verbs, reason: reason)
    context.print(.array(verbs.map { $0.facts(answer) })) {
      guard answer == .done else { return }
      let mark = context.terminal.styled("✓", .green)
      for verb in verbs.prefix(Self.told) {
        context.output.line("\(mark) \(verb.doneSentence.visible)")
      }
      if verbs.count > Self.told {
        context.output.line("\(mark) and \(verbs.count - Self.told) more")
      }
    }
    guard case .refused(let why) = answer else { return .success }
    let hints =
      verbs.count == 1
      ? verbs.map(\.hint) : ["nothing was done: leave out what is refused, or mend it"]
    throw Complaint.Carrier(Complaint(why, hints: hints))
  }

  /// Resolves, asks where it must, and carries out.
  func tell(
    _ word: String, _ chosen: [Selection.Chosen], consequences: [String], consent: Consent,
    reason: String, as verb: (Verb.Subject) -> Verb?
  ) async throws -> ExitStatus {
    guard !chosen.isEmpty else {
      context.print([]) { context.output.line("There is nothing to \(word).") }
      return .success
    }
    let intent = Intent(word, chosen, consequences: consequences)
    guard try consent.given(to: intent, in: context) else { return .success }
    return try await tell(chosen.compactMap { verb($0.subject) }, reason: reason)
  }
}

extension Verb {
  /// What is so once it is done.
  var doneSentence: String {
    switch self {
    case .retry(let task): "\(task) is tried again"
    case .cancel(let run): "\(run) is cancelled"
    case .cancelTask(let task): "\(task) is cancelled"
    case .hold(let task): "\(task) is held; headway release \(task) lets it go on"
    case .holdRun(let run): "\(run) is held; headway release \(run) lets it go on"
    case .release(let task): "\(task) is released"
    case .releaseRun(let run): "\(run) is released"
    case .adopt(let task, let outputs):
      outputs.isEmpty
        ? "\(task) counts as done"
        : "\(task) has its result: \(outputs.keys.sorted().joined(separator: ", "))"
    case .repeatEffect(let task): "\(task) may have its effect once more"
    case .rerun(let run, _, _): "what \(run) did is done again, in a run of its own"
    case .compensate(let run, let task):
      "the effects of \(task.map { "\(run)/\($0)" } ?? run.text) are being undone"
    case .clear(let incident): "incident \(incident) is cleared"
    case .allow(let finding): "\(finding) is allowed; what was held for it alone is done again"
    case .freeze: "dispatch is frozen; headway thaw ends it"
    case .freezeNow: "dispatch is frozen and what ran is stopped; headway thaw ends it"
    case .thaw: "dispatch goes on"
    }
  }

  fileprivate var hint: String {
    if case .compensate(let run, _) = self { return "headway compensate \(run) --dry-run" }
    return switch subject {
    case .task(let task): "headway explain \(task)"
    case .run(let run): "headway show \(run)"
    case .incident, .finding, .everything: "headway status"
    }
  }

  func facts(_ answer: Requests.Answer) -> JSONValue {
    var fields: [String: JSONValue] = ["verb": .string(word)]
    switch subject {
    case .task(let task): fields["task"] = .string(task.description)
    case .run(let run): fields["run"] = .string(run.text)
    case .incident(let incident): fields["incident"] = .string(incident)
    case .finding(let finding): fields["finding"] = .string(finding)
    case .everything: break
    }
    if case .compensate(_, let from) = self { fields["from"] = .optional(from?.text) }
    if case .rerun(_, let from, _) = self { fields["from"] = .optional(from?.text) }
    switch answer {
    case .done: fields["done"] = true
    case .refused(let why):
      fields["done"] = false
      fields["refused"] = .string(why)
    }
    return .object(fields)
  }
}
