internal import Git
internal import HeadwayCore

extension Scheduler {
  /// The bounds of one fold; what lies beyond waits for a person, or for the next change of main.
  static let runLimit = 500

  /// Makes a run of an occasion, or another revision of the run that it has already.
  ///
  /// Every kind of cause comes here. Returns what is wrong, or `nil` once it is in the ledger.
  func takeIn(
    _ occasion: Occasion, after previous: RunRecord?, snapshot: MainSnapshot, at now: Instant
  ) async throws(EngineError) -> [String]? {
    guard let anchor = await ledger.board.opening?.anchor else { return nil }
    if let limits = snapshot.project.settings?.limits,
      let refusal = occasion.refusal(by: limits)
    {
      return [refusal]
    }
    let live = await liveRun(occasion.kind, occasion.source)
    let generation = live?.record.generation ?? (previous?.generation ?? 0) + 1
    let identity = RunIdentity(anchor: anchor, source: occasion.source, generation: generation)
    let expansion = Expansion(
      project: snapshot.project, identity: identity, programs: snapshot.programs)
    var isTaken = false
    if live == nil { isTaken = try await self.isTaken(identity) }
    var lists: [Name: DeliveredList] = [:]
    if let live { lists = try await self.lists(of: live) }
    let plan: RunPlan
    do throws(Expansion.Refusal) {
      plan =
        if let live {
          try expansion.expand(occasion, as: live.record.id, lists: lists)
        } else {
          try expansion.expand(occasion) { _ in isTaken }
        }
    } catch { return error.messages }
    let admission = Admission(plan: plan, commit: snapshot.commit, at: now)
    guard live == nil else {
      if let entry = await ledger.board.revising(admission) { try await append(entry, at: now) }
      return nil
    }
    try await append(admission.entry, at: now)
    announce(.admitted(plan.id, title: plan.title))
    return nil
  }

  /// The active run that hangs on `source`.
  func liveRun(_ kind: RunRecord.Cause.Kind, _ source: String) async -> BoardRun? {
    await ledger.board.runs.values.first {
      $0.record.cause.kind == kind && $0.record.cause.path == source
        && $0.record.state == .active
    }
  }

  /// The latest run that hangs on `source`, whether or not it has reached the disk.
  func latestRun(
    _ kind: RunRecord.Cause.Kind, _ source: String
  ) async throws(EngineError) -> RunRecord? {
    let onBoard = await ledger.board.runs.values.map(\.record).filter {
      $0.cause.kind == kind && $0.cause.path == source
    }
    let stored = try await index.latestRun(kind, path: source)
    return (onBoard + (stored.map { [$0] } ?? [])).max { $0.generation < $1.generation }
  }

  /// Whether the short id belongs to another run.
  func isTaken(_ identity: RunIdentity) async throws(EngineError) -> Bool {
    guard let short = identity.id(isTaken: { _ in false }) else { return false }
    if await ledger.board.runs[short] != nil { return true }
    return try await index.exists(short)
  }

  /// Ends what has not finished of a run whose ground has gone.
  func endRun(
    _ run: BoardRun, _ code: ReasonCode, by actor: String, reason: String, at now: Instant
  ) async throws(EngineError) {
    let cause = VerbCause(by: actor, reason: reason, at: now, runner: runner.description)
    let entry: LedgerEntry
    do {
      entry = try await ledger.board.cancelling(run.record.id, code, .cancelled, cause)
    } catch { throw .notPossible(error.description) }
    try await append(entry, at: now)
    announce(.finished(run.record.id, .cancelled))
  }

  /// Keeps what is wrong with files where people see it.
  func note(_ refusals: [String: [String]], at now: Instant) async throws(EngineError) {
    guard !refusals.isEmpty, var main = await ledger.board.main else { return }
    for (path, messages) in refusals.sorted(by: { $0.key < $1.key }) {
      main.problems[path] = messages
      announce(.refused(path: path, messages: messages))
    }
    try await append(
      .observed(main, summary: "\(refusals.count) files cannot become runs yet."), at: now)
  }
}

extension Expansion.Refusal {
  var messages: [String] { diagnostics.map(\.description) }
}
