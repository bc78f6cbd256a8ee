extension Board {
  /// Takes in files of one ledger commit, in their order.
  package mutating func fold(_ files: [LedgerFile]) { for file in files { fold(file) } }

  /// Takes in one file of the ledger as it now stands.
  ///
  /// A run comes before its tasks, a task before its attempts and proposals, and a proposal before
  /// what was judged of it; any other order gives the same board. An attempt is taken in once.
  package mutating func fold(_ file: LedgerFile) {
    switch file {
    case .opening(let opening): self.opening = opening
    case .main(let record): main = record
    case .intake(let record): intake = record
    case .run(let record):
      runs[record.id, default: BoardRun(record: record, tasks: [:])].record = record
    case .task(let record, let folder):
      runs[record.run]?.tasks[record.task, default: BoardTask(record: record, folder: folder)]
        .record = record
    case .attempt(let record, _): fold(record)
    case .proposal(let record, _):
      change(record.attempt.task) {
        guard $0.proposal.map({ $0.attempt < record.attempt }) ?? true else { return }
        $0.proposal = record
        $0.judged = nil
      }
    case .judged(let record, _):
      change(record.attempt.task) {
        if $0.proposal?.attempt == record.attempt { $0.judged = record }
      }
    case .decision(let record): dispatches.fold(record)
    case .incident(let record): incidents[record.id] = record.cleared == nil ? record : nil
    }
    if let instant = file.instant { latest = max(latest, instant) }
    quotas.pass(to: latest)
  }

  private mutating func fold(_ attempt: AttemptRecord) {
    if let use = attempt.effectUse, effects[attempt.key].map(use.outweighs) ?? true {
      effects[attempt.key] = use
    }
    if let entry = attempt.duration {
      durations[attempt.taskKey, default: RecentDurations()].insert(entry)
    }
    if let cost = attempt.cost, cost.micros > 0 {
      spend.add(
        cost.micros, run: attempt.id.task.run, pipeline: attempt.pipeline,
        day: attempt.finished.day)
    }
    for use in attempt.quotaUses where use.claim.until > latest { quotas.insert(use) }
  }

  private mutating func change(_ id: TaskID, _ body: (inout BoardTask) -> Void) {
    guard var task = runs[id.run]?.tasks[id.task] else { return }
    body(&task)
    runs[id.run]?.tasks[id.task] = task
  }

  /// Lets go of runs that nothing can happen to any more; the ledger still has them.
  package mutating func dropFinished() -> [RunID] {
    let finished = runs.values.filter { !$0.isLive }.map(\.record.id)
    for id in finished {
      runs[id] = nil
      spend.runs[id] = nil
    }
    return finished
  }
}
