internal import Git
internal import HeadwayCore

extension Scheduler {
  /// Notices the changes of files that pipelines watch, and ends the runs of those that are gone.
  ///
  /// `pending` are files that could not be taken in before.
  func noticeFiles(
    from old: CommitID, pending: [HeadwayCore.FilePath], snapshot: MainSnapshot, at now: Instant
  ) async throws(EngineError) {
    let triggers = snapshot.project.pathTriggers
    guard !triggers.isEmpty, let opening = await ledger.board.opening else { return }
    let patterns = triggers.map { PathPattern($0.trigger.pattern) }
    var changes = try await observer.changes(from: old, to: snapshot.commit, matching: patterns)
    let known = Set(changes.map(\.path))
    for path in pending
    where !known.contains(path) && patterns.contains(where: { $0.matches(path) }) {
      guard let file = snapshot.project.listing[path] else { continue }
      changes.append(.init(path: path, old: nil, new: file.blob))
    }
    var notice = FileNotice(
      intake: await ledger.board.intake ?? IntakeRecord(considered: opening.opened), at: now)
    let before = notice.intake
    for change in changes.dropFirst(Self.runLimit) where change.new != nil {
      notice.refuse(
        change.path, "one change of main may bring \(Self.runLimit) files; it was not taken in")
    }
    changes = Array(changes.prefix(Self.runLimit))
    for (pipeline, trigger) in triggers {
      let pattern = PathPattern(trigger.pattern)
      try await take(
        changes.filter { pattern.matches($0.path) }, of: pipeline, trigger, snapshot: snapshot,
        into: &notice)
    }
    notice.sort()
    if notice.intake != before {
      try await self.notice(notice.intake, notes: notice.notes, at: now)
    }
    try await note(notice.refusals, at: now)
  }

  private func take(
    _ changes: [Observation.FileChange], of pipeline: Pipeline, _ trigger: Pipeline.PathTrigger,
    snapshot: MainSnapshot, into notice: inout FileNotice
  ) async throws(EngineError) {
    var arrivals: [String: [PinnedFile]] = [:]
    var departures: [(identity: String, path: HeadwayCore.FilePath)] = []
    for change in changes {
      var current: String?
      if let new = change.new {
        let file = PinnedFile(path: change.path, blob: new)
        switch try await WatchedFile.read(file, trigger, in: store) {
        case .success(let found):
          current = found.identity
          arrivals[found.identity, default: []].append(file)
        case .failure(let fault): notice.refuse(change.path, fault.message)
        }
      }
      guard let old = change.old else { continue }
      let former = try await WatchedFile.read(
        PinnedFile(path: change.path, blob: old), trigger, in: store)
      if case .success(let found) = former, found.identity != current {
        departures.append((found.identity, change.path))
      }
    }
    for (identity, files) in arrivals.sorted(by: { $0.key < $1.key }) {
      let source = "\(pipeline.name):\(identity)"
      var holder = notice.holder(of: source)
      if holder == nil { holder = try await latestRun(.paths, source)?.cause.file }
      // A file that is gone, or says something else now, holds its identity no more.
      if let path = holder,
        snapshot.project.listing[path] == nil
          || departures.contains(where: { $0.identity == identity && $0.path == path })
      {
        holder = nil
      }
      let accepted =
        files.first { $0.path == holder }
        ?? (holder == nil && files.count == 1 ? files.first : nil)
      for file in files where file != accepted {
        let other = holder ?? files.first { $0 != file }?.path
        notice.refuse(
          file.path, "its identity `\(identity)` is that of `\(other?.text ?? "")` too")
      }
      guard let accepted else { continue }
      let origin = await origin(of: accepted)
      if let origin, origin.cause.kind == .paths, origin.cause.path == source {
        notice.notes.append("\(accepted.path): its own run \(origin.id) brought it in")
        continue
      }
      let settle =
        options.skipsSettling
        ? .zero : trigger.settle ?? snapshot.project.settings?.settle ?? .zero
      notice.wait(
        for: accepted, identity: identity, of: pipeline.name, settle: settle,
        origin: origin.map { .init(run: $0.id, depth: $0.cause.depth) })
    }
    for (identity, path) in departures where arrivals[identity] == nil {
      let source = "\(pipeline.name):\(identity)"
      notice.intake.changes.removeAll { $0.source == source && $0.file.path == path }
      if let run = await liveRun(.paths, source), run.record.cause.file == path {
        try await endRun(
          run, .fileDeleted, by: "the change of \(path)",
          reason: "No file on main has its identity any more.", at: notice.now)
      }
    }
  }

  /// The run whose approved proposal holds exactly this file.
  private func origin(of file: PinnedFile) async -> RunRecord? {
    await ledger.board.runsInOrder.first { run in
      run.tasks.values.contains { $0.proposal?.content[file.path] == file.blob }
    }?.record
  }

  private var store: GitStore { site.store }
}

extension Scheduler {
  /// Makes runs of the changes that have stood still for long enough.
  func takeInFiles(at now: Instant) async throws(EngineError) {
    guard var intake = await ledger.board.intake, let main = await ledger.board.main else { return }
    let due = intake.changes.filter { options.skipsSettling || $0.due <= now }
    guard !due.isEmpty else { return }
    let snapshot = try await reader.snapshot(main.judged, briefs: .only([]))
    var (notes, refusals): ([String], [String: [String]]) = ([], [:])
    for change in due {
      intake.changes.removeAll { $0 == change }
      if let wrong = try await take(change, snapshot: snapshot, at: now) {
        notes.append("\(change.source): refused")
        refusals[change.file.path.text] = wrong
      }
    }
    try await notice(intake, notes: notes, at: now)
    try await note(refusals, at: now)
  }

  /// What is wrong with the change, or `nil` once all has come of it that comes.
  private func take(
    _ change: IntakeRecord.WaitingChange, snapshot: MainSnapshot, at now: Instant
  ) async throws(EngineError) -> [String]? {
    guard let pipeline = snapshot.project.pipelines[change.pipeline],
      case .paths(let trigger) = pipeline.trigger,
      snapshot.project.listing[change.file.path]?.blob == change.file.blob
    else { return nil }
    let previous = try await latestRun(.paths, change.source)
    if let previous {
      let isSame = previous.revisions.last?.blob == change.file.blob
      switch previous.state {
      case .active where isSame && previous.cause.file == change.file.path: return nil
      case .active, .cancelled: break
      case .succeeded, .failed:
        guard trigger.onChange == .rerun, !isSame else { return nil }
      }
    }
    let watched: WatchedFile
    switch try await WatchedFile.read(change.file, trigger, in: store) {
    case .success(let found): watched = found
    case .failure(let fault): return ["\(change.file.path): \(fault.message)"]
    }
    let occasion: Occasion
    do throws(Expansion.Refusal) {
      occasion = try Occasion(
        change.file, identity: change.identity, of: pipeline, json: watched.json,
        origin: change.origin)
    } catch { return error.messages }
    return try await takeIn(occasion, after: previous, snapshot: snapshot, at: now)
  }
}

/// What one look at changed files has come to.
private struct FileNotice {
  var intake: IntakeRecord
  let now: Instant
  var notes: [String] = []
  var refusals: [String: [String]] = [:]

  init(intake: IntakeRecord, at now: Instant) {
    self.intake = intake
    self.now = now
  }

  mutating func refuse(_ path: HeadwayCore.FilePath, _ message: String) {
    refusals[path.text, default: []].append("\(path): \(message)")
  }

  func holder(of source: String) -> HeadwayCore.FilePath? {
    intake.changes.first { $0.source == source }?.file.path
  }

  /// Each change begins the pause anew, ten pauses at most.
  mutating func wait(
    for file: PinnedFile, identity: String, of pipeline: Name, settle: Span,
    origin: IntakeRecord.WaitingChange.Origin?
  ) {
    let source = "\(pipeline):\(identity)"
    let first = intake.changes.first { $0.source == source }?.first ?? now
    let longest = first + Span(milliseconds: settle.milliseconds * 10)
    intake.changes.removeAll { $0.source == source }
    intake.changes.append(
      .init(
        pipeline: pipeline, identity: identity, file: file, first: first,
        due: min(now + settle, max(longest, now)), origin: origin))
    notes.append("\(file.path) changed")
  }

  mutating func sort() {
    intake.changes.sort { ($0.due, $0.source) < ($1.due, $1.source) }
  }
}
