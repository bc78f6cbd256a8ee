internal import HeadwayCore
internal import HeadwayEngine

extension Asking {
  /// Carries the verbs out and prints what came of each; a refusal is exit code 1.
  func tell(_ verbs: [Verb], reason: String) async throws -> ExitStatus {
    let answered = try await carryOut(verbs, reason: reason)
    context.print(.array(answered.map(\.facts))) {
      for case .done(let sentence) in answered.map(\.outcome) {
        context.output.line("\(context.terminal.styled("✓", .green)) \(sentence.visible)")
      }
    }
    let refused = answered.compactMap { answer -> (String, String)? in
      if case .refused(let why, let hint) = answer.outcome { (why, hint) } else { nil }
    }
    guard !refused.isEmpty else { return .success }
    var hints: [String] = []
    for (_, hint) in refused where !hints.contains(hint) { hints.append(hint) }
    throw Complaint.Carrier(
      Complaint(refused.map(\.0).joined(separator: "\n"), hints: Array(hints.prefix(3))))
  }
}

extension Asking.Answered {
  enum Outcome {
    case done(String)
    case refused(String, hint: String)
  }

  var outcome: Outcome {
    switch answer {
    case .done: .done(sentence)
    case .refused(let why): .refused(why, hint: hint)
    }
  }

  private var sentence: String {
    switch verb {
    case .retry(let task): "\(task) is tried again"
    case .cancel(let run): "\(run) is cancelled"
    case .cancelTask(let task): "\(task) is cancelled"
    case .adopt(let task, let outputs):
      outputs.isEmpty
        ? "\(task) counts as done"
        : "\(task) has its result: \(outputs.keys.sorted().joined(separator: ", "))"
    case .repeatEffect(let task): "\(task) may have its effect once more"
    case .compensate(let run, let task):
      "the effects of \(task.map { "\(run)/\($0)" } ?? run.text) are being undone"
    case .clear(let incident): "incident \(incident) is cleared"
    case .freeze: "dispatch is frozen; headway thaw ends it"
    case .thaw: "dispatch goes on"
    }
  }

  private var hint: String {
    switch verb {
    case .retry(let task), .cancelTask(let task), .adopt(let task, _), .repeatEffect(let task):
      "headway explain \(task)"
    case .cancel(let run): "headway show \(run)"
    case .compensate(let run, _): "headway compensate \(run) --dry-run"
    case .clear, .freeze, .thaw: "headway status"
    }
  }

  var facts: JSONValue {
    var fields: [String: JSONValue] = ["verb": .string(verb.word)]
    switch verb {
    case .retry(let task), .cancelTask(let task), .adopt(let task, _), .repeatEffect(let task):
      fields["task"] = .string(task.description)
    case .cancel(let run): fields["run"] = .string(run.text)
    case .compensate(let run, let task):
      fields["run"] = .string(run.text)
      fields["from"] = .optional(task?.text)
    case .clear(let incident): fields["incident"] = .string(incident)
    case .freeze, .thaw: break
    }
    switch answer {
    case .done: fields["done"] = true
    case .refused(let why):
      fields["done"] = false
      fields["refused"] = .string(why)
    }
    return .object(fields)
  }
}
