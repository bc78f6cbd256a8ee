/// What an earlier run did, done once more as a new run, at main as it is now.
///
/// Results are taken over only where the work is exactly the same: a name alone is no ground to
/// trust an old result. Signatures are never taken over; they spoke for the earlier run.
package struct Rerun: Hashable, Sendable {
  package let earlier: BoardRun
  package let admission: Admission
  /// Every task of the new run, in order.
  package let tasks: [Part]

  /// What becomes of one task.
  package struct Part: Hashable, Sendable {
    package let task: Name
    package let fate: Fate
  }

  package enum Fate: Hashable, Sendable {
    /// The result of that attempt stands in the new run too.
    case takenOver(AttemptID)
    case runs(Why)
  }

  /// Why a task runs again.
  package enum Why: String, Hashable, Sendable {
    /// The person said so, or it comes after what they named.
    case asked
    /// What it works on, or with, is not what it was then.
    case changed
    /// Something before it runs again.
    case upstream
    /// People sign each run for itself.
    case signature
    /// There is no result to take over.
    case unfinished
  }

  /// `from` is where work begins again: itself and everything after it; `nil` does all of it.
  ///
  /// Fails where the new run has no such task.
  package init?(_ earlier: BoardRun, as admission: Admission, from: Name?) {
    if let from, admission.plan.task(from) == nil { return nil }
    self.earlier = earlier
    self.admission = admission
    var board = Board()
    board.fold(admission.entry.files)
    var next = board.runs[admission.plan.id]
    var fates: [Name: Fate] = [:]
    for name in Self.inOrder(admission.plan) {
      guard let task = next?.tasks[name]?.record else { continue }
      let before = task.specification.after
      let isAsked =
        from == nil || name == from
        || before.contains { if case .runs(.asked) = fates[$0] { true } else { false } }
      let fate = Self.fate(
        of: task, in: next, earlier: earlier.tasks[name]?.record, isAsked: isAsked,
        isUpstreamTaken: before.allSatisfy {
          if case .takenOver = fates[$0] { true } else { false }
        })
      fates[name] = fate
      if case .takenOver = fate, let old = earlier.tasks[name]?.record {
        next?.tasks[name]?.record.takeOver(old)
      }
    }
    tasks = admission.plan.tasks.compactMap { task in
      fates[task.name].map { Part(task: task.name, fate: $0) }
    }
  }

  /// Every task after those that it comes after.
  private static func inOrder(_ plan: RunPlan) -> [Name] {
    var (order, seen): ([Name], Set<Name>) = ([], [])
    func visit(_ name: Name) {
      guard seen.insert(name).inserted, let task = plan.task(name) else { return }
      for earlier in task.after { visit(earlier) }
      order.append(name)
    }
    for task in plan.tasks { visit(task.name) }
    return order
  }

  private static func fate(
    of task: TaskRecord, in run: BoardRun?, earlier: TaskRecord?, isAsked: Bool,
    isUpstreamTaken: Bool
  ) -> Fate {
    if isAsked { return .runs(.asked) }
    if task.isPerson { return .runs(.signature) }
    // Its list is expanded in the new run, and the tasks of it are of that run.
    guard !task.isFan, let earlier, earlier.state == .succeeded, let accepted = earlier.accepted,
      let attempt = earlier.attempts.first(where: { $0.number == accepted })
    else { return .runs(.unfinished) }
    guard isUpstreamTaken else { return .runs(.upstream) }
    guard run?.fingerprint(of: task) == attempt.fingerprint else { return .runs(.changed) }
    return .takenOver(AttemptID(task: earlier.id, number: accepted))
  }

  package var takenOver: [Part] {
    tasks.filter { if case .takenOver = $0.fate { true } else { false } }
  }
}

extension TaskRecord {
  /// Has the other run's result, as the attempt number 1 of this one.
  fileprivate mutating func takeOver(_ old: TaskRecord) {
    results = old.results
    accepted = 1
    state = .succeeded
  }
}

extension Rerun {
  /// The `run` event of the new run, with what is taken over in place.
  package func entry(_ cause: VerbCause, anchor: CommitID) -> LedgerEntry {
    let admitted = admission.entry
    var (files, attachments): ([LedgerFile], [LedgerEntry.Attachment]) = (
      [], admitted.attachments
    )
    let taken = Set(takenOver.map(\.task))
    for file in admitted.files {
      guard case .task(var task, let folder) = file, taken.contains(task.task),
        let old = earlier.tasks[task.task]?.record, let number = old.accepted,
        let summary = old.attempts.first(where: { $0.number == number })
      else {
        files.append(file)
        continue
      }
      let attempt = attempt(
        of: task, from: AttemptID(task: old.id, number: number), old,
        fingerprint: summary.fingerprint, cause, anchor: anchor)
      task.settle(attempt, runIsActive: true)
      files += [.task(task, folder: folder), .attempt(attempt, folder: folder)]
      for (name, blob) in old.results.sorted(by: { $0.key < $1.key }) {
        guard let path = FilePath(reading: "\(folder)/out/\(name)") else { continue }
        attachments.append(.init(path: path, content: .blob(blob)))
      }
    }
    let names =
      taken.isEmpty
      ? "nothing"
      : tasks.map(\.task).filter(taken.contains)
        .map(\.text).joined(separator: ", ")
    return LedgerEntry(
      .run, subject: admitted.subject,
      body: [
        admitted.body, cause.reason, "Runs \(earlier.record.id) again; taken over: \(names).",
      ].filter { !$0.isEmpty }.joined(separator: "\n"),
      trailers: admitted.trailers + [
        .init(.verb, "rerun"), .init(.person, cause.by), .init(.runner, cause.runner),
      ], files: files, attachments: attachments)
  }

  /// Nothing was executed and nothing happened outside: the record says whose result it is.
  private func attempt(
    of task: TaskRecord, from source: AttemptID, _ old: TaskRecord, fingerprint: Digest.Text,
    _ cause: VerbCause, anchor: CommitID
  ) -> AttemptRecord {
    AttemptRecord(
      id: AttemptID(task: task.id, number: 1), taskKey: task.key,
      key: Digest(parts: ["taken over", anchor.hex, source.description]).hex, effect: .none,
      fingerprint: fingerprint, executor: task.specification.executor, isolation: "none",
      model: nil,
      inputs: old.results.sorted { $0.key < $1.key }
        .map { .init(name: $0.key, blob: $0.value, from: source.description) },
      recalled: [], rendered: nil, started: cause.at, finished: cause.at, outcome: .succeeded,
      failure: nil, outputs: old.results, usage: nil, cost: nil, checks: [], confidence: nil,
      decision: FilePath(unchecked: LedgerOpening.path), runner: cause.runner, log: nil)
  }
}

/// What is not the same as when an earlier run was planned.
package struct RunDifference: Hashable, Sendable {
  package let what: String
  /// `nil`: it was not there.
  package let then: String?
  package let now: String?

  package init(_ what: String, then: String?, now: String?) {
    self.what = what
    self.then = then
    self.now = now
  }
}

extension Rerun {
  /// What differs between what the earlier run was given and what the new one is: its files and
  /// parameters, and each task's own work.
  package var differences: [RunDifference] {
    let (old, plan) = (earlier.record, admission.plan)
    let asked = plan.occasion
    var found: [RunDifference] = []
    func compare(_ what: String, _ then: String?, _ now: String?) {
      if then != now { found.append(RunDifference(what, then: then, now: now)) }
    }
    // The end of a run asks for another one by the pipeline's own file, which comes below.
    if asked.file.path != plan.pipelineFile.path {
      compare(asked.file.path.text, old.revisions.last?.blob.short, asked.file.blob.short)
    }
    compare(
      plan.pipelineFile.path.text, old.pipeline.blob.short, plan.pipelineFile.blob.short)
    for name in Set(old.parameters.keys).union(asked.parameters.keys).sorted() {
      compare(
        "parameter \(name)", Self.text(old.parameters[name]), Self.text(asked.parameters[name]))
    }
    compare("budget", old.budget?.description, asked.budget?.description)
    compare("due", old.due?.description, asked.due?.description)
    compare("priority", String(old.priority), String(asked.priority))
    for name in old.tasks where plan.task(name) == nil {
      guard let task = earlier.tasks[name]?.record, !task.isRemoved, !awaitsList(name) else {
        continue
      }
      compare("task \(name)", "there", nil)
    }
    for task in plan.tasks { addDifferences(of: task, to: &found) }
    return found
  }

  /// Whether the earlier run's task is for an item of a list that the new run has yet to make
  /// tasks of.
  private func awaitsList(_ name: Name) -> Bool {
    let template = earlier.tasks[name]?.record.specification.item?.template
    return template.flatMap { admission.plan.task($0) }?.fan != nil
  }

  private func addDifferences(
    of task: PlannedTask, to found: inout [RunDifference]
  ) {
    guard let old = earlier.tasks[task.name]?.record.specification else {
      found.append(RunDifference("task \(task.name)", then: nil, now: "there"))
      return
    }
    let new = TaskRecord.Specification(task)
    let known = found.count
    func compare(_ what: String, _ then: String?, _ now: String?) {
      guard then != now else { return }
      found.append(RunDifference("\(task.name): \(what)", then: then, now: now))
    }
    compare("executor", old.executor.text, new.executor.text)
    compare("intent", old.intent, new.intent)
    compare(
      "after", old.after.filter { !awaitsList($0) }.map(\.text).joined(separator: ", "),
      new.after.map(\.text).joined(separator: ", "))
    let (then, now) = (Self.files(old.inputs), Self.files(new.inputs))
    for path in Set(then.keys).union(now.keys).sorted() { compare(path, then[path], now[path]) }
    if found.count == known, old.fingerprint != new.fingerprint {
      compare("brief, program, prompt or models", "as then", "as now")
    }
  }

  private static func files(_ inputs: [TaskInput]) -> [String: String] {
    var files: [String: String] = [:]
    for input in inputs {
      switch input {
      case .file(let path, let blob): files[path.text] = blob.short
      case .delivered(let attempt, let output, let blob):
        files["\(attempt.task)/\(output)"] = blob.short
      case .recall: break
      }
    }
    return files
  }

  private static func text(_ value: JSONValue?) -> String? {
    value.map { String(decoding: $0.compact, as: UTF8.self) }
  }
}
