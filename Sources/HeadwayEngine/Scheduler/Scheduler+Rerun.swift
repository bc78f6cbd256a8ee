internal import Git
internal import HeadwayCore

extension Scheduler {
  /// Begins a new run of what an earlier one did; a sentence where that cannot be.
  ///
  /// The person saw main at `seen`: what they agreed to is not done at another main.
  func rerun(
    _ id: RunID, from: Name?, seen: CommitID, _ typed: VerbCause
  ) async throws(EngineError) -> Requests.Answer {
    try await ledger.recall(id)
    let board = await ledger.board
    guard let earlier = board.runs[id], let anchor = board.opening?.anchor,
      let main = board.main
    else { return .refused("there is no run \(id)") }
    guard main.judged == seen else {
      return .refused("main has moved since you looked; look again at what differs now")
    }
    let cause = earlier.record.cause
    if let live = await liveRun(cause.kind, cause.path) {
      return .refused("\(live.record.id) is not finished; headway cancel \(live.record.id) first")
    }
    let snapshot = try await reader.snapshot(
      seen, briefs: EarlierOccasion.briefs(of: earlier.record))
    let occasion: Occasion
    switch try await self.occasion(of: earlier.record, snapshot) {
    case .success(let found): occasion = found
    case .failure(let refusal): return .refused(refusal.messages.joined(separator: "\n"))
    }
    let previous = try await latestRun(cause.kind, cause.path)
    let identity = RunIdentity(
      anchor: anchor, source: cause.path,
      generation: max(previous?.generation ?? 0, earlier.record.generation) + 1)
    let taken = try await isTaken(identity)
    let expansion = Expansion(
      project: snapshot.project, identity: identity, programs: snapshot.programs)
    let plan: RunPlan
    do throws(Expansion.Refusal) {
      plan = try expansion.expand(occasion) { _ in taken }
    } catch { return .refused(error.messages.joined(separator: "\n")) }
    let admission = Admission(plan: plan, commit: seen, at: typed.at)
    guard let rerun = Rerun(earlier, as: admission, from: from) else {
      return .refused("\(plan.pipeline) has no task \(from?.text ?? "") now")
    }
    try await append(rerun.entry(typed, anchor: anchor), at: typed.at)
    announce(.admitted(plan.id, title: plan.title))
    return .done
  }

  private func occasion(
    of earlier: RunRecord, _ snapshot: MainSnapshot
  ) async throws(EngineError) -> Result<Occasion, Expansion.Refusal> {
    var parent: BoardRun?
    if let id = earlier.cause.parent {
      try await ledger.recall(id)
      parent = await ledger.board.runs[id]
    }
    return try await EarlierOccasion(store: site.store, snapshot: snapshot)
      .find(of: earlier, parent: parent)
  }
}
