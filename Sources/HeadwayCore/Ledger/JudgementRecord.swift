/// `judged-<n>.json`: every judgement of one approval record, in order; lines are only added.
package struct JudgementRecord: Hashable, Sendable {
  package let attempt: AttemptID
  package var judgements: [Judgement]

  package struct Judgement: Hashable, Sendable {
    /// The tip up to which main had been judged before (L).
    package let from: CommitID
    /// The commit or the statement that was judged.
    package let carrier: Carrier
    /// `nil` where no valid signature names one.
    package let person: Name?
    package let decision: Decision
    package let at: Instant
    /// `nil` when it counts; else why not, in one sentence.
    package let whyNot: String?
    /// The person's own words, for a rejection.
    package let message: String?

    package init(
      from: CommitID, carrier: Carrier, person: Name?, decision: Decision, at: Instant,
      whyNot: String?, message: String? = nil
    ) {
      self.from = from
      self.carrier = carrier
      self.person = person
      self.decision = decision
      self.at = at
      self.whyNot = whyNot
      self.message = message
    }

    package var counts: Bool { whyNot == nil }
  }

  package enum Carrier: Hashable, Sendable {
    case commit(CommitID)
    case statement(PinnedFile)
    /// Headway itself: expiry, or a change of main under the proposal.
    case observation(CommitID)
  }

  package enum Decision: String, Hashable, Sendable {
    case approve, reject, withdraw, void, expire
    /// Content or record came to main without a signature that counts.
    case landed
  }

  package init(attempt: AttemptID, judgements: [Judgement]) {
    self.attempt = attempt
    self.judgements = judgements
  }

  /// The approvals that count and were not taken back, in the order of their judgement.
  package var standing: [Judgement] {
    var standing: [Judgement] = []
    for judgement in judgements where judgement.counts {
      switch judgement.decision {
      case .approve: standing.append(judgement)
      // A statement that is gone from main's tip no longer speaks.
      case .withdraw: standing.removeAll { $0.carrier == judgement.carrier }
      case .reject, .void, .expire, .landed: break
      }
    }
    return standing
  }

  /// Whether the record was taken from main, which is for good.
  package var isWithdrawn: Bool {
    judgements.contains { judgement in
      guard judgement.decision == .withdraw else { return false }
      if case .statement = judgement.carrier { return false }
      return true
    }
  }

  /// Persons whose approval counts, each once, in the order of their judgement.
  package var approvers: [Name] {
    var seen: [Name] = []
    for judgement in standing {
      if let person = judgement.person, !seen.contains(person) { seen.append(person) }
    }
    return seen
  }
}

extension JudgementRecord {
  package var json: JSONValue {
    [
      "format": 1, "run": .text(attempt.task.run), "task": .text(attempt.task.task),
      "attempt": .integer(attempt.number), "judgements": .array(judgements.map(\.json)),
    ]
  }

  package init(json: JSONValue) throws(RecordFault) {
    let fields = try RecordFields(json, kind: "judged", format: 1)
    self.init(
      attempt: AttemptID(
        task: TaskID(run: try fields.run("run"), task: try fields.name("task")),
        number: try fields.count("attempt")),
      judgements: try fields.objects("judgements", Judgement.init))
  }
}

extension JudgementRecord.Judgement {
  var json: JSONValue {
    var fields: [String: JSONValue] = [
      "from": .text(from), "person": .text(person), "decision": .string(decision.rawValue),
      "at": .text(at), "counts": .bool(counts), "whyNot": .optional(whyNot),
      "message": .optional(message),
    ]
    switch carrier {
    case .commit(let id): fields["commit"] = .text(id)
    case .statement(let file):
      fields["statement"] = ["path": .text(file.path), "blob": .text(file.blob)]
    case .observation(let id): fields["observed"] = .text(id)
    }
    return .object(fields)
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    let carrier: JudgementRecord.Carrier
    if let commit = try fields.commitIfAny("commit") {
      carrier = .commit(commit)
    } else if let observed = try fields.commitIfAny("observed") {
      carrier = .observation(observed)
    } else {
      carrier = .statement(
        try fields.object("statement") { (file) throws(RecordFault) in
          PinnedFile(path: try file.path("path"), blob: try file.blob("blob"))
        })
    }
    self.init(
      from: try fields.commit("from"), carrier: carrier, person: try fields.nameIfAny("person"),
      decision: try fields.choice("decision", JudgementRecord.Decision.self),
      at: try fields.instant("at"), whyNot: try fields.textIfAny("whyNot"),
      message: try fields.textIfAny("message"))
  }
}
