/// What an undo would touch, shown before anything is undone.
package struct BlastRadius: Hashable, Sendable {
  package let run: RunID
  /// Effects that happened or may have; those that rest on others first, which is the order in
  /// which they are undone.
  package let steps: [Step]
  /// Tasks whose effect is under way, so that nobody knows yet what there is to undo.
  package let underWay: [Name]

  package init(run: RunID, steps: [Step], underWay: [Name]) {
    self.run = run
    self.steps = steps
    self.underWay = underWay
  }

  /// One effect.
  package struct Step: Hashable, Sendable {
    package let task: TaskID
    /// The last attempt that did it, or may have.
    package let attempt: Int
    package let at: Instant
    package let isCertain: Bool
    /// What the effect happens once for.
    package let once: String?
    /// `nil` where the pipeline names no undo: a person has to do it outside.
    package let compensation: CompensationRule?
    /// The run that undoes it, once that was proposed.
    package let proposed: RunID?

    /// Whether an undo is registered that nobody has proposed yet.
    package var isOpen: Bool { compensation != nil && proposed == nil }
  }

  package var openSteps: [Step] { steps.filter(\.isOpen) }
}

extension BoardRun {
  /// The effects of `name` and of everything downstream of it, or of the whole run.
  package func blastRadius(from name: Name? = nil) -> BlastRadius {
    let scope = name.map { descendants(of: $0).union([$0]) } ?? Set(record.tasks)
    let tasks = tasksUpstreamFirst.reversed().map(\.record).filter { scope.contains($0.task) }
    return BlastRadius(
      run: record.id, steps: tasks.compactMap(\.effectStep),
      underWay: tasks.filter { $0.state == .running && $0.effectUnderWay == .external }.map(\.task))
  }

  /// Every task that comes after `name`, directly or not.
  package func descendants(of name: Name) -> Set<Name> {
    var found: Set<Name> = []
    for task in tasksUpstreamFirst {
      let after = task.record.specification.after
      if after.contains(where: { $0 == name || found.contains($0) }) {
        found.insert(task.record.task)
      }
    }
    return found
  }

  /// Each task after those that it comes after; equals in the order of expansion.
  private var tasksUpstreamFirst: [BoardTask] {
    var placed: Set<Name> = []
    var ordered: [BoardTask] = []
    var waiting = tasksInOrder
    while !waiting.isEmpty {
      let ready = waiting.filter { task in
        task.record.specification.after.allSatisfy { placed.contains($0) || tasks[$0] == nil }
      }
      // Expansion refuses cycles; what a damaged record makes one of comes last.
      guard !ready.isEmpty else { return ordered + waiting }
      ordered += ready
      placed.formUnion(ready.map(\.record.task))
      waiting.removeAll { placed.contains($0.record.task) }
    }
    return ordered
  }

  /// Whether the run failed with effects whose undo nobody has proposed yet.
  package var needsCompensation: Bool {
    record.state == .failed && record.cause.kind != .compensation
      && !blastRadius().openSteps.isEmpty
  }

  /// Approvals that were taken from main while an effect that rests on them was under way, which
  /// has happened since, or may have.
  package var overtakenApprovals: [BoardTask] {
    tasks.values.filter { task in
      task.record.state == .held && task.record.reason?.code == .withdrawn
        && !blastRadius(from: task.record.task).openSteps.isEmpty
    }.sorted { $0.record.ordinal < $1.record.ordinal }
  }
}

extension TaskRecord {
  /// The task's effect as it stands; `nil` where nothing can have happened.
  fileprivate var effectStep: BlastRadius.Step? {
    guard specification.effect == .external || !registrations.isEmpty else { return nil }
    let happened = attempts.filter {
      $0.outcome == .succeeded || ($0.isFateUnknown && !isKnownNotDone($0.number))
    }
    guard let last = happened.last else { return nil }
    let registration = registrations.last { entry in
      happened.contains { $0.number == entry.attempt }
    }
    return BlastRadius.Step(
      task: id, attempt: last.number, at: last.at,
      isCertain: happened.contains { $0.outcome == .succeeded }, once: specification.once,
      compensation: registration?.compensation, proposed: registration?.proposed)
  }
}
