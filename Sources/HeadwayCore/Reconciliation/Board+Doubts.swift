/// An effect of unknown fate that its executor can look for.
package struct Doubt: Hashable, Sendable {
  /// Whose effect it is.
  package let attempt: AttemptID
  package let key: String
  /// What that attempt worked on.
  package let fingerprint: Digest.Text
  /// When to look, or to look again.
  package let due: Instant
  /// When nobody knew any more.
  package let since: Instant

  /// After each look that found nothing out; with the last one it is a person's.
  fileprivate static let pauses: [Span] = [.minutes(1), .minutes(5), .minutes(20), .hours(1)]
}

extension Board {
  /// What is held because nobody knows what it did outside, where one of `executors` can look.
  ///
  /// Only a task whose own attempt is the one in doubt: what another run may have done is not its
  /// to say. Nor is anybody asked while another attempt is at it.
  package func doubts(askable executors: Set<Name>) -> [Doubt] {
    guard !executors.isEmpty else { return [] }
    return runsInOrder.flatMap { run in
      run.tasksInOrder.compactMap { doubt(about: $0.record, of: run, askable: executors) }
    }
  }

  private func doubt(
    about task: TaskRecord, of run: BoardRun, askable executors: Set<Name>
  ) -> Doubt? {
    guard run.record.state == .active, run.record.hold == nil, task.state == .held,
      let reason = task.reason, reason.code == .uncertain, task.hold == nil,
      executors.contains(task.specification.executor),
      let anchor = opening?.anchor, let key = task.effectKey(anchor: anchor),
      let use = effects[key], !use.isCertain, use.attempt.task == task.id, !isUnderWay(key),
      !task.isKnownNotDone(use.attempt.number)
    else { return nil }
    let asked = task.inquiries.filter { $0.attempt == use.attempt.number }
    guard asked.count <= Doubt.pauses.count else { return nil }
    let due = asked.last.map { $0.at + Doubt.pauses[asked.count - 1] } ?? reason.since
    return Doubt(
      attempt: use.attempt, key: key, fingerprint: use.fingerprint, due: due, since: use.at)
  }
}

extension Board {
  private func isUnderWay(_ key: String) -> Bool {
    running.contains { $0.record.dispatched?.effectKey == key }
  }
}

extension TaskRecord.Dispatch {
  /// What stands for a look while it is under way: nothing decides about it and nothing is taken.
  package init(looking doubt: Doubt, as attempt: Int, at time: Instant) {
    self.init(
      attempt: attempt, reserved: nil, fingerprint: doubt.fingerprint,
      decision: FilePath(unchecked: LedgerOpening.path), at: time, effectKey: doubt.key)
  }
}

/// What came of a look.
package struct Finding: Sendable {
  package let doubt: Doubt
  package let executor: Name
  package let inquiry: Inquiry
  /// What it delivered, checked as any result; only where the answer is `done`.
  package let result: Settlement?
  package let cause: CommitID
  package let runner: String

  package init(
    doubt: Doubt, executor: Name, inquiry: Inquiry, result: Settlement?, cause: CommitID,
    runner: String
  ) {
    self.doubt = doubt
    self.executor = executor
    self.inquiry = inquiry
    self.result = result
    self.cause = cause
    self.runner = runner
  }
}

extension Board {
  /// The `reconciled` event: done settles the task, not done frees it for another try, and
  /// anything else leaves it to a person.
  ///
  /// `nil` where the question is no longer open: somebody has decided meanwhile.
  package func reconciling(_ finding: Finding) -> LedgerEntry? {
    let id = finding.doubt.attempt.task
    guard let run = runs[id.run], var task = run.tasks[id.task],
      let open = doubt(about: task.record, of: run, askable: [finding.executor]),
      open.attempt == finding.doubt.attempt, open.key == finding.doubt.key
    else { return nil }
    let inquiry = finding.inquiry
    task.record.inquiries.append(inquiry)
    switch inquiry.answer {
    case .done:
      guard let result = finding.result else { return nil }
      var next = self
      next.fold(.task(task.record, folder: task.folder))
      return next.settling(result).map {
        LedgerEntry(
          .reconciled, subject: "\(finding.doubt.attempt) was done", body: inquiry.message,
          trailers: $0.trailers, files: $0.files, attachments: $0.attachments)
      }
    case .notDone:
      task.record.closeHold(at: inquiry.at)
      task.record.state = .pending
      task.record.reason = nil
    case .unknown, nil:
      task.record.reason = task.record.reason.map { reason in
        let told: [String: JSONValue] = [
          "asked": .integer(task.record.inquiries.count { $0.attempt == inquiry.attempt }),
          "answer": .string(inquiry.sentence),
        ]
        return Reason(
          reason.code, values: reason.values.merging(told) { $1 }, since: reason.since,
          clears: reason.clears)
      }
    }
    let word = inquiry.answer == .notDone ? "was not done" : "is still in doubt"
    return LedgerEntry(
      .reconciled, subject: "\(finding.doubt.attempt) \(word)", body: inquiry.sentence,
      trailers: Self.trailers(of: finding, state: task.record.state),
      files: [.task(task.record, folder: task.folder)])
  }

  private static func trailers(of finding: Finding, state: TaskState) -> [LedgerTrailer] {
    let attempt = finding.doubt.attempt
    return [
      .init(.cause, finding.cause), .init(.run, attempt.task.run), .init(.task, attempt.task.task),
      .init(.attempt, attempt.number), .init(.state, state.rawValue),
      .init(.executor, finding.executor), .init(.effect, finding.doubt.key),
      .init(.runner, finding.runner),
    ]
  }
}
