extension Board {
  /// The records that a decision changes; nothing else is written for it but its own file.
  package func changes(of record: DecisionRecord) -> [LedgerFile] {
    var next = self
    let path = record.path
    var changed: [TaskID] = []
    for decision in record.decisions {
      guard var task = next[decision.task] else { continue }
      task.record.apply(
        decision, at: record.moment.time, file: path,
        fingerprint: next.fingerprint(of: decision.task), anchor: opening?.anchor)
      next.runs[decision.task.run]?.tasks[decision.task.task] = task
      changed.append(decision.task)
    }
    for told in record.warnings {
      guard let task = next[told.task] else { continue }
      next.runs[told.task.run]?.tasks[told.task.task]?.record.warnings =
        task.record.warnings + [told.warning]
      if !changed.contains(told.task) { changed.append(told.task) }
    }
    var files: [LedgerFile] = []
    for id in changed {
      // A list is expanded without a change of its task; git has no commit of the same file.
      guard let task = next[id], task.record != self[id]?.record else { continue }
      files.append(.task(task.record, folder: task.folder))
    }
    return files + next.endings(of: Set(changed.map(\.run)))
  }

  /// The run records whose state follows from their tasks.
  package func endings(of ids: Set<RunID>) -> [LedgerFile] {
    ids.sorted().compactMap { id in
      guard let run = runs[id], run.record.state == .active, let ending = run.ending else {
        return nil
      }
      var record = run.record
      record.state = ending
      return .run(record)
    }
  }

  func fingerprint(of id: TaskID) -> Digest.Text {
    guard let run = runs[id.run], let task = run.tasks[id.task] else { return "" }
    return run.fingerprint(of: task.record)
  }
}

extension TaskRecord {
  mutating func apply(
    _ decision: Decision, at time: Instant, file: FilePath, fingerprint: Digest.Text,
    anchor: CommitID?
  ) {
    reason = decision.reasons.first
    switch decision.verdict {
    case .start(let attempt, let reserved):
      state = .running
      reason = nil
      allowance = nil
      dispatched = Dispatch(
        attempt: attempt, reserved: reserved, fingerprint: fingerprint, decision: file,
        at: time, effectKey: anchor.flatMap { effectKey(anchor: $0) },
        claims: decision.claims,
        probes: decision.reasons.filter { $0.code == .probe }
          .compactMap { $0.values["incident"]?.text })
      if specification.effect == .external, let compensation = specification.compensation {
        registrations.append(
          Registration(attempt: attempt, compensation: compensation, at: time))
      }
    case .propose(let attempt):
      state = .running
      reason = nil
      dispatched = Dispatch(
        attempt: attempt, reserved: nil, fingerprint: fingerprint, decision: file,
        at: time)
    case .wait, .expand: break
    case .hold: state = .held
    case .skip: state = .skipped
    case .expire: state = .expired
    case .fail: state = .failed
    case .cancel: state = .cancelled
    case .reopen:
      let isByEdit = decision.reasons.first?.values["edited"] == true
      reopen(at: time, because: isByEdit ? .edit : .inputs)
    case .reuse(let attempt): takeUp(attempt)
    }
  }

  /// Leaves a terminal state; attempts so far use up no retry of the new beginning.
  ///
  /// `again` asks for another result even if an earlier attempt did the very same work.
  package mutating func reopen(
    at time: Instant, because cause: Reopening = .person, again: Bool = false
  ) {
    switch cause {
    case .edit where attempts.count > settledBefore:
      edits = Array((edits + [time]).suffix(Self.mostEdits))
    case .edit, .inputs: break
    case .person: edits = []
    }
    closeHold(at: time)
    state = .pending
    if again { dismissed = attempts.count }
    accepted = nil
    admitted = time
    settledBefore = attempts.count
  }

  /// An earlier attempt did this work already: its outputs stand again.
  private mutating func takeUp(_ number: Int) {
    guard let attempt = attempts.first(where: { $0.number == number }) else { return }
    state = .succeeded
    reason = nil
    accepted = number
    results = attempt.outputs
  }
}

extension TaskRecord {
  /// So often within `editWindow` edits may not ask for paid work again.
  static let mostEdits = 3
  static let editWindow = Span.hours(1)

  /// Who asks for work again that had ended.
  package enum Reopening: Hashable, Sendable {
    /// An edit, of this task's work or of something before it.
    case edit
    /// Other inputs, for another reason.
    case inputs
    case person
  }
}

extension Board {
  /// The `decision` event of a planning pass.
  package func deciding(_ record: DecisionRecord) -> LedgerEntry {
    let words = record.decisions.map(\.verdict.word) + record.warnings.map(\.warning.code.rawValue)
    let counts = Dictionary(grouping: words) { $0 }.mapValues(\.count)
    let summary = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      .joined(separator: ", ")
    let lines = record.decisions.prefix(50).map { decision in
      let reason = decision.reasons.first.map { " (\($0.code.rawValue))" } ?? ""
      return "\(decision.verdict.word) \(decision.task)\(reason)"
    }
    let news = record.warnings.prefix(50).map { "\($0.warning.code.rawValue) \($0.task)" }
    return LedgerEntry(
      .decision, subject: summary, body: (lines + news).joined(separator: "\n"),
      trailers: [.init(.cause, record.main), .init(.decision, record.path)],
      files: changes(of: record) + [.decision(record)], attachments: outputs(takenUpBy: record))
  }

  /// The outputs of earlier attempts that stand again, and none of those that they replace.
  private func outputs(takenUpBy record: DecisionRecord) -> [LedgerEntry.Attachment] {
    record.decisions.flatMap { decision -> [LedgerEntry.Attachment] in
      guard case .reuse(let number) = decision.verdict, let task = self[decision.task],
        let attempt = task.record.attempts.first(where: { $0.number == number })
      else { return [] }
      let names = Set(attempt.outputs.keys).union(task.record.results.keys).sorted()
      return names.compactMap { name in
        guard let path = FilePath(reading: "\(task.folder)/out/\(name)") else { return nil }
        return .init(path: path, content: attempt.outputs[name].map { .blob($0) } ?? .removed)
      }
    }
  }
}
