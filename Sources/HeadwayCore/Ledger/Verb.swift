/// What a person may ask for at home; each is recorded on the ledger, with a name and a reason.
package enum Verb: Hashable, Sendable {
  /// Another try with the same pinned inputs, or the planner's second look at a held task.
  case retry(TaskID)
  case cancel(RunID)
  case cancelTask(TaskID)
  /// Nothing goes past the task until it is released; what runs already is finished.
  case hold(TaskID)
  case holdRun(RunID)
  /// Takes a hold away that a person, a policy or edits put there.
  case release(TaskID)
  case releaseRun(RunID)
  /// The person did the work, or says that it was done; `outputs` are by name.
  case adopt(TaskID, outputs: [String: [UInt8]])
  /// A done effect may be used once more.
  case repeatEffect(TaskID)
  /// A new run of what that one did, as main stood when the person looked.
  case rerun(RunID, from: Name?, seen: CommitID)
  /// Undoes the effects of a run, or of one task and what comes after it.
  case compensate(RunID, from: Name?)
  case clear(incident: String)
  /// A text that looks like a secret is none; by the beginning of its digest.
  case allow(finding: String)
  case freeze
  /// Stops what runs too, with grace.
  case freezeNow
  case thaw

  package var word: String {
    switch self {
    case .retry: "retry"
    case .cancel, .cancelTask: "cancel"
    case .hold, .holdRun: "hold"
    case .release, .releaseRun: "release"
    case .adopt: "adopt"
    case .repeatEffect: "repeat"
    case .rerun: "rerun"
    case .compensate: "compensate"
    case .clear: "clear"
    case .allow: "allow"
    case .freeze, .freezeNow: "freeze"
    case .thaw: "thaw"
    }
  }

  /// What it is said about.
  package enum Subject: Hashable, Sendable, CustomStringConvertible {
    case task(TaskID)
    case run(RunID)
    case incident(String)
    case finding(String)
    case everything

    package var description: String {
      switch self {
      case .task(let id): id.description
      case .run(let id): id.text
      case .incident(let id), .finding(let id): id
      case .everything: "everything"
      }
    }
  }

  package var subject: Subject {
    switch self {
    case .retry(let id), .cancelTask(let id), .hold(let id), .release(let id), .adopt(let id, _),
      .repeatEffect(let id):
      .task(id)
    case .cancel(let id), .holdRun(let id), .releaseRun(let id), .compensate(let id, _),
      .rerun(let id, _, _):
      .run(id)
    case .clear(let id): .incident(id)
    case .allow(let id): .finding(id)
    case .freeze, .freezeNow, .thaw: .everything
    }
  }
}

extension [Verb] {
  /// Each word once, in the order in which they come.
  package var words: [String] {
    reduce(into: []) { words, verb in
      if !words.contains(verb.word) { words.append(verb.word) }
    }
  }
}

/// Who typed a verb, why and when.
package struct VerbCause: Hashable, Sendable {
  package let by: String
  package let reason: String
  package let at: Instant
  package let runner: String

  package init(by: String, reason: String, at: Instant, runner: String) {
    self.by = by
    self.reason = reason
    self.at = at
    self.runner = runner
  }
}

/// A verb that does not fit what it was said about, in one sentence.
package struct VerbRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String
  /// What was asked for holds already: whoever asks again is answered as if it had been done.
  package let isSoAlready: Bool

  package init(_ description: String, isSoAlready: Bool = false) {
    self.description = description
    self.isSoAlready = isSoAlready
  }
}
