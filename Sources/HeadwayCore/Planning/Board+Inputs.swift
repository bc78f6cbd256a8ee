extension BoardRun {
  /// The hash of all that an attempt of `task` started now would work on: its specification,
  /// what a rejection said, and the accepted outputs of the tasks it comes after.
  package func fingerprint(of task: TaskRecord) -> Digest.Text {
    var parts = [task.specification.fingerprint, task.feedback?.hex ?? ""]
    for name in task.specification.after {
      guard let upstream = tasks[name]?.record else { continue }
      for (output, blob) in upstream.standing.sorted(by: { $0.key < $1.key }) {
        parts.append("\(name)/\(output) \(blob)")
      }
    }
    return Digest(parts: parts).hex
  }

  /// The tasks whose end can be relied on: it rests on what stands upstream, all the way up.
  ///
  /// A running, waiting, held or pending task is never among them.
  package var currentTasks: Set<Name> {
    var current: Set<Name> = []
    var seen: Set<Name> = []
    // A list in place of recursion: a chain of tasks may be longer than a thread's stack is deep.
    var ahead = tasks.keys.map { (name: $0, isAfterUpstream: false) }
    while let (name, isAfterUpstream) = ahead.popLast() {
      guard let task = tasks[name]?.record, task.state.isTerminal else { continue }
      let after = task.specification.after
      if isAfterUpstream {
        if task.isRemoved
          || (after.allSatisfy(current.contains) && !isStale(task, current: current))
        {
          current.insert(name)
        }
      } else if seen.insert(name).inserted {
        ahead.append((name, true))
        // Expansion refuses cycles; should a damaged record hold one, nothing in it is current.
        for earlier in after where !seen.contains(earlier) { ahead.append((earlier, false)) }
      }
    }
    return current
  }

  /// Whether a task that has ended, after others that all stand, would end otherwise now.
  func isStale(_ task: TaskRecord, current: Set<Name>) -> Bool {
    guard !task.isRemoved else { return false }
    switch (task.state, join(of: task, current: current)) {
    case (.succeeded, .met): return !hasAcceptedFingerprint(task)
    // It failed with other inputs than those that stand now.
    case (.failed, .met):
      return task.attempts.last.map { $0.fingerprint != fingerprint(of: task) } ?? false
    // Nothing asks for it any more: what came before it has ended otherwise since.
    case (.succeeded, .impossible), (.failed, .impossible): return true
    case (.succeeded, .declined), (.failed, .declined): return true
    case (.skipped, .met): return true
    // It stays skipped, but what is said of why has to be so.
    case (.skipped, .impossible): return task.reason?.code == .condition
    case (.skipped, .declined(let condition, let found)):
      return task.reason?.values != condition.values(found: found)
    case (_, .open): return false
    case (.pending, _), (.running, _), (.waiting, _), (.held, _), (.expired, _), (.cancelled, _):
      return false
    }
  }

  /// The latest attempt that did exactly what `task` asks for now, if its outputs may stand again.
  ///
  /// What has an effect is never taken up: the world may have moved on since.
  func earlierResult(of task: TaskRecord) -> Int? {
    let candidates = task.attempts.dropFirst(task.dismissed).filter { $0.outcome == .succeeded }
    guard !candidates.isEmpty, task.specification.effect == .none, !task.isPerson, !task.isFan
    else {
      return nil
    }
    let wanted = fingerprint(of: task)
    return candidates.last { $0.fingerprint == wanted }?.number
  }

  /// Whether the accepted attempt worked on exactly what stands now.
  func hasAcceptedFingerprint(_ task: TaskRecord) -> Bool {
    guard let accepted = task.accepted,
      let attempt = task.attempts.first(where: { $0.number == accepted })
    else { return false }
    return attempt.fingerprint == fingerprint(of: task)
  }

  /// Every task that `name` comes after, directly or not, nearest first.
  package func ancestors(of name: Name) -> [Name] {
    var found = tasks[name]?.record.specification.after ?? []
    var seen = Set(found)
    var index = 0
    while index < found.count {
      for next in tasks[found[index]]?.record.specification.after ?? []
      where seen.insert(next).inserted {
        found.append(next)
      }
      index += 1
    }
    return found
  }

  /// What the run has come to, if nothing can move any more; `nil` while it is active.
  package var ending: RunRecord.State? {
    guard isEverythingTerminal() else { return nil }
    let current = currentTasks
    guard record.tasks.allSatisfy(current.contains) else { return nil }
    let records = tasksInOrder.map(\.record).filter { !$0.isRemoved }
    if records.contains(where: { $0.state == .failed || $0.state == .expired }) { return .failed }
    return records.contains { $0.state == .cancelled } ? .cancelled : .succeeded
  }
}

extension BoardRun {
  /// As `ending`, with `task` in the place of what the run holds of it.
  func ending(with task: BoardTask) -> RunRecord.State? {
    guard isEverythingTerminal(with: task.record) else { return nil }
    var run = self
    run.tasks[task.record.task] = task
    return run.ending
  }

  /// Last tasks first: they mostly end last, and one that has not answers the question.
  private func isEverythingTerminal(with changed: TaskRecord? = nil) -> Bool {
    record.tasks.reversed().allSatisfy { name in
      let task = name == changed?.task ? changed : tasks[name]?.record
      return task?.state.isTerminal == true
    }
  }
}

extension TaskRecord {
  /// The key that makes an external effect happen once, over attempts, edits and runs.
  package func effectKey(anchor: CommitID) -> String? {
    guard specification.effect == .external, let once = specification.once else { return nil }
    return Digest(parts: ["effect", anchor.hex, specification.executor.text, once]).hex
  }

  /// What the attempt under way does to the world, whatever an edit has made of the task since.
  package var effectUnderWay: Effect {
    dispatched?.effectKey == nil ? specification.effect : .external
  }

  /// What identifies the work to the other side: the same for every retry of the same work.
  package func idempotencyKey(anchor: CommitID, fingerprint: Digest.Text) -> String {
    dispatched?.effectKey ?? effectKey(anchor: anchor)
      ?? Digest(parts: ["work", anchor.hex, run.text, task.text, fingerprint]).hex
  }
}
