internal import HeadwayCore

extension Scheduler {
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
      } else if let run = await liveRun(.brief, change.path.text) {
        try await endRun(
          run, .briefDeleted, by: "the deletion of \(change.path)",
          reason: "The brief is gone from main.", at: now)
      }
    }
    for change in changes.dropFirst(Self.runLimit) {
      refusals[change.path.text] = [
        "\(change.path): one commit may bring \(Self.runLimit) briefs; it was not taken in"
      ]
    }
    try await note(refusals, at: now)
  }

  /// What is wrong with the brief, or `nil` once it is a run.
  private func takeIn(
    _ change: Observation.BriefChange, blob: BlobID, snapshot: MainSnapshot, at now: Instant
  ) async throws(EngineError) -> [String]? {
    let live = await liveRun(.brief, change.path.text)
    if let live, live.record.revisions.last?.blob == blob { return nil }
    let previous = try await latestRun(.brief, change.path.text)
    if change.isSecondLook, previous?.revisions.last?.blob == blob { return nil }
    let occasion: Occasion
    do { occasion = try Occasion(brief: change.path, in: snapshot.project) } catch {
      return error.messages
    }
    return try await takeIn(occasion, after: previous, snapshot: snapshot, at: now)
  }
}
