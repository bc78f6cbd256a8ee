internal import Git
internal import HeadwayCore

extension Scheduler {
  /// Puts the outputs of earlier tasks before people; a second call after a crash finds the same
  /// proposal made.
  func propose(_ id: TaskID, snapshot: MainSnapshot) async throws(EngineError) {
    let board = await ledger.board
    guard let run = board.runs[id.run], let task = run.tasks[id.task],
      let draft = draft(of: task.record, in: run, board: board, snapshot: snapshot)
    else { return }
    let writer = ProposalWriter(store: site.store, durability: durability)
    let made: Result<ProposalRecord, ApprovalError>
    do { made = .success(try await writer.write(draft, onto: snapshot.commit)) } catch {
      made = .failure(error)
    }
    let entry: LedgerEntry?
    switch made {
    case .success(let proposal):
      try checkpoint(.proposalMade)
      entry = board.proposing(
        proposal, cause: run.record.revisions.last?.commit ?? run.record.cause.commit)
      announce(.proposed(proposal.attempt, branch: proposal.branch))
    case .failure(let error):
      guard let why = error.proposalFault else { throw .approval(error) }
      entry = board.holdingUnproposed(
        id, why: why, runner: runner.description, at: await moment())
    }
    guard let entry else { return }
    try await append(entry, at: await moment())
    try await flush()
  }

  private func draft(
    of task: TaskRecord, in run: BoardRun, board: Board, snapshot: MainSnapshot
  ) -> ProposalDraft? {
    guard let rule = task.specification.proposal, let dispatch = task.dispatched,
      let anchor = board.opening?.anchor
    else { return nil }
    var content: [HeadwayCore.FilePath: BlobID] = [:]
    for part in rule.content {
      content[part.target] = run.tasks[part.task]?.record.results[part.output]
    }
    let attempt = AttemptID(task: task.id, number: dispatch.attempt)
    // Drawn from what is already written down, so that the same decision makes the same commit.
    let nonce = Digest(parts: ["nonce", anchor.hex, dispatch.decision.text, attempt.description])
    let names = rule.content.map(\.target.text).joined(separator: ", ")
    return Nonce(nonce.prefix(32)).map { nonce in
      ProposalDraft(
        attempt: attempt, anchor: anchor, target: site.settings.branch, content: content,
        readAgainst: inputs(of: task, in: run), risk: task.specification.risk,
        requirement: rule.requirement, policies: snapshot.policies, decision: dispatch.decision,
        proposed: dispatch.at, expires: dispatch.at + rule.requirement.within, nonce: nonce,
        publishes: snapshot.project.pipelines[run.record.pipeline.name]?.publishes ?? [],
        protected: snapshot.project.protected,
        question: "Approve \(names) for “\(run.record.title)”?",
        runner: ("Headway", "headway@\(runner.host)"))
    }
  }

  /// The files of main that this and every earlier task read.
  private func inputs(of task: TaskRecord, in run: BoardRun) -> [HeadwayCore.FilePath: BlobID] {
    var read: [HeadwayCore.FilePath: BlobID] = [:]
    for name in run.ancestors(of: task.task) + [task.task] {
      for case .file(let path, let blob) in run.tasks[name]?.record.specification.inputs ?? [] {
        read[path] = blob
      }
    }
    return read
  }

  /// Judges open proposals by the way from what was judged to a new tip, with the people in force
  /// before it; how many judgements there were.
  func judge(
    _ observation: Observation, main: MainRecord, at now: Instant
  ) async throws(EngineError) -> Int {
    let recalled = try await recallRemoved(observation)
    return try await judge(
      from: main.judged, to: observation.to, main: main, recalled: recalled, at: now)
  }

  /// Lets proposals expire although main stood still.
  func expireProposals() async throws(EngineError) {
    let board = await ledger.board
    let now = await moment()
    guard let main = board.main,
      board.waiting.contains(where: { task in
        task.proposal.map { vigil.expiry(of: $0) <= now } == true
      })
    else { return }
    _ = try await judge(from: main.judged, to: main.judged, main: main, at: now)
  }

  private func judge(
    from old: CommitID, to new: CommitID, main: MainRecord, recalled: Set<RunID> = [],
    at now: Instant
  ) async throws(EngineError) -> Int {
    let board = await ledger.board
    let before = try await reader.snapshot(old, briefs: .only([]))
    guard let judge = judge(board, before) else { return 0 }
    let open = try await openProposals(
      on: board, recalled: recalled, before: before, judge: judge)
    let findings: [ApprovalFinding]
    do { findings = try await judge.judge(open, from: old, to: new, at: now) } catch {
      throw .approval(error)
    }
    var count = 0
    for finding in findings where finding.isNews {
      count += finding.judgements.count
      let task = finding.proposal.attempt.task
      if finding.status == .withdrawn, await hasTakenEffect(task) {
        try await takeRemoval(
          finding, roster: judge.verifier.roster, main: main, tip: new, at: now)
      } else {
        try await record(finding, at: now)
      }
    }
    for finding in findings {
      guard let fault = finding.fault else { continue }
      try await openIncident(over: finding.proposal, fault: fault, at: new, now)
    }
    return count
  }

  /// Whether something that rests on the approval of `id` happened outside already.
  private func hasTakenEffect(_ id: TaskID) async -> Bool {
    guard let run = await ledger.board.runs[id.run], run.tasks[id.task]?.record.state == .succeeded
    else { return false }
    return !run.blastRadius(from: id.task).steps.isEmpty
  }

  /// Main moves on, and what came to it will not be judged again: a person has to know.
  private func openIncident(
    over proposal: ProposalRecord, fault: String, at tip: CommitID, _ now: Instant
  ) async throws(EngineError) {
    let task = proposal.attempt.task
    let incident = IncidentRecord(
      id: IncidentRecord.id(at: now, about: "\(task.run)-\(task.task)"), scope: .commit(tip),
      reason: "\(proposal.attempt) could not be judged at \(tip.short): \(fault)",
      answer: "headway approve \(task), which makes a statement", opened: now)
    try await append(.incident(incident), at: now)
    announce(.incident(incident))
  }

  private func judge(_ board: Board, _ before: MainSnapshot) -> ApprovalJudge? {
    board.opening.map { opening in
      ApprovalJudge(
        store: site.store, git: git, directory: site.folders.git, anchor: opening.anchor,
        branch: opening.branch, protected: before.project.protected,
        verifier: SignatureVerifier(
          roster: Roster(before.project.people.values), tools: signatureTools))
    }
  }

  private func openProposals(
    on board: Board, recalled: Set<RunID>, before: MainSnapshot, judge: ApprovalJudge
  ) async throws(EngineError) -> [OpenProposal] {
    var open: [OpenProposal] = []
    for run in board.runsInOrder
    where run.record.state == .active || recalled.contains(run.record.id) {
      for task in run.tasksInOrder {
        guard let proposal = task.proposal else { continue }
        switch task.record.state {
        case .waiting:
          open.append(
            OpenProposal(
              proposal: proposal, judged: task.judged,
              requesters: try await requesters(of: run, for: proposal, before, judge),
              expires: vigil.expiry(of: proposal)))
        case .succeeded where task.judged?.isWithdrawn != true:
          open.append(OpenProposal(proposal: proposal, judged: task.judged, isSettled: true))
        case .pending, .running, .held, .succeeded, .failed, .skipped, .expired, .cancelled:
          break
        }
      }
    }
    return open
  }

  private func record(_ finding: ApprovalFinding, at now: Instant) async throws(EngineError) {
    var feedback: (blob: BlobID, bytes: [UInt8])?
    if case .rejected(_, let message) = finding.status {
      let bytes = Array((message + "\n").utf8)
      do { feedback = (BlobID(try Repository.id(of: bytes)), bytes) } catch { throw .git(error) }
    }
    let entry = await ledger.board.judging(
      finding.record, status: finding.status, feedback: feedback, runner: runner.description,
      at: now)
    guard let entry else { return }
    try await append(entry, at: now)
    if case .rejected(let person, _) = finding.status {
      try await compensateRejected(finding.proposal.attempt, by: person)
    }
    for judgement in finding.judgements { announce(.judged(finding.proposal.attempt, judgement)) }
    for case .run(let run) in entry.files where run.state != .active {
      announce(.finished(run.id, run.state))
    }
    if case .approved = finding.status { settled.append(finding.proposal) }
  }

  /// What is done again because of a rejection may have had effects downstream.
  private func compensateRejected(
    _ attempt: AttemptID, by person: Name
  ) async throws(EngineError) {
    let run = await ledger.board.runs[attempt.task.run]
    let rule = run?.tasks[attempt.task.task]?.record.specification.proposal?.onReject
    try await compensate(
      attempt.task.run, from: rule?.retry ?? attempt.task.task, .rejected(attempt, by: person))
  }

  /// A proposal whose work was done again, or whose brief was edited, no longer stands for what
  /// would be proposed now.
  func supersedeProposals() async throws(EngineError) {
    let board = await ledger.board
    guard let main = board.main else { return }
    for task in board.superseded {
      guard let proposal = task.proposal else { continue }
      let now = await moment()
      var judged = task.judged ?? JudgementRecord(attempt: proposal.attempt, judgements: [])
      judged.judgements.append(
        .init(
          from: main.judged, carrier: .observation(main.judged), person: nil, decision: .void,
          at: now, whyNot: nil, message: ProposalStatus.Void.superseded.rawValue))
      let entry = await ledger.board.judging(
        judged, status: .void(.superseded), feedback: nil, runner: runner.description, at: now)
      if let entry { try await append(entry, at: now) }
    }
  }

  /// Takes away the branches of approved proposals, keeping their commits; one that somebody has
  /// checked out stays.
  func tidyBranches() async throws(EngineError) {
    guard !settled.isEmpty else { return }
    try checkpoint(.beforeTidying)
    let proposals = settled
    settled = []
    do {
      try await site.store.perform { (repository) throws(GitError) in
        let inUse = Set(try repository.checkedOutBranches().map(\.branch))
        for proposal in proposals {
          let branch = try ReferenceName(branch: proposal.branch)
          let commit = try ObjectID(proposal.commit)
          let kept = try ReferenceName(
            "refs/headway/settled/\(proposal.attempt.task.run)/\(proposal.attempt.task.task)"
              + ".\(proposal.attempt.number)")
          _ = try repository.move(kept, from: nil, to: commit, log: "headway: settled")
          if !inUse.contains(branch) { _ = try repository.delete(branch, expecting: commit) }
        }
      }
    } catch { throw .git(error) }
  }

  /// Whether the approvals that an external effect rests on still stand, asked right before it.
  func stillStand(
    before task: TaskRecord, of run: BoardRun, at now: Instant
  ) async throws(EngineError) -> Bool {
    guard task.specification.effect == .external else { return true }
    let board = await ledger.board
    guard let main = board.main else { return false }
    let snapshot = try await reader.snapshot(main.judged, briefs: .only([]))
    guard let judge = judge(board, snapshot) else { return false }
    for name in run.ancestors(of: task.task) {
      guard let earlier = run.tasks[name], earlier.record.isPerson,
        earlier.record.state == .succeeded
      else { continue }
      guard let proposal = earlier.proposal else { return false }
      let open = OpenProposal(
        proposal: proposal, judged: earlier.judged,
        requesters: try await requesters(of: run, for: proposal, snapshot, judge),
        isSettled: true)
      do {
        if try await judge.revocation(of: open, at: main.judged, now: now) != nil { return false }
      } catch { throw .approval(error) }
    }
    return true
  }
}

extension ApprovalError {
  /// Why this very proposal cannot be made, where that is the proposal's own fault and no
  /// failure of the repository.
  var proposalFault: String? {
    switch self {
    case .unusableTarget(let path, let why): "`\(path)` \(why)"
    case .collision(let one, let other):
      "`\(one)` and `\(other)` are one file to some file systems"
    case .branchTaken(let branch, _): "the branch \(branch) exists and holds something else"
    case .missingContent(let path, _): "there is no content for `\(path)`"
    case .oversized(let what): "\(what) is too large to be proposed"
    default: nil
    }
  }
}
