internal import Git
internal import HeadwayCore

extension Scheduler {
  /// The most approvals whose removal one observation of main is asked about.
  private static let removalLimit = 500

  /// Proposes the undo of runs that failed, and of effects that ended after their approval was
  /// taken from main.
  func proposeCompensations() async throws(EngineError) {
    let board = await ledger.board
    guard let main = board.main, !main.isFrozen else { return }
    for run in board.runsInOrder where run.needsCompensation {
      try await compensate(run.record.id, .failed)
    }
    for run in board.runsInOrder where run.record.state == .active {
      for task in run.overtakenApprovals {
        guard let proposal = task.proposal else { continue }
        let removal = task.judged?.judgements.last { $0.decision == .withdraw }
        // Only a proposal: unlike an effect that was covered when it ended, this one never was.
        try await compensate(
          run.record.id, from: task.record.task,
          .removed(proposal.attempt, by: removal?.person))
      }
    }
  }

  /// Appends the proposal to undo what is open in the radius of `name`, or of the whole run.
  func compensate(
    _ run: RunID, from name: Name? = nil, _ cause: CompensationCause
  ) async throws(EngineError) {
    let now = await moment()
    guard let entry = await ledger.board.compensating(run, from: name, cause, at: now) else {
      return
    }
    try await append(entry, at: now)
    for case .run(let undo) in entry.files { announce(.admitted(undo.id, title: undo.title)) }
  }

  /// Brings back the runs whose approvals this change of main takes away, so that they are judged.
  func recallRemoved(_ observation: Observation) async throws(EngineError) -> Set<RunID> {
    guard let from = observation.from else { return [] }
    let removed = try await observer.removedApprovals(from: from, to: observation.to)
    let runs = Set(removed.prefix(Self.removalLimit).map(\.task.run))
    for run in runs.sorted() { try await ledger.recall(run) }
    return runs
  }

  /// An approval was taken from main after what rests on it had its effect: nothing can be held
  /// back any more.
  ///
  /// Whoever could have given it may have it undone; anybody else's removal is an incident, unless
  /// it is part of a rewrite of main that had its incident, and that a person accepted.
  func takeRemoval(
    _ finding: ApprovalFinding, roster: Roster, main: MainRecord, tip: CommitID, at now: Instant
  ) async throws(EngineError) {
    // Without news a key was revoked after the effect; the approval was good when it was used.
    guard let removal = finding.judgements.last(where: { $0.decision == .withdraw }),
      let noted = await ledger.board.noting(finding.record, at: tip)
    else { return }
    try await append(noted, at: now)
    // A statement that is gone was used; only the record itself says that this is to be undone.
    guard finding.record.isWithdrawn else { return }
    let attempt = finding.proposal.attempt
    let role = finding.proposal.requirement.role
    if let person = removal.person,
      roster.holds(person, role) || Name("admin").map({ roster.holds(person, $0) }) == true
    {
      try await compensate(
        attempt.task.run, from: attempt.task.task, .removed(attempt, by: person))
    } else if try await !isLossAccepted(of: attempt, main, tip) {
      try await openIncident(overRemovalOf: attempt, role: role, at: tip, now)
    }
  }

  private func isLossAccepted(
    of attempt: AttemptID, _ main: MainRecord, _ tip: CommitID
  ) async throws(EngineError) -> Bool {
    guard let rewrite = main.acceptedRewrite, try await isAccepted(tip, by: main) else {
      return false
    }
    return try await observer.removedApprovals(from: main.judged, to: rewrite).contains(attempt)
  }

  private func openIncident(
    overRemovalOf attempt: AttemptID, role: Name, at tip: CommitID, _ now: Instant
  ) async throws(EngineError) {
    let task = attempt.task
    let id = IncidentRecord.id(at: now, about: "\(task.run)-\(task.task)-removed")
    let incident = IncidentRecord(
      id: id, scope: .commit(tip),
      reason: "the approval of \(attempt) was removed from main after its effect, without the "
        + "signature of a \(role) or an admin; nothing was undone",
      answer: "`headway compensate \(task)` undoes the effect, `headway clear \(id)` leaves it",
      opened: now)
    try await append(.incident(incident), at: now)
    announce(.incident(incident))
  }
}

extension Observer {
  /// Approval records that stood at `from` and do not at `to`.
  func removedApprovals(
    from: CommitID, to: CommitID
  ) async throws(EngineError) -> [AttemptID] {
    do {
      return try await store.perform { (repository) throws(GitError) in
        let old = try repository.commit(ObjectID(from)).tree
        let new = try repository.commit(ObjectID(to)).tree
        var removed: [AttemptID] = []
        let folder = try RepositoryPath(checking: "approvals")
        try repository.compare(old, new, below: folder, limits: Self.changeLimit) {
          change throws(GitError) in
          if change.new == nil, change.old != nil,
            case .record(let attempt) = ApprovalPath(Array(change.path.description.utf8))
          {
            removed.append(attempt)
          }
          return true
        }
        return removed
      }
    } catch { throw .git(error) }
  }
}
