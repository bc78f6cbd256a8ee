internal import HeadwayCore

extension Scheduler {
  /// Appends an entry and, for each run that it ends, the runs that follow.
  ///
  /// Both reach the disk in one flush, so no crash comes between them.
  func append(_ entry: LedgerEntry, at time: Instant) async throws(EngineError) {
    var ending: [RunID] = []
    for case .run(let run) in entry.files where run.state != .active {
      // One that nobody knew yet had nothing to do.
      let before = await ledger.board.runs[run.id]?.record.state ?? .active
      if before == .active { ending.append(run.id) }
    }
    // The only place, on the proof that whatever ends a run passes here.
    try await ledger.append(entry, at: time)
    for run in ending { try await follow(run, at: time) }
  }

  /// Appends what instants and files wait; followers that were refused meanwhile stay.
  func notice(
    _ intake: IntakeRecord, notes: [String], at now: Instant
  ) async throws(EngineError) {
    var intake = intake
    intake.followers = await ledger.board.intake?.followers ?? []
    try await append(.noticed(intake, notes: notes), at: now)
  }

  private func follow(_ id: RunID, at now: Instant) async throws(EngineError) {
    let board = await ledger.board
    guard let main = board.main, let run = board.runs[id] else { return }
    let snapshot = try await reader.snapshot(main.judged, briefs: .only([]))
    let project = snapshot.project
    var refusals = Refusals(
      pipelines: project.brokenPipelines(that: "run", name: run.record.pipeline.name))
    for pipeline in project.followers(of: run.record) {
      try await start(pipeline, after: run, snapshot: snapshot, at: now, &refusals)
    }
    guard !refusals.pipelines.isEmpty || !refusals.messages.isEmpty else { return }
    var intake = await ledger.board.intake ?? IntakeRecord(considered: now)
    for name in refusals.pipelines {
      intake.refuse(.init(pipeline: name, run: id, ended: now))
    }
    if !refusals.pipelines.isEmpty {
      let notes = refusals.pipelines.map { "\($0) after \(id): refused" }
      try await append(.noticed(intake, notes: notes), at: now)
    }
    try await note(refusals.messages, at: now)
  }

  /// Tries again what broken files kept from following, now that main holds other files.
  func readmitFollowers(_ snapshot: MainSnapshot, at now: Instant) async throws(EngineError) {
    guard let before = await ledger.board.intake, !before.followers.isEmpty else { return }
    let project = snapshot.project
    var kept: [IntakeRecord.WaitingFollower] = []
    var refusals = Refusals()
    for follower in before.followers where follower.ended > now - Schedule.window {
      try await ledger.recall(follower.run)
      guard let run = await ledger.board.runs[follower.run] else {
        kept.append(follower)
        continue
      }
      let name = run.record.pipeline.name
      if let pipeline = project.followers(of: run.record).first(where: {
        $0.name == follower.pipeline
      }) {
        let count = refusals.pipelines.count
        try await start(pipeline, after: run, snapshot: snapshot, at: now, &refusals)
        if refusals.pipelines.count > count { kept.append(follower) }
      } else if project.brokenPipelines(that: "run", name: name).contains(follower.pipeline) {
        kept.append(follower)
      }
    }
    // What was started may have been appended beside other things that wait.
    if kept != before.followers, var intake = await ledger.board.intake {
      intake.followers = kept
      try await append(.noticed(intake, notes: ["tried again, since files changed"]), at: now)
    }
    try await note(refusals.messages, at: now)
  }

  private func start(
    _ pipeline: Pipeline, after run: BoardRun, snapshot: MainSnapshot, at now: Instant,
    _ refusals: inout Refusals
  ) async throws(EngineError) {
    let path = Project.path(ofPipeline: pipeline.name)
    let occasion: Occasion
    do { occasion = try Occasion(endOf: run, for: pipeline, in: snapshot.project) } catch {
      return refusals.add(error.messages, of: path, pipeline.name)
    }
    // No mended file makes a row of runs shorter.
    if let limits = snapshot.project.settings?.limits, let wrong = occasion.refusal(by: limits) {
      return refusals.add([wrong], of: path, nil)
    }
    // A run that was reopened ends again, and nothing follows a second time.
    guard try await latestRun(.run, occasion.source) == nil else { return }
    if let wrong = try await takeIn(occasion, after: nil, snapshot: snapshot, at: now) {
      refusals.add(wrong, of: path, pipeline.name)
    }
  }

  /// What is wrong with pipelines that should have followed.
  private struct Refusals {
    /// Those that are worth another try.
    var pipelines: [Name] = []
    var messages: [String: [String]] = [:]

    mutating func add(_ wrong: [String], of path: String, _ pipeline: Name?) {
      messages[path] = wrong
      if let pipeline { pipelines.append(pipeline) }
    }
  }
}
