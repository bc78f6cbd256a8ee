extension AttemptRecord {
  /// An attempt as it ends in a forecast: it delivers all that it promises, or was stopped.
  init(
    rehearsing task: TaskRecord, _ dispatch: TaskRecord.Dispatch, cost: Money, isStopped: Bool,
    anchor opening: LedgerOpening?, at now: Instant
  ) {
    let id = AttemptID(task: task.id, number: dispatch.attempt)
    let promised = task.specification.outputs.filter { !$0.value.isOptional && !isStopped }
    let outputs = promised.keys.map { ($0, BlobID(rehearsing: [id.description, $0])) }
    let key =
      opening.map { task.idempotencyKey(anchor: $0.anchor, fingerprint: dispatch.fingerprint) }
    self.init(
      id: id, taskKey: task.key, key: key ?? "", effect: task.effectUnderWay,
      fingerprint: dispatch.fingerprint, executor: task.specification.executor,
      isolation: "none", model: nil, inputs: [], recalled: [], rendered: nil,
      started: dispatch.at, finished: now, outcome: isStopped ? .cancelled : .succeeded,
      failure: isStopped ? Failure(.cancelled, "no longer asked for") : nil,
      outputs: Dictionary(uniqueKeysWithValues: outputs), usage: nil, cost: cost, checks: [],
      confidence: nil, decision: dispatch.decision, runner: "", log: nil,
      quotas: dispatch.claims?.quotas ?? [])
  }
}

extension ProposalRecord {
  /// A proposal as it is made in a forecast: nothing of it is ever looked at.
  init(
    rehearsing attempt: AttemptID, _ rule: TaskRecord.ProposalRule, risk: Risk,
    commit: CommitID, at now: Instant
  ) {
    var content: [FilePath: BlobID] = [:]
    for part in rule.content {
      content[part.target] = BlobID(rehearsing: [attempt.description, part.target.text])
    }
    self.init(
      attempt: attempt, branch: "", commit: commit,
      record: PinnedFile(
        path: FilePath(unchecked: "approvals/\(attempt).json"),
        blob: BlobID(rehearsing: [attempt.description])), content: content,
      base: content.mapValues { _ in nil }, risk: risk, requirement: rule.requirement,
      proposed: now, expires: now + rule.requirement.within)
  }
}

extension BlobID {
  /// The name of content that nobody ever made; a forecast's own, and told apart from any other.
  fileprivate init(rehearsing parts: [String]) {
    self.init(unchecked: Digest(parts: ["forecast"] + parts).prefix(40))
  }
}
