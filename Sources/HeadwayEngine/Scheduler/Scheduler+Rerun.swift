internal import Git
internal import HeadwayCore

extension Scheduler {
  /// Begins a new run of what an earlier one did; a sentence where that cannot be.
  ///
  /// The person saw main at `seen`: what they agreed to is not done at another main.
  func rerun(
    _ id: RunID, from: Name?, seen: CommitID, _ cause: VerbCause
  ) async throws(EngineError) -> Requests.Answer {
    try await ledger.recall(id)
    let board = await ledger.board
    guard let earlier = board.runs[id], let anchor = board.opening?.anchor,
      let main = board.main
    else { return .refused("there is no run \(id)") }
    guard main.judged == seen else {
      return .refused("main has moved since you looked; look again at what differs now")
    }
    guard let path = FilePath(checked: earlier.record.cause.path),
      earlier.record.cause.kind == .brief
    else { return .refused("\(id) did not come of a brief; let its trigger start it again") }
    if let live = await liveRun(.brief, path.text) {
      return .refused("\(live.record.id) is not finished; headway cancel \(live.record.id) first")
    }
    let snapshot = try await reader.snapshot(seen, briefs: .only([path]))
    let previous = try await latestRun(.brief, path.text)
    let identity = RunIdentity(
      anchor: anchor, brief: path,
      generation: max(previous?.generation ?? 0, earlier.record.generation) + 1)
    let taken = try await isTaken(identity)
    let expansion = Expansion(
      project: snapshot.project, identity: identity, programs: snapshot.programs)
    let plan: RunPlan
    do throws(Expansion.Refusal) {
      plan = try expansion.expand(brief: path) { _ in taken }
    } catch { return .refused(error.messages.joined(separator: "\n")) }
    let admission = Admission(plan: plan, commit: seen, at: cause.at)
    guard let rerun = Rerun(earlier, as: admission, from: from) else {
      return .refused("\(plan.pipeline) has no task \(from?.text ?? "") now")
    }
    try await append(rerun.entry(cause, anchor: anchor), at: cause.at)
    announce(.admitted(plan.id, title: plan.title))
    return .done
  }
}
