internal import HeadwayCore

extension Scheduler {
  /// Appends an entry and, for each run that it ends, the runs that follow.
  ///
  /// Both reach the disk in one flush, so no crash comes between them.
  func append(_ entry: LedgerEntry, at time: Instant) async throws(EngineError) {
    var ending: [RunID] = []
    for case .run(let run) in entry.files where run.state != .active {
      if await ledger.board.runs[run.id]?.record.state == .active { ending.append(run.id) }
    }
    try await ledger.append(entry, at: time)
    for run in ending { try await follow(run, at: time) }
  }

  private func follow(_ id: RunID, at now: Instant) async throws(EngineError) {
    let board = await ledger.board
    guard let main = board.main, let run = board.runs[id] else { return }
    let snapshot = try await reader.snapshot(main.judged, briefs: .only([]))
    var refusals: [String: [String]] = [:]
    for pipeline in snapshot.project.followers(of: run.record) {
      let occasion: Occasion
      do { occasion = try Occasion(endOf: run, for: pipeline, in: snapshot.project) } catch {
        refusals[Project.path(ofPipeline: pipeline.name)] = error.messages
        continue
      }
      // A run that was reopened ends again, and nothing follows a second time.
      guard try await latestRun(.run, occasion.source) == nil else { continue }
      let wrong = try await takeIn(occasion, after: nil, snapshot: snapshot, at: now)
      if let wrong { refusals[occasion.file.path.text] = wrong }
    }
    try await note(refusals, at: now)
  }
}
