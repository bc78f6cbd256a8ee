internal import Git
internal import HeadwayCore

/// Runs one attempt from its plan to a settlement; it never throws, since whatever goes wrong is
/// the attempt's outcome.
struct AttemptRunner: Sendable {
  let adapters: Adapters
  let secrets: SecretStore
  let runningFolder: String
  let runner: String
  let timekeeper: Timekeeper
  let redactionKey: RedactionKey
  let checkpoint: Checkpoint

  func run(_ plan: AttemptPlan) async -> Settlement {
    let started = max(timekeeper.now(), plan.dispatch.at)
    let mark = RunningMark(
      folder: runningFolder, attempt: plan.order.attempt, checkpoint: checkpoint)
    let adapter = adapters.adapter(for: plan.order.executor)
    let outcome = await adapter.execute(plan.order, observer: mark)
    return settle(plan, outcome, started: started, finished: max(timekeeper.now(), started))
  }

  /// An attempt that could not even begin.
  func settlement(
    of task: TaskRecord, dispatch: TaskRecord.Dispatch,
    refused refusal: ExecutorCatalogue.Refusal, cause: CommitID, anchor: CommitID
  ) -> Settlement {
    let now = max(timekeeper.now(), dispatch.at)
    let record = AttemptRecord(
      id: AttemptID(task: task.id, number: dispatch.attempt), taskKey: task.key,
      key: task.idempotencyKey(anchor: anchor, fingerprint: dispatch.fingerprint),
      effect: task.specification.effect, fingerprint: dispatch.fingerprint,
      executor: task.specification.executor, isolation: "none", model: nil, inputs: [],
      recalled: [], rendered: nil, started: dispatch.at, finished: now, outcome: .failed,
      failure: refusal.failure, outputs: [:], usage: nil, cost: Money.zero(.usd), checks: [],
      confidence: nil, decision: dispatch.decision, runner: runner, log: nil,
      quotas: dispatch.claims?.quotas ?? [])
    return Settlement(
      attempt: record, outputs: [:], cause: cause, policies: nil, outages: refusal.outages)
  }

  func settle(
    _ plan: AttemptPlan, _ outcome: Outcome, started: Instant, finished: Instant
  ) -> Settlement {
    let scanner = SecretScanner(knownSecrets(plan))
    var findings: [AttemptRecord.CheckFinding] = []
    var outputs: [String: [UInt8]] = [:]
    var failure: Failure?
    switch outcome.result {
    case .failure(let reported): failure = redacted(reported, scanner)
    case .success(let delivered):
      let judged = OutputJudge(plan: plan, scanner: scanner, allowed: plan.allowed)
        .judge(delivered)
      findings = judged.findings
      switch judged.result {
      case .success(let accepted): outputs = accepted
      case .failure(let bad): failure = bad
      }
    }
    let delivery = Delivery(
      outputs: outputs, kept: kept(outcome.report, scanner), failure: failure)
    let record = record(
      plan, outcome.report, started: started, finished: finished, delivery, findings: findings)
    return Settlement(
      attempt: record, outputs: delivery.outputs, kept: delivery.kept, cause: plan.cause,
      policies: plan.policies, outages: plan.outages(of: outcome))
  }

  private func record(
    _ plan: AttemptPlan, _ report: Outcome.Report, started: Instant, finished: Instant,
    _ delivery: Delivery, findings: [AttemptRecord.CheckFinding]
  ) -> AttemptRecord {
    AttemptRecord(
      id: AttemptID(task: plan.task.id, number: plan.dispatch.attempt), taskKey: plan.task.key,
      key: plan.order.key,
      effect: plan.task.specification.effect,
      fingerprint: plan.dispatch.fingerprint, executor: plan.task.specification.executor,
      isolation: report.isolation, model: report.model,
      servedModel: report.servedModel, fallbacks: report.fallbacks, inputs: plan.inputs,
      recalled: plan.recalled, rendered: delivery.keptBlobs["prompt"],
      started: started, finished: finished, outcome: delivery.outcome,
      failure: delivery.failure, outputs: delivery.outputBlobs, usage: report.usage,
      // An unknown cost counts as all that was reserved for it.
      cost: report.cost ?? plan.dispatch.reserved, checks: findings, confidence: report.confidence,
      decision: plan.dispatch.decision, runner: runner,
      log: delivery.keptBlobs["log"],
      quotas: plan.dispatch.claims?.quotas ?? [], parts: plan.parts,
      reconciles: plan.reconciles)
  }

  func knownSecrets(_ plan: AttemptPlan) -> [SecretScanner.Known] {
    let stored = secrets.known.compactMap { SecretScanner.Known(name: $0.name, value: $0.value) }
    let used = plan.secrets.compactMap {
      SecretScanner.Known(name: "a secret of \(plan.task.specification.executor)", value: $0.value)
    }
    return used + stored
  }

  /// Logs and prompts are kept with their secrets replaced by tokens.
  private func kept(_ report: Outcome.Report, _ scanner: SecretScanner) -> [String: [UInt8]] {
    var kept: [String: [UInt8]] = [:]
    if let rendered = report.rendered, !rendered.isEmpty {
      kept["prompt"] = scanner.redacted(rendered, key: redactionKey.bytes)
    }
    if let log = report.log, !log.isEmpty {
      kept["log"] = scanner.redacted(log, key: redactionKey.bytes)
    }
    return kept
  }

  private func redacted(_ failure: Failure, _ scanner: SecretScanner) -> Failure {
    let bytes = scanner.redacted(Array(failure.message.utf8), key: redactionKey.bytes)
    return Failure(
      failure.kind, String(decoding: bytes, as: UTF8.self), retryAfter: failure.retryAfter)
  }
}

/// What came of an attempt, with the name of every blob that its record will hold.
struct Delivery {
  private(set) var outputs: [String: [UInt8]]
  private(set) var outputBlobs: [String: BlobID] = [:]
  /// The prompt and the log.
  private(set) var kept: [String: [UInt8]]
  private(set) var keptBlobs: [String: BlobID] = [:]
  private(set) var failure: Failure?

  /// What cannot be named cannot be recorded: it counts as not delivered, though it may well have
  /// been done.
  init(
    outputs: [String: [UInt8]], kept: [String: [UInt8]], failure: Failure?,
    naming: ([UInt8]) throws(GitError) -> ObjectID = { bytes throws(GitError) in
      try Repository.id(of: bytes)
    }
  ) {
    (self.outputs, self.kept, self.failure) = (outputs, kept, failure)
    do throws(GitError) {
      for (name, bytes) in outputs { outputBlobs[name] = BlobID(try naming(bytes)) }
      for (name, bytes) in kept { keptBlobs[name] = BlobID(try naming(bytes)) }
    } catch {
      (self.outputs, self.kept, outputBlobs, keptBlobs) = ([:], [:], [:], [:])
      self.failure = failure ?? Failure(.badOutput, "its output cannot be hashed: \(error)")
    }
  }

  var outcome: TaskRecord.OutcomeKind {
    guard let failure else { return .succeeded }
    return failure.kind == .cancelled ? .cancelled : .failed
  }
}
