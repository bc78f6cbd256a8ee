extension Board {
  /// The `compensation` event: a run of its own whose tasks undo what is open in the radius, in
  /// reverse order; `nil` where nothing is.
  ///
  /// Unless a person asked for it, its tasks are held until one does.
  package func compensating(
    _ id: RunID, from name: Name? = nil, _ cause: CompensationCause, at time: Instant
  ) -> LedgerEntry? {
    guard let run = runs[id], let anchor = opening?.anchor else { return nil }
    let steps = run.blastRadius(from: name).openSteps
    guard !steps.isEmpty,
      let undo = CompensationRun(of: run, undoing: steps, anchor: anchor, cause, at: time)
    else { return nil }
    var files: [LedgerFile] = [.run(undo.record)]
    files += undo.tasks.map { .task($0.record, folder: $0.folder) }
    for step in steps {
      guard var task = run.tasks[step.task.task] else { continue }
      for index in task.record.registrations.indices
      where task.record.registrations[index].proposed == nil {
        task.record.registrations[index].proposed = undo.record.id
      }
      files.append(.task(task.record, folder: task.folder))
    }
    let word = cause.isProposal ? "proposed" : "begun"
    return LedgerEntry(
      .compensation, subject: "\(id) \(word) as \(undo.record.id)",
      body: cause.sentence + "\n\n" + steps.map(Self.line).joined(separator: "\n"),
      trailers: [.init(.cause, undo.record.cause.commit), .init(.run, undo.record.id)]
        + cause.trailers,
      files: files,
      attachments: run.record.hasBrief
        ? run.record.revisions.suffix(1).map { Admission.brief($0.blob, in: undo.record) } : [])
  }

  private static func line(_ step: BlastRadius.Step) -> String {
    let what = step.isCertain ? "undoes" : "undoes what may have happened in"
    return "\(step.compensation?.name.text ?? "") \(what) \(step.task).\(step.attempt)"
  }

  /// What `headway compensate` asks for: what was proposed before goes on, the rest is begun.
  package func compensating(
    _ id: RunID, from name: Name?, _ cause: VerbCause
  ) throws(VerbRefusal) -> LedgerEntry {
    guard let run = runs[id] else { throw VerbRefusal("there is no run \(id)") }
    if let name, run.tasks[name] == nil { throw VerbRefusal("there is no task \(id)/\(name)") }
    if run.record.cause.kind == .compensation { return try goingOn([id], cause) }
    let radius = run.blastRadius(from: name)
    guard radius.underWay.isEmpty else {
      let names = radius.underWay.map(\.text).joined(separator: ", ")
      throw VerbRefusal("the effect of \(names) is under way; wait for it or cancel \(id)")
    }
    let proposed = Set(radius.steps.compactMap(\.proposed)).filter { !heldUndos(of: $0).isEmpty }
    let fresh = compensating(id, from: name, .verb(cause), at: cause.at)
    guard let fresh else {
      guard proposed.isEmpty else { return try goingOn(proposed.sorted(), cause) }
      throw Self.refusal(of: radius)
    }
    guard !proposed.isEmpty else { return fresh }
    let before = try goingOn(proposed.sorted(), cause)
    return LedgerEntry(
      fresh.event, subject: fresh.subject, body: fresh.body, trailers: fresh.trailers,
      files: fresh.files + before.files, attachments: fresh.attachments)
  }

  private static func refusal(of radius: BlastRadius) -> VerbRefusal {
    if radius.steps.isEmpty { return VerbRefusal("nothing of \(radius.run) had an effect outside") }
    let bare = radius.steps.filter { $0.compensation == nil }.map(\.task.task.text)
    if !bare.isEmpty {
      return VerbRefusal(
        "no compensation is registered for \(bare.joined(separator: ", ")); it has to be undone "
          + "by hand")
    }
    let runs = Set(radius.steps.compactMap(\.proposed)).sorted().map(\.text)
    return VerbRefusal("that is undone by \(runs.joined(separator: ", ")) already")
  }

  private func heldUndos(of id: RunID) -> [BoardTask] {
    (runs[id]?.tasksInOrder ?? []).filter {
      $0.record.state == .held && $0.record.reason?.code == .compensation
    }
  }

  /// Lets proposed compensations go on.
  private func goingOn(_ ids: [RunID], _ cause: VerbCause) throws(VerbRefusal) -> LedgerEntry {
    var files: [LedgerFile] = []
    for id in ids {
      for var task in heldUndos(of: id) {
        task.record.reopen(at: cause.at)
        task.record.reason = nil
        files.append(.task(task.record, folder: task.folder))
      }
    }
    guard !files.isEmpty, let id = ids.first else {
      let names = ids.map(\.text).joined(separator: ", ")
      throw VerbRefusal("no compensation of \(names) waits for a person")
    }
    return LedgerEntry(
      .compensation,
      subject: "\(ids.map(\.text).joined(separator: ", ")) allowed by \(cause.by)",
      body: cause.reason,
      trailers: [.init(.run, id)] + CompensationCause.verb(cause).trailers, files: files)
  }
}

/// A run that undoes effects of another.
private struct CompensationRun {
  let record: RunRecord
  let tasks: [BoardTask]

  /// `nil` only where the names cannot be made, which no valid run leads to.
  init?(
    of run: BoardRun, undoing steps: [BlastRadius.Step], anchor: CommitID,
    _ cause: CompensationCause, at time: Instant
  ) {
    let earlier = Set(run.tasks.values.flatMap(\.record.registrations).compactMap(\.proposed))
    let identity = RunIdentity(
      anchor: anchor, source: "undo/\(run.record.id)", generation: earlier.count + 1)
    // The source names the run, so only the same identity gives the same id.
    guard let id = identity.id(isTaken: { _ in false }),
      let revision = run.record.revisions.last
    else { return nil }
    var names: [TaskID: Name] = [:]
    for step in steps {
      guard let name = Self.name(undoing: step.task.task, apartFrom: names.values) else {
        return nil
      }
      names[step.task] = name
    }
    let record = RunRecord(
      id: id, slug: identity.slug,
      cause: .init(
        kind: .compensation, path: run.record.id.text, commit: revision.commit,
        file: run.record.cause.file, parent: run.record.id, depth: run.record.cause.depth),
      generation: identity.generation, pipeline: run.record.pipeline,
      revisions: [.init(number: 1, commit: revision.commit, blob: revision.blob, at: time)],
      parameters: run.record.parameters, title: "Undo: \(run.record.title)",
      priority: Self.priority, due: nil, budget: run.record.budget, admitted: time,
      tasks: steps.compactMap { names[$0.task] }, state: .active)
    self.record = record
    let isProposal = cause.isProposal
    tasks = steps.enumerated().compactMap { ordinal, step in
      guard let name = names[step.task], let rule = step.compensation else { return nil }
      let first = steps.filter { run.ancestors(of: $0.task.task).contains(step.task.task) }
      var task = TaskRecord(
        run: id, task: name, ordinal: ordinal, key: "\(run.record.pipeline.name)/\(rule.name)",
        revision: 1,
        specification: .init(
          undoing: step, by: rule, after: first.compactMap { names[$0.task] },
          delivered: run.tasks[step.task.task]?.record.standing ?? [:]),
        state: .pending, reason: nil, accepted: nil, results: [:], dispatched: nil, attempts: [],
        settledBefore: 0, feedback: nil, rejections: 0, allowance: nil, registrations: [],
        admitted: time)
      if isProposal {
        task.state = .held
        task.reason = Reason(
          .compensation,
          values: ["run": .text(run.record.id), "why": .string(cause.sentence)], since: time,
          clears: .event("headway compensate \(run.record.id)"))
      }
      return BoardTask(
        record: task, folder: "\(record.folder)/\(TaskRecord.folder(ordinal: ordinal, task: name))")
    }
  }

  /// What is to be undone does harm while it stands.
  private static let priority = 90

  private static func name(undoing task: Name, apartFrom taken: some Sequence<Name>) -> Name? {
    let text = "undo-\(task)"
    let plain = Name(String(text.prefix(48)))
    guard let plain, taken.contains(plain) else { return plain }
    return (2...999).lazy.compactMap { Name("\(text.prefix(44))-\($0)") }
      .first { !taken.contains($0) }
  }
}

extension TaskRecord.Specification {
  fileprivate init(
    undoing step: BlastRadius.Step, by rule: CompensationRule, after: [Name],
    delivered: [String: BlobID]
  ) {
    let attempt = AttemptID(task: step.task, number: step.attempt)
    let inputs = delivered.sorted { $0.key < $1.key }
    self.init(
      executor: rule.executor, effect: rule.effect, once: rule.once, compensation: nil,
      intent: rule.intent, after: after, when: .allSucceeded,
      inputs: inputs.map { .delivered(attempt, output: $0.key, blob: $0.value) }, outputs: [:],
      proposal: nil, retry: RetryRule(), timeouts: Timeouts(), onExhausted: .hold, priority: 90,
      deadline: nil, sla: nil, risk: rule.risk, estimate: Estimate(),
      fingerprint: Digest(
        parts: ["compensation", attempt.description, rule.executor.text, rule.intent]
          + inputs.flatMap { [$0.key, $0.value.hex] }
      ).hex)
  }
}
