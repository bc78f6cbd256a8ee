internal import Git
internal import HeadwayCore

extension Scheduler {
  /// Compares main with what was judged and takes the difference in; whether anything was new.
  func observe() async throws(EngineError) -> Bool {
    let name: ReferenceName
    do { name = try site.settings.mainReference() } catch { throw .git(error) }
    guard let tip = try await observer.tip(of: name) else { return false }
    guard let main = await ledger.board.main else { return try await openLedger(at: tip) }
    let now = await moment()
    guard main.judged != tip else {
      try await takeInWhatWaits(from: main.judged, at: now)
      return try await closeRewrites(at: now)
    }
    if try await isUnderIncident(tip) {
      try await takeInWhatWaits(from: main.judged, at: now)
      return false
    }
    // Results that have come do not wait for what a new commit may hold.
    try await flush()
    do throws(EngineError) {
      return try await fold(tip, main: main)
    } catch {
      guard let why = error.commitFault else { throw error }
      // Nothing of the commit was taken in: main stays judged where it was, and the rest goes on.
      try await openIncident(of: tip, why: why)
      return true
    }
  }

  private func takeInWhatWaits(from judged: CommitID, at now: Instant) async throws(EngineError) {
    try await takeInSchedules([ScheduleEra(from: nil, commit: judged)], at: now)
    try await takeInFiles(at: now)
  }

  private func fold(_ tip: CommitID, main: MainRecord) async throws(EngineError) -> Bool {
    let observation = try await observer.observe(from: main.judged, to: tip)
    if case .rewound(let dropped) = observation.history,
      try await !isAccepted(tip, by: main)
    {
      let losses = try await losses(from: main.judged, to: tip, dropped: dropped)
      guard losses.isEmpty else {
        if try await isStopped(beneath: tip) { return false }
        try await openIncident(over: losses, from: main.judged, to: tip)
        return true
      }
    }
    try await takeIn(observation, main: main)
    return true
  }

  /// The ledger's first commit: the anchor as it stands, with every brief in it as new; what main
  /// gained since is observed like any other change.
  ///
  /// A tip without settings is not a project yet, which is no mistake: `init` commits nothing.
  private func openLedger(at tip: CommitID) async throws(EngineError) -> Bool {
    guard let anchor = site.settings.anchor ?? (site.settings.isHome ? tip : nil) else {
      throw .noAnchor
    }
    let observation = try await observer.observe(from: nil, to: anchor)
    let snapshot = try await reader.snapshot(
      anchor, briefs: .only(Set(observation.briefs.map(\.path))))
    guard snapshot.project.blob(at: Settings.file) != nil else {
      guard site.settings.anchor == nil else { throw .noSettings(branch: anchor.short) }
      return false
    }
    // Pinned first: a ledger without an anchor could be anybody's.
    try await pin(anchor)
    try checkpoint(.anchorPinned)
    let now = await moment()
    let main = MainRecord(
      branch: site.settings.branch, judged: anchor, observed: now,
      trusted: snapshot.protectedFiles, freezeFile: snapshot.hasFreezeFile,
      problems: Self.problems(of: snapshot))
    let opening = LedgerOpening(anchor: anchor, branch: site.settings.branch, opened: now)
    try await append(.genesis(opening, main: main), at: now)
    try await takeInBriefs(observation.briefs, snapshot: snapshot, at: now)
    try await flush()
    report(.opened(anchor))
    return true
  }

  private func pin(_ anchor: CommitID) async throws(EngineError) {
    guard site.settings.anchor == nil else { return }
    do {
      try await site.store.perform { (repository) throws(GitError) in
        try repository.setLocalConfiguration(LocalSettings.anchorKey, to: anchor.hex)
      }
    } catch { throw .git(error) }
  }

  /// A new tip: approvals are judged with the people in force before it, then the trusted state
  /// follows and changed briefs become runs.
  private func takeIn(
    _ observation: Observation, main: MainRecord
  ) async throws(EngineError) {
    var wanted = Set(observation.briefs.map(\.path))
    // What could not become a run may do so now that other files changed.
    let pending = main.problems.keys.compactMap { FilePath(checked: $0) }
      .filter { ProjectFile(at: $0) == .brief }
    wanted.formUnion(pending)
    let now = await moment()
    let eras = try await observer.eras(
      from: main.judged, observed: main.observed, to: observation.to, now: now)
    try await takeInSchedules(eras, at: now)
    let snapshot = try await reader.snapshot(observation.to, briefs: .only(wanted))
    var next = main
    next.judged = observation.to
    next.observed = now
    next.trusted = snapshot.protectedFiles
    next.freezeFile = snapshot.hasFreezeFile
    next.acceptedRewrite = nil
    next.problems = Self.problems(of: snapshot)
    let isRewind = observation.history != .forward
    if isRewind {
      try await rescue(main.judged)
      try checkpoint(.tipRescued)
      next.rescued = Array((main.rescued + [main.judged]).suffix(20))
    }
    let judged = try await judge(observation, main: main, at: now)
    try await append(
      isRewind
        ? .rewound(next, dropped: main.judged)
        : .observed(next, summary: Self.summary(observation, judged: judged)), at: now)
    var briefs = observation.briefs
    for path in pending.sorted() where !briefs.contains(where: { $0.path == path }) {
      briefs.append(
        .init(path: path, blob: snapshot.project.listing[path]?.blob, isSecondLook: true))
    }
    try await takeInBriefs(briefs, snapshot: snapshot, at: now)
    try await readmitInstants(snapshot, at: now)
    try await readmitFollowers(snapshot, at: now)
    try await noticeFiles(
      from: main.judged, pending: main.problems.keys.sorted().compactMap(FilePath.init(checked:)),
      snapshot: snapshot, at: now)
    try await takeInFiles(at: now)
    try await closeRewrites(at: now)
    announce(.observed(observation.to))
    await stopCancelled()
  }

  private static func summary(_ observation: Observation, judged: Int) -> String {
    let briefs = observation.briefs.map { "\($0.blob == nil ? "gone" : "changed"): \($0.path)" }
    let approvals = judged > 0 ? ["judgements: \(judged)"] : []
    return (briefs.prefix(20) + approvals).joined(separator: "\n")
  }

  /// Keeps a dropped tip from being collected.
  private func rescue(_ commit: CommitID) async throws(EngineError) {
    do {
      try await site.store.perform { (repository) throws(GitError) in
        let name = try ReferenceName("refs/headway/rescued/\(commit)")
        _ = try repository.move(name, from: nil, to: ObjectID(commit), log: "headway: rewound")
      }
    } catch { throw .git(error) }
  }

  static func problems(of snapshot: MainSnapshot) -> [String: [String]] {
    let errors = snapshot.project.diagnostics.filter { $0.severity == .error } + snapshot.refused
    return Dictionary(grouping: errors, by: \.file).mapValues { $0.map(\.description) }
  }

  private func isUnderIncident(_ tip: CommitID) async throws(EngineError) -> Bool {
    await ledger.board.incidents.values.contains {
      $0.rewrite == tip || $0.scope == .commit(tip)
    }
  }

  /// Whether `tip` only builds upon a rewrite that has its incident already.
  private func isStopped(beneath tip: CommitID) async throws(EngineError) -> Bool {
    let rewrites = await ledger.board.incidents.values.compactMap(\.rewrite)
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        for rewrite in rewrites
        where try repository.isAncestor(ObjectID(rewrite), of: ObjectID(tip)) { return true }
        return false
      }
    } catch { throw .git(error) }
  }

  /// Main holds again what a rewrite had dropped, or a person accepted that it does not; whether
  /// there was a rewrite to close.
  @discardableResult
  private func closeRewrites(at now: Instant) async throws(EngineError) -> Bool {
    let rewrites = await ledger.board.incidents.values.filter { $0.rewrite != nil }
    for incident in rewrites.sorted(by: { $0.id < $1.id }) {
      try await append(.answered(incident, at: now), at: now)
    }
    return !rewrites.isEmpty
  }

  /// Whether a person accepted this rewrite, or one that it builds upon.
  func isAccepted(
    _ tip: CommitID, by main: MainRecord
  ) async throws(EngineError) -> Bool {
    guard let accepted = main.acceptedRewrite else { return false }
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        try repository.isAncestor(ObjectID(accepted), of: ObjectID(tip))
      }
    } catch { throw .git(error) }
  }

  /// What a rewrite of main would lose: nothing makes it a harmless rewind.
  private func losses(
    from old: CommitID, to new: CommitID, dropped: [CommitID]
  ) async throws(EngineError) -> [String] {
    var losses: [String] = []
    let board = await ledger.board
    let named = ProtectedPaths(
      named: Set(board.main?.trusted.keys.filter { !ProtectedPaths.isProtected($0) } ?? []))
    let touched = try await observer.paths(touchedBy: dropped, notIn: new)
    losses += touched.filter { named.contains($0) }.map { "the protected file \($0)" }
    losses += touched.filter { $0.isUnder("approvals") }.map { "the approval \($0)" }
    for run in board.runs.values
    where run.record.revisions.contains(where: { dropped.contains($0.commit) }) {
      losses += try await effects(of: run.record.id, on: board)
    }
    for path in touched where ProjectFile(at: path) == .brief {
      guard let run = try await index.latestRun(.brief, path: path.text),
        run.revisions.contains(where: { dropped.contains($0.commit) })
      else { continue }
      losses += try await effects(of: run.id, on: board)
    }
    return Array(Set(losses)).sorted()
  }

  /// What a run did outside: as the index has it, and what was appended since.
  private func effects(of run: RunID, on board: Board) async throws(EngineError) -> [String] {
    let recent = board.effects.values.filter { $0.attempt.task.run == run }
    return (try await index.effects(of: run) + recent)
      .map { "the cause of \($0.attempt), which already had its effect" }
  }

  private func openIncident(
    over losses: [String], from old: CommitID, to new: CommitID
  ) async throws(EngineError) {
    let now = await moment()
    let branch = site.settings.branch
    let id = IncidentRecord.id(at: now, about: "rewrite")
    let incident = IncidentRecord(
      id: id,
      scope: .all,
      reason: "\(branch) was rewritten from \(old.hex) to \(new.hex), which would lose "
        + losses.prefix(10).joined(separator: "; "),
      answer: "bring it back with `git push . \(old.short):refs/heads/rescued-main` and merge, "
        + "or accept the rewrite with `headway clear \(id)`", opened: now, rewrite: new)
    try await append(.incident(incident), at: now)
    try await flush()
    report(.incident(incident))
  }

  /// Two ledgers cannot both be the history: nothing more starts until a person has chosen.
  func stopForSecondWriter(_ found: CommitID?) async throws(EngineError) {
    let board = await ledger.board
    guard board.opening != nil else { throw .secondWriter(expected: nil, found: found) }
    guard !board.incidents.keys.contains(where: { $0.hasSuffix("-second-writer") }) else { return }
    let now = await moment()
    let id = IncidentRecord.id(at: now, about: "second-writer")
    let incident = IncidentRecord(
      id: id, scope: .all,
      reason: "the ledger at \(site.settings.remote ?? "the remote") holds what this home did not "
        + "write" + (found.map { ": \($0.hex)" } ?? ""),
      answer: "`git config --unset \(LocalSettings.homeKey)` in one of the two homes; once the "
        + "remote's ledger is this one, `headway clear \(id)`", opened: now)
    try await append(.incident(incident), at: now)
    try await flush()
    report(.incident(incident))
  }

  /// A tip that is larger than anything is read, or that cannot be read: one incident names it.
  private func openIncident(of tip: CommitID, why: String) async throws(EngineError) {
    let now = await moment()
    let id = IncidentRecord.id(at: now, about: tip.short)
    let incident = IncidentRecord(
      id: id, scope: .commit(tip),
      reason: "\(site.settings.branch) at \(tip.hex) was not taken in: \(why)",
      answer: "undo that commit, or mend what it says and `headway clear \(id)`", opened: now)
    try await append(.incident(incident), at: now)
    try await flush()
    report(.incident(incident))
  }
}

extension EngineError {
  /// What is wrong with the commit that was being read, where it is the commit's own fault and
  /// no failure of this machine.
  var commitFault: String? {
    switch self {
    case .git(let error):
      switch error.reason {
      case .overLimit, .tooLarge, .damaged, .refused, .invalidUTF8, .fileAndFolder: error.message
      default: nil
      }
    case .approval(.overLimit(_, let what)), .approval(.unreadable(_, let what)): what
    case .approval(.oversized(let what)): "\(what) is too large"
    case .approval(.git(let error)): EngineError.git(error).commitFault
    default: nil
    }
  }
}
