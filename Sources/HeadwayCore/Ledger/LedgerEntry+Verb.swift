extension Board {
  /// The entry that carries `verb` out.
  ///
  /// Outputs of `adopt` must have passed their checks and be named in `blobs` with the ids that
  /// they will have.
  package func carryingOut(
    _ verb: Verb, _ cause: VerbCause, blobs: [String: BlobID] = [:]
  ) throws(VerbRefusal) -> LedgerEntry {
    switch verb {
    case .retry(let id): try retrying(id, cause)
    case .cancel(let id): try cancelling(id, .cancelledByPerson, .verb, cause)
    case .cancelTask(let id): try cancelling(id, cause)
    case .hold(let id): try holding(id, cause)
    case .holdRun(let id): try holding(id, cause)
    case .release(let id): try releasing(id, cause)
    case .releaseRun(let id): try releasing(id, cause)
    case .adopt(let id, let outputs): try adopting(id, outputs, blobs, cause)
    case .repeatEffect(let id): try repeating(id, cause)
    case .rerun(let run, _, _): throw VerbRefusal("\(run) is run again by itself, and from main")
    case .compensate(let run, let task): try compensating(run, from: task, cause)
    case .clear(let incident): try clearing(incident, cause)
    case .allow(let finding): try allowing(finding, cause)
    case .freeze, .freezeNow, .thaw: try freezing(verb, cause)
    }
  }

  func task(_ id: TaskID) throws(VerbRefusal) -> BoardTask {
    guard let task = self[id] else { throw VerbRefusal("there is no task \(id)") }
    return task
  }

  private func retrying(_ id: TaskID, _ cause: VerbCause) throws(VerbRefusal) -> LedgerEntry {
    var task = try task(id)
    switch task.record.state {
    case .running, .waiting:
      throw VerbRefusal("\(id) is \(task.record.state.rawValue); cancel it first")
    case .pending where !isBackingOff(task.record):
      throw VerbRefusal("\(id) has not run yet")
    case .pending, .held, .succeeded, .failed, .skipped, .expired, .cancelled: break
    }
    guard !task.record.isRemoved else {
      throw VerbRefusal("\(id) is no longer part of its run")
    }
    if let hold = task.record.hold {
      throw VerbRefusal("\(id) is held by \(hold.by); headway release \(id) first")
    }
    if let anchor = opening?.anchor, let key = task.record.effectKey(anchor: anchor),
      effects[key]?.isCertain == false
    {
      // Whoever tries again takes it on themselves that it may have happened.
      task.record.allowance = .init(by: cause.by, reason: cause.reason, at: cause.at)
    }
    task.record.reopen(at: cause.at, again: true)
    task.record.reason = nil
    task.record.rejections = 0
    return entry(
      .reopened, "\(id) by \(cause.by)", cause, verb: "retry", task: id,
      files: reactivated(id.run) + [.task(task.record, folder: task.folder)])
  }

  private func isBackingOff(_ task: TaskRecord) -> Bool {
    switch task.reason?.code {
    case .backOff, .rateLimited, .dayBudget: true
    default: false
    }
  }

  /// A task that leaves a terminal state takes its run with it.
  private func reactivated(_ id: RunID) -> [LedgerFile] {
    guard var run = runs[id]?.record, run.state != .active else { return [] }
    run.state = .active
    return [.run(run)]
  }

  /// Ends a run: what runs is stopped by the engine and settles as what it then is.
  package func cancelling(
    _ id: RunID, _ code: ReasonCode, _ event: LedgerEvent, _ cause: VerbCause
  ) throws(VerbRefusal) -> LedgerEntry {
    guard var run = runs[id], run.record.state == .active else {
      throw VerbRefusal("there is no active run \(id)")
    }
    run.record.state = .cancelled
    var files: [LedgerFile] = [.run(run.record)]
    for var task in run.tasksInOrder where !task.record.state.isTerminal {
      // What runs is stopped, and settles as what it then is.
      if task.record.state != .running {
        files += task.cancel(at: cause.at, runner: cause.runner)
      }
      task.record.reason = Reason(
        code, values: ["by": .string(cause.by)], since: cause.at,
        clears: .event("headway retry \(task.record.id)"))
      files.append(.task(task.record, folder: task.folder))
    }
    return entry(
      event, "\(id) cancelled by \(cause.by)", cause, verb: "cancel", run: id, files: files)
  }

  private func cancelling(_ id: TaskID, _ cause: VerbCause) throws(VerbRefusal) -> LedgerEntry {
    var task = try task(id)
    guard !task.record.state.isTerminal else {
      throw VerbRefusal("\(id) has \(task.record.state.rawValue) already")
    }
    let isRunning = task.record.state == .running
    var files = isRunning ? [] : task.cancel(at: cause.at, runner: cause.runner)
    task.record.reason = Reason(
      .cancelledByPerson, values: ["by": .string(cause.by)], since: cause.at,
      clears: .event("headway retry \(id)"))
    files.append(.task(task.record, folder: task.folder))
    var next = self
    next.runs[id.run]?.tasks[id.task] = task
    return entry(
      .verb, "\(id) cancelled by \(cause.by)", cause, verb: "cancel", task: id,
      files: next.endings(of: [id.run]) + files)
  }

  private func adopting(
    _ id: TaskID, _ outputs: [String: [UInt8]], _ blobs: [String: BlobID], _ cause: VerbCause
  ) throws(VerbRefusal) -> LedgerEntry {
    var task = try task(id)
    guard task.record.state == .held || task.record.state == .failed else {
      throw VerbRefusal("\(id) is \(task.record.state.rawValue); only held tasks can be adopted")
    }
    guard !task.record.isPerson else {
      throw VerbRefusal(
        "\(id) waits for a signature, which nobody can adopt: headway approve \(id)")
    }
    guard !task.record.isFan else {
      throw VerbRefusal("\(id) stands for the items of a list; adopt the task that delivers it")
    }
    try requirePromised(outputs, of: task.record)
    let attempt = adoption(of: task.record, blobs: blobs, cause)
    let reactivated = reactivated(id.run)
    // A person has done what the hold kept back.
    task.record.hold = nil
    var next = self
    next.fold(reactivated + [.task(task.record, folder: task.folder)])
    guard let run = next.runs[id.run],
      let result = next.settling(
        Settlement(
          attempt: attempt, outputs: outputs, cause: run.record.cause.commit, policies: nil))
    else { throw VerbRefusal("there is no task \(id)") }
    let hasEnded = result.files.contains { if case .run = $0 { true } else { false } }
    return entry(
      .verb, "\(id) adopted by \(cause.by)", cause, verb: "adopt", task: id,
      files: (hasEnded ? [] : reactivated) + result.files, attachments: result.attachments)
  }

  private func requirePromised(
    _ outputs: [String: [UInt8]], of task: TaskRecord
  ) throws(VerbRefusal) {
    let (given, promised) = (outputs.keys, task.specification.outputs)
    let missing = Set(promised.filter { !$0.value.isOptional }.keys).subtracting(given).sorted()
    guard missing.isEmpty else {
      throw VerbRefusal(
        "\(task.id) promises \(missing.joined(separator: ", ")); give each with --output")
    }
    let unknown = Set(given).subtracting(promised.keys).sorted()
    guard unknown.isEmpty else {
      throw VerbRefusal("\(task.id) promises no output \(unknown.joined(separator: ", "))")
    }
    for (name, rule) in promised.sorted(by: { $0.key < $1.key }) {
      let values = outputs[name].map(rule.values) ?? [:]
      guard let lacking = rule.fields.keys.sorted().first(where: { values[$0] == nil }) else {
        continue
      }
      throw VerbRefusal("\(name) has no usable field \(lacking), which a later task reads")
    }
  }

  private func adoption(
    of task: TaskRecord, blobs: [String: BlobID], _ cause: VerbCause
  ) -> AttemptRecord {
    let fingerprint = fingerprint(of: task.id)
    let key = opening.map { task.idempotencyKey(anchor: $0.anchor, fingerprint: fingerprint) }
    return AttemptRecord(
      id: AttemptID(task: task.id, number: task.nextAttempt), taskKey: task.key,
      key: key ?? fingerprint,
      effect: task.specification.effect, fingerprint: fingerprint,
      executor: task.specification.executor, isolation: "person", model: nil, inputs: [],
      recalled: [], rendered: nil, started: cause.at, finished: cause.at, outcome: .succeeded,
      failure: nil, outputs: blobs, usage: nil, cost: nil, checks: [], confidence: nil,
      decision: FilePath(unchecked: LedgerOpening.path), runner: cause.runner, log: nil)
  }

  private func repeating(_ id: TaskID, _ cause: VerbCause) throws(VerbRefusal) -> LedgerEntry {
    var task = try task(id)
    let code = task.record.reason?.code
    guard task.record.state == .held, code == .alreadyDone || code == .uncertain else {
      throw VerbRefusal("\(id) is not held because its effect was done already")
    }
    task.record.reopen(at: cause.at, again: true)
    task.record.reason = nil
    task.record.allowance = .init(by: cause.by, reason: cause.reason, at: cause.at)
    return entry(
      .verb, "\(id) may be repeated once, by \(cause.by)", cause, verb: "repeat", task: id,
      files: [.task(task.record, folder: task.folder)])
  }

  private func clearing(_ id: String, _ cause: VerbCause) throws(VerbRefusal) -> LedgerEntry {
    guard var incident = incidents[id] else {
      let open = incidents.keys.sorted().joined(separator: ", ")
      throw VerbRefusal(
        "there is no open incident \(id)" + (open.isEmpty ? "" : "; open: \(open)"))
    }
    incident.cleared = .init(by: cause.by, at: cause.at, why: cause.reason)
    var files: [LedgerFile] = [.incident(incident)]
    if let rewrite = incident.rewrite, var main {
      main.acceptedRewrite = rewrite
      files.append(.main(main))
    }
    return LedgerEntry(
      .cleared, subject: "\(id) by \(cause.by)", body: cause.reason,
      trailers: [.init(.incident, id), .init(.person, cause.by)], files: files)
  }

  func freezing(_ verb: Verb, _ cause: VerbCause) throws(VerbRefusal) -> LedgerEntry {
    guard var main else { throw VerbRefusal("main has not been observed yet") }
    switch verb {
    case .thaw:
      guard main.freeze != nil else {
        throw VerbRefusal(
          main.freezeFile
            ? "a file `FREEZE` on main stops dispatch; remove it there" : "nothing is frozen",
          isSoAlready: !main.freezeFile)
      }
      main.freeze = nil
    default:
      guard main.freeze == nil else {
        throw VerbRefusal("dispatch is frozen already", isSoAlready: true)
      }
      main.freeze = .init(by: cause.by, reason: cause.reason, at: cause.at)
    }
    return entry(.verb, "\(verb.word) by \(cause.by)", cause, verb: verb.word, files: [.main(main)])
  }

  func entry(
    _ event: LedgerEvent, _ subject: String, _ cause: VerbCause, verb: String,
    run: RunID? = nil, task: TaskID? = nil, files: [LedgerFile],
    attachments: [LedgerEntry.Attachment] = []
  ) -> LedgerEntry {
    var trailers: [LedgerTrailer] = [.init(.verb, verb), .init(.person, cause.by)]
    if let run = run ?? task?.run { trailers.append(.init(.run, run)) }
    if let task { trailers.append(.init(.task, task.task)) }
    trailers.append(.init(.runner, cause.runner))
    return LedgerEntry(
      event, subject: subject, body: cause.reason, trailers: trailers, files: files,
      attachments: attachments)
  }
}
