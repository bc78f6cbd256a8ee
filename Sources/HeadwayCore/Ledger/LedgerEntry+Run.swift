/// What makes a plan a run of the ledger: the observed commit and the moment.
package struct Admission: Hashable, Sendable {
  package let plan: RunPlan
  /// The tip of main that was observed.
  package let commit: CommitID
  package let at: Instant

  package init(plan: RunPlan, commit: CommitID, at: Instant) {
    self.plan = plan
    self.commit = commit
    self.at = at
  }

  private var revision: RunRecord.Revision {
    RunRecord.Revision(number: 1, commit: commit, blob: plan.occasion.file.blob, at: at)
  }

  /// The `run` event that opens the run with all its tasks pending.
  package var entry: LedgerEntry {
    let occasion = plan.occasion
    // A fan-out over no items may leave nothing to do, and then nothing would ever end the run.
    let state: RunRecord.State = plan.tasks.isEmpty ? .succeeded : .active
    let run = RunRecord(
      id: plan.id, slug: plan.slug, cause: .init(occasion, commit: commit),
      generation: plan.generation,
      pipeline: .init(
        name: plan.pipeline, path: plan.pipelineFile.path, blob: plan.pipelineFile.blob),
      revisions: [revision], parameters: occasion.parameters, title: occasion.title,
      priority: occasion.priority, due: occasion.due, budget: occasion.budget, admitted: at,
      tasks: plan.tasks.map(\.name), state: state, given: plan.given)
    let tasks = plan.tasks.map { task in
      LedgerFile.task(
        TaskRecord(planned: task, run: plan.id, revision: 1, admitted: at),
        folder: "\(run.folder)/\(TaskRecord.folder(ordinal: task.ordinal, task: task.name))")
    }
    return LedgerEntry(
      .run, subject: "\(plan.id) admitted", body: plan.title,
      trailers: [
        .init(.cause, commit), .init(.run, plan.id), .init(.state, state.rawValue),
        .init(.input, "\(occasion.file.path) \(occasion.file.blob)"),
      ], files: [.run(run)] + tasks, attachments: attachments(in: run))
  }

  /// The very blob of the brief, or of the file that matched: the same object, so it costs
  /// nothing.
  func attachments(in run: RunRecord) -> [LedgerEntry.Attachment] {
    switch plan.occasion.kind {
    case .brief: [Self.brief(plan.occasion.file.blob, in: run)]
    case .paths: [Self.attachment(plan.occasion.file.blob, as: "file", in: run)]
    // The pipeline's and the schedule's own files are named by commit and blob.
    case .schedule, .run, .compensation: []
    }
  }

  static func brief(_ blob: BlobID, in run: RunRecord) -> LedgerEntry.Attachment {
    attachment(blob, as: "brief.md", in: run)
  }

  private static func attachment(
    _ blob: BlobID, as name: String, in run: RunRecord
  ) -> LedgerEntry.Attachment {
    LedgerEntry.Attachment(
      path: FilePath(unchecked: "\(run.folder)/\(name)"), content: .blob(blob))
  }
}

extension Board {
  /// Another revision of a run: tasks whose work is the same keep their results, the others are
  /// reopened; `nil` when no such run is active.
  package func revising(_ admission: Admission) -> LedgerEntry? {
    let plan = admission.plan
    guard var run = runs[plan.id], run.record.state == .active else { return nil }
    let number = (run.record.revisions.last?.number ?? 0) + 1
    run.record.revisions.append(
      .init(
        number: number, commit: admission.commit, blob: plan.occasion.file.blob,
        at: admission.at))
    run.record.pipeline = .init(
      name: plan.pipeline, path: plan.pipelineFile.path, blob: plan.pipelineFile.blob)
    run.record.cause.file = plan.occasion.file.path
    run.record.parameters = plan.occasion.parameters
    run.record.title = plan.occasion.title
    run.record.priority = plan.occasion.priority
    run.record.due = plan.occasion.due
    run.record.budget = plan.occasion.budget
    run.record.given = plan.given
    var change = Replanning(run: run, number: number, isEdit: true, at: admission.at)
    for task in plan.tasks { change.take(task) }
    for name in run.record.tasks where plan.task(name) == nil {
      change.remove(name, clears: "an edit of the pipeline")
    }
    if let ending = change.run.ending { change.run.record.state = ending }
    let files = [LedgerFile.run(change.run.record)] + change.files
    return LedgerEntry(
      .reopened, subject: "\(plan.id) revision \(number)",
      body: change.reopened.isEmpty
        ? "No task's work changed." : change.reopened.joined(separator: "\n"),
      trailers: [
        .init(.cause, admission.commit), .init(.run, plan.id),
        .init(.input, "\(plan.occasion.file.path) \(plan.occasion.file.blob)"),
      ], files: files, attachments: admission.attachments(in: change.run.record))
  }
}

extension TaskRecord {
  init(
    planned: PlannedTask, run: RunID, revision: Int, admitted: Instant, ordinal: Int? = nil
  ) {
    self.init(
      run: run, task: planned.name, ordinal: ordinal ?? planned.ordinal, key: planned.key,
      revision: revision, specification: Specification(planned), state: .pending, reason: nil,
      accepted: nil, results: [:], dispatched: nil, attempts: [], settledBefore: 0, feedback: nil,
      rejections: 0, allowance: nil, registrations: [], admitted: admitted)
  }
}

extension TaskRecord.Specification {
  init(_ planned: PlannedTask) {
    var proposal: TaskRecord.ProposalRule?
    if let requirement = planned.approval, planned.isPerson {
      proposal = .init(
        content: planned.propose, requirement: requirement, onReject: planned.onReject)
    }
    var outputs: [String: OutputRule] = [:]
    for output in planned.outputs {
      var rule = output.rule
      rule.isOptional = output.isOptional
      rule.isBinary = output.kind == .binary
      outputs[output.name] = rule
    }
    self.init(
      executor: planned.executor, effect: planned.effect, once: planned.once,
      compensation: planned.compensation,
      intent: planned.intent, after: planned.after, when: planned.when, inputs: planned.inputs,
      outputs: outputs, proposal: proposal, retry: planned.retry, timeouts: planned.timeouts,
      limits: planned.limits,
      onExhausted: planned.onExhausted, priority: planned.priority, deadline: planned.deadline,
      sla: planned.sla, risk: planned.risk, estimate: planned.estimate, item: planned.item,
      condition: planned.condition, fan: planned.fan, fingerprint: planned.fingerprint.hex,
      parts: planned.parts)
  }
}
