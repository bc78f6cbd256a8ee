/// What has become of a proposal.
package enum ProposalStatus: Hashable, Sendable {
  /// Not decided: more approvers are needed, or what landed does not approve.
  case open
  /// The content as it stands on main, edits of the approver included.
  case approved(content: [FilePath: BlobID])
  case rejected(by: Name, message: String)
  case void(Void)
  case expired
  /// The record was removed before the effect: for good, whoever did it.
  case withdrawn

  package enum Void: String, Hashable, Sendable {
    case targetChanged = "target-changed"
    case inputsChanged = "inputs-changed"
    /// What it rested on was worked out again, or its brief was edited.
    case superseded
  }
}

extension Board {
  /// The `proposal` event: people can see it now, so the task waits for them.
  package func proposing(_ proposal: ProposalRecord, cause: CommitID) -> LedgerEntry? {
    guard var task = self[proposal.attempt.task] else { return nil }
    task.record.state = .waiting
    task.record.reason = Reason(
      .approval,
      values: [
        "role": .text(proposal.requirement.role), "count": .integer(proposal.requirement.count),
        "branch": .string(proposal.branch), "expires": .text(proposal.expires),
      ], since: proposal.proposed, clears: .event("approval"))
    return LedgerEntry(
      .proposal, subject: proposal.attempt.description,
      body: "Waits for \(proposal.requirement.count) of role \(proposal.requirement.role) "
        + "until \(proposal.expires).",
      trailers: Self.trailers(cause, proposal.attempt, state: .waiting)
        + proposal.content.sorted { $0.key < $1.key }
        .map { LedgerTrailer(.input, "\($0.key) \($0.value)") },
      files: [
        .task(task.record, folder: task.folder), .proposal(proposal, folder: task.folder),
      ])
  }

  /// A proposal that could not be made: the task is held with the reason.
  package func holdingUnproposed(
    _ id: TaskID, why: String, runner: String, at time: Instant
  ) -> LedgerEntry? {
    guard var task = self[id], let dispatch = task.record.dispatched else { return nil }
    let attempt = AttemptRecord(
      id: AttemptID(task: id, number: dispatch.attempt), taskKey: task.record.key,
      key: Digest(parts: ["proposal", id.description, dispatch.decision.text]).hex, effect: .none,
      fingerprint: dispatch.fingerprint, executor: task.record.specification.executor,
      isolation: "person", model: nil, inputs: [], recalled: [], rendered: nil,
      started: dispatch.at, finished: time, outcome: .failed,
      failure: Failure(.invalidRequest, why), outputs: [:], usage: nil, cost: nil, checks: [],
      confidence: nil, decision: dispatch.decision, runner: runner, log: nil)
    task.record.settle(attempt, runIsActive: true)
    task.record.state = .held
    task.record.reason = Reason(
      .invalidRequest, values: ["message": .string(why)], since: time,
      clears: .event("headway retry \(id)"))
    return LedgerEntry(
      .result, subject: "\(attempt.id) cannot be proposed", body: why,
      trailers: [
        .init(.run, id.run), .init(.task, id.task), .init(.attempt, dispatch.attempt),
        .init(.state, "held"),
      ],
      files: [
        .attempt(attempt, folder: task.folder), .task(task.record, folder: task.folder),
      ])
  }

  /// What new judgements of a record lead to; `nil` when there is nothing to say.
  ///
  /// `feedback` is the object id of the rejection's message as it will be written.
  package func judging(
    _ record: JudgementRecord, status: ProposalStatus, feedback: (blob: BlobID, bytes: [UInt8])?,
    runner: String, at time: Instant
  ) -> LedgerEntry? {
    guard let run = runs[record.attempt.task.run], let task = run.tasks[record.attempt.task.task],
      let proposal = task.proposal, proposal.attempt == record.attempt
    else { return nil }
    // What is not waiting has been decided; only a withdrawal can still undo an approval.
    let isOpen = task.record.state == .waiting && task.record.nextAttempt == record.attempt.number
    guard isOpen || status == .open || (status == .withdrawn && task.record.state == .succeeded)
    else { return nil }
    var change = ApprovalChange(
      run: run, task: task, proposal: proposal, judged: record, runner: runner, time: time)
    return change.entry(status, feedback: feedback)
  }

  /// Judgements that change no state: what they would have held back has happened.
  package func noting(_ record: JudgementRecord, at tip: CommitID) -> LedgerEntry? {
    guard let task = self[record.attempt.task], let last = record.judgements.last else {
      return nil
    }
    return LedgerEntry(
      .observed, subject: "\(record.attempt) \(last.decision.rawValue)",
      body: "What it allowed has happened.",
      trailers: Self.trailers(tip, record.attempt, state: task.record.state)
        + [last.person.map { LedgerTrailer(.person, $0) }].compactMap { $0 },
      files: [.judged(record, folder: task.folder)])
  }

  static func trailers(
    _ cause: CommitID, _ attempt: AttemptID, state: TaskState
  ) -> [LedgerTrailer] {
    [
      .init(.cause, cause), .init(.run, attempt.task.run), .init(.task, attempt.task.task),
      .init(.attempt, attempt.number), .init(.state, state.rawValue),
    ]
  }
}

extension Board {
  /// Tasks whose open proposal rests on something that has been worked out again, or is about to
  /// be; in the board's order.
  package var superseded: [BoardTask] {
    runsInOrder.filter { $0.record.state == .active }.flatMap { run -> [BoardTask] in
      let waiting = run.tasksInOrder.filter { $0.record.state == .waiting && $0.proposal != nil }
      guard !waiting.isEmpty else { return [] }
      let current = run.currentTasks
      return waiting.filter { task in
        task.record.dispatched?.fingerprint != run.fingerprint(of: task.record)
          || !current.isSuperset(of: task.record.specification.after)
      }
    }
  }
}

/// Works out one judgement's consequences; a value of its own because they span several records.
private struct ApprovalChange {
  var run: BoardRun
  var task: BoardTask
  let proposal: ProposalRecord
  let judged: JudgementRecord
  let runner: String
  let time: Instant

  private var id: AttemptID { proposal.attempt }
  private var last: JudgementRecord.Judgement? { judged.judgements.last }

  mutating func entry(
    _ status: ProposalStatus, feedback: (blob: BlobID, bytes: [UInt8])?
  ) -> LedgerEntry? {
    switch status {
    case .open: stillOpen()
    case .approved(let content): approved(content)
    case .rejected(let person, let message): rejected(person, message, feedback)
    case .void(let why): ended(.cancelled, .cancelled, why.rawValue, event: .reopened)
    case .expired: held(.approvalExpired, "nobody decided in time", event: .withdrawn)
    case .withdrawn:
      held(.withdrawn, "the approval record was removed from main", event: .withdrawn)
    }
  }

  private mutating func stillOpen() -> LedgerEntry? {
    guard let last else { return nil }
    if var reason = task.record.reason, reason.code == .approval {
      var values = reason.values
      values["approvers"] = .texts(judged.approvers)
      values["landed"] = last.decision == .landed ? .optional(last.whyNot) : nil
      reason = Reason(.approval, values: values, since: reason.since, clears: reason.clears)
      task.record.reason = reason
    }
    let who = last.person.map { " by \($0)" } ?? ""
    return make(
      last.decision == .approve && last.counts ? .approval : .observed,
      "\(id) \(last.decision.rawValue)\(who)", last.whyNot ?? "Counts; more are needed.", files: [])
  }

  private mutating func approved(_ content: [FilePath: BlobID]) -> LedgerEntry? {
    let rule = task.record.specification.proposal
    var outputs: [String: BlobID] = [:]
    for part in rule?.content ?? [] { outputs[part.output] = content[part.target] }
    let attempt = attempt(.succeeded, failure: nil, outputs: outputs)
    task.record.settle(attempt, runIsActive: run.record.state == .active)
    run.tasks[task.record.task] = task
    var files: [LedgerFile] = []
    if run.record.state == .active, let ending = run.ending {
      run.record.state = ending
      files.append(.run(run.record))
    }
    files.append(.attempt(attempt, folder: task.folder))
    let edited = content != proposal.content
    let people = judged.approvers.map(\.text).joined(separator: ", ")
    return make(
      .approval, "\(id) approved by \(people)",
      edited ? "With edits of the approver." : "Exactly what was proposed.", files: files,
      attachments: outputs.sorted { $0.key < $1.key }.compactMap { output, blob in
        FilePath(reading: "\(task.folder)/out/\(output)").map {
          LedgerEntry.Attachment(path: $0, content: .blob(blob))
        }
      })
  }

  private mutating func rejected(
    _ person: Name, _ message: String, _ feedback: (blob: BlobID, bytes: [UInt8])?
  ) -> LedgerEntry? {
    let attempt = attempt(
      .failed, failure: Failure(.refused, "rejected by \(person): \(message)"), outputs: [:])
    task.record.settle(attempt, runIsActive: run.record.state == .active)
    task.record.rejections += 1
    var files: [LedgerFile] = [.attempt(attempt, folder: task.folder)]
    var attachments: [LedgerEntry.Attachment] = []
    let rule = task.record.specification.proposal?.onReject
    if let rule, let feedback, task.record.rejections <= rule.times,
      var target = run.tasks[rule.retry]
    {
      // What runs or waits keeps its attempt; the planner sees that the feedback is new.
      if target.record.state != .running, target.record.state != .waiting {
        target.record.reopen(at: time, again: true)
      }
      target.record.feedback = feedback.blob
      files.append(.task(target.record, folder: target.folder))
      if let path = FilePath(reading: "\(target.folder)/feedback.md") {
        attachments.append(.init(path: path, content: .bytes(feedback.bytes)))
      }
    } else {
      task.record.state = .held
      task.record.reason = Reason(
        .rejected, values: ["by": .text(person)], since: time,
        clears: .event("headway retry \(id.task)"))
    }
    return make(
      .rejection, "\(id) rejected by \(person)", message, files: files, attachments: attachments)
  }

  /// Ends the attempt without a decision; the planner proposes again.
  private mutating func ended(
    _ outcome: TaskRecord.OutcomeKind, _ kind: FailureClass, _ why: String, event: LedgerEvent
  ) -> LedgerEntry? {
    let attempt = attempt(outcome, failure: Failure(kind, why), outputs: [:])
    task.record.settle(attempt, runIsActive: run.record.state == .active)
    return make(
      event, "\(id) void: \(why)", "The next attempt shows what changed.",
      files: [.attempt(attempt, folder: task.folder)])
  }

  private mutating func held(
    _ code: ReasonCode, _ why: String, event: LedgerEvent
  ) -> LedgerEntry? {
    var files: [LedgerFile] = []
    if task.record.state == .succeeded {
      // Approved before, and nothing has used it yet.
      task.record.reopen(at: time)
      if run.record.state != .active {
        run.record.state = .active
        files.append(.run(run.record))
      }
    } else {
      let attempt = attempt(.failed, failure: Failure(.refused, why), outputs: [:])
      task.record.settle(attempt, runIsActive: run.record.state == .active)
      files.append(.attempt(attempt, folder: task.folder))
    }
    task.record.state = .held
    task.record.reason = Reason(
      code, since: time, clears: .event("headway retry \(id.task)"))
    return make(event, "\(id) \(code.rawValue)", why + ".", files: files)
  }

  private func attempt(
    _ outcome: TaskRecord.OutcomeKind, failure: Failure?, outputs: [String: BlobID]
  ) -> AttemptRecord {
    AttemptRecord(
      of: proposal, task: task.record, fingerprint: run.fingerprint(of: task.record),
      outcome: outcome, failure: failure, outputs: outputs, runner: runner, at: time)
  }

  private func make(
    _ event: LedgerEvent, _ subject: String, _ body: String, files: [LedgerFile],
    attachments: [LedgerEntry.Attachment] = []
  ) -> LedgerEntry {
    var trailers = Board.trailers(
      run.record.revisions.last?.commit ?? run.record.cause.commit, id, state: task.record.state)
    if let last {
      if let person = last.person { trailers.append(.init(.person, person)) }
      switch last.carrier {
      case .commit(let commit): trailers.append(.init(.approval, commit))
      case .statement(let file): trailers.append(.init(.approval, file.blob))
      case .observation: break
      }
    }
    return LedgerEntry(
      event, subject: subject, body: body, trailers: trailers,
      files: files + [
        .task(task.record, folder: task.folder), .judged(judged, folder: task.folder),
      ], attachments: attachments)
  }
}

extension AttemptRecord {
  /// How a proposal ended.
  fileprivate init(
    of proposal: ProposalRecord, task: TaskRecord, fingerprint: Digest.Text,
    outcome: TaskRecord.OutcomeKind, failure: Failure?, outputs: [String: BlobID],
    runner: String, at time: Instant
  ) {
    let dispatch = task.dispatched
    self.init(
      id: proposal.attempt, taskKey: task.key,
      key: Digest(parts: ["proposal", proposal.record.blob.hex]).hex,
      effect: .none, fingerprint: dispatch?.fingerprint ?? fingerprint,
      executor: task.specification.executor, isolation: "person", model: nil,
      inputs: proposal.content.sorted { $0.key < $1.key }.map {
        .init(name: $0.key.text, blob: $0.value, from: "proposal")
      }, recalled: [], rendered: proposal.record.blob, started: proposal.proposed, finished: time,
      outcome: outcome, failure: failure, outputs: outputs, usage: nil, cost: nil, checks: [],
      confidence: nil, decision: dispatch?.decision ?? FilePath(unchecked: LedgerOpening.path),
      runner: runner, log: nil)
  }
}

extension BoardTask {
  /// Ends a task that nothing works on.
  ///
  /// An open proposal ends with it: its number is used, and another proposal of the task gets the
  /// next one and a branch of its own.
  mutating func cancel(at time: Instant, runner: String?) -> [LedgerFile] {
    var files: [LedgerFile] = []
    if let proposal, let dispatched = record.dispatched,
      proposal.attempt.number == dispatched.attempt
    {
      let attempt = AttemptRecord(
        of: proposal, task: record, fingerprint: dispatched.fingerprint, outcome: .cancelled,
        failure: Failure(.cancelled, "no longer asked for"), outputs: [:], runner: runner ?? "",
        at: time)
      record.settle(attempt, runIsActive: false)
      files.append(.attempt(attempt, folder: folder))
    }
    record.closeHold(at: time)
    record.state = .cancelled
    record.dispatched = nil
    record.hold = nil
    return files
  }
}
