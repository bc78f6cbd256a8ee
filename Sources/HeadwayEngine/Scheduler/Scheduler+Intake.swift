internal import Git
internal import HeadwayCore

extension Scheduler {
  /// The bounds of one fold; what lies beyond waits for a person.
  private static let runLimit = 500

  /// Makes runs of new briefs, revisions of edited ones, and ends those that are gone.
  func takeInBriefs(
    _ changes: [Observation.BriefChange], snapshot: MainSnapshot, at now: Instant
  ) async throws(EngineError) {
    var refusals: [String: [String]] = [:]
    for change in changes.prefix(Self.runLimit) {
      if let blob = change.blob {
        if let messages = try await takeIn(change, blob: blob, snapshot: snapshot, at: now) {
          refusals[change.path.text] = messages
        }
      } else {
        try await endRun(of: change.path, at: now)
      }
    }
    for change in changes.dropFirst(Self.runLimit) {
      refusals[change.path.text] = [
        "\(change.path): one commit may bring \(Self.runLimit) briefs; it was not taken in"
      ]
    }
    try await note(refusals, at: now)
  }

  private func note(_ refusals: [String: [String]], at now: Instant) async throws(EngineError) {
    guard !refusals.isEmpty, var main = await ledger.board.main else { return }
    for (path, messages) in refusals {
      main.problems[path] = messages
      announce(.refused(path: path, messages: messages))
    }
    try await ledger.append(
      .observed(main, summary: "\(refusals.count) files cannot become runs yet."), at: now)
  }

  /// What is wrong with the brief, or `nil` once it is a run.
  private func takeIn(
    _ change: Observation.BriefChange, blob: BlobID, snapshot: MainSnapshot, at now: Instant
  ) async throws(EngineError) -> [String]? {
    let path = change.path
    guard let anchor = await ledger.board.opening?.anchor else { return nil }
    let live = await ledger.board.runs.values.first {
      $0.record.cause.path == path.text && $0.record.state == .active
    }
    if let live, live.record.revisions.last?.blob == blob { return nil }
    let previous = try await index.latestRun(.brief, path: path.text)
    if change.isSecondLook, previous?.revisions.last?.blob == blob { return nil }
    let generation = live?.record.generation ?? (previous?.generation ?? 0) + 1
    let identity = RunIdentity(anchor: anchor, brief: path, generation: generation)
    let id = live?.record.id
    let taken = try await isTaken(identity)
    switch Self.expand(path, identity, as: id, isTaken: taken, snapshot) {
    case .failure(let refusal): return refusal.diagnostics.map(\.description)
    case .success(let plan):
      let admission = Admission(plan: plan, commit: snapshot.commit, at: now)
      guard id == nil else {
        if let entry = await ledger.board.revising(admission) {
          try await ledger.append(entry, at: now)
        }
        return nil
      }
      try await ledger.append(admission.entry, at: now)
      announce(.admitted(plan.id, title: plan.title))
      return nil
    }
  }

  private static func expand(
    _ path: FilePath, _ identity: RunIdentity, as id: RunID?, isTaken: Bool,
    _ snapshot: MainSnapshot
  ) -> Result<RunPlan, Expansion.Refusal> {
    let expansion = Expansion(
      project: snapshot.project, identity: identity, programs: snapshot.programs)
    do throws(Expansion.Refusal) {
      if let id { return .success(try expansion.expand(brief: path, as: id)) }
      return .success(try expansion.expand(brief: path) { _ in isTaken })
    } catch {
      return .failure(error)
    }
  }

  /// Whether the short id belongs to another run.
  private func isTaken(_ identity: RunIdentity) async throws(EngineError) -> Bool {
    guard let short = identity.id(isTaken: { _ in false }) else { return false }
    if await ledger.board.runs[short] != nil { return true }
    return try await index.exists(short)
  }

  /// Deleting a brief ends what has not finished.
  private func endRun(of path: FilePath, at now: Instant) async throws(EngineError) {
    let board = await ledger.board
    guard
      let run = board.runs.values.first(where: {
        $0.record.cause.path == path.text && $0.record.state == .active
      })
    else { return }
    let cause = VerbCause(
      by: "the deletion of \(path)", reason: "The brief is gone from main.", at: now,
      runner: runner.description)
    let entry: LedgerEntry
    do { entry = try board.cancelling(run.record.id, .briefDeleted, .cancelled, cause) } catch {
      throw .notPossible(error.description)
    }
    try await ledger.append(entry, at: now)
    announce(.finished(run.record.id, .cancelled))
  }
}
