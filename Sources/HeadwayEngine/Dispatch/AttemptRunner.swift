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

  private func settle(
    _ plan: AttemptPlan, _ outcome: Outcome, started: Instant, finished: Instant
  ) -> Settlement {
    let scanner = SecretScanner(knownSecrets(plan))
    var findings: [AttemptRecord.CheckFinding] = []
    var outputs: [String: [UInt8]] = [:]
    var failure: Failure?
    switch outcome.result {
    case .failure(let reported): failure = redacted(reported, scanner)
    case .success(let delivered):
      let judged = OutputJudge(plan: plan, scanner: scanner).judge(delivered)
      findings = judged.findings
      switch judged.result {
      case .success(let accepted): outputs = accepted
      case .failure(let bad): failure = bad
      }
    }
    let kept = kept(outcome.report, scanner)
    let record = record(
      plan, outcome.report, started: started, finished: finished, failure: failure,
      outputs: outputs, kept: kept, findings: findings)
    return Settlement(
      attempt: record, outputs: outputs, kept: kept, cause: plan.cause, policies: plan.policies,
      outages: plan.outages(of: outcome))
  }

  private func record(
    _ plan: AttemptPlan, _ report: Outcome.Report, started: Instant, finished: Instant,
    failure: Failure?, outputs: [String: [UInt8]], kept: [String: [UInt8]],
    findings: [AttemptRecord.CheckFinding]
  ) -> AttemptRecord {
    AttemptRecord(
      id: plan.order.attempt, taskKey: plan.task.key, key: plan.order.key,
      effect: plan.task.specification.effect,
      fingerprint: plan.dispatch.fingerprint, executor: plan.task.specification.executor,
      isolation: report.isolation, model: report.model,
      servedModel: report.servedModel, fallbacks: report.fallbacks, inputs: plan.inputs,
      recalled: plan.recalled, rendered: kept["prompt"].map(Self.blob), started: started,
      finished: finished,
      outcome: failure == nil ? .succeeded : failure?.kind == .cancelled ? .cancelled : .failed,
      failure: failure, outputs: outputs.mapValues(Self.blob), usage: report.usage,
      // An unknown cost counts as all that was reserved for it.
      cost: report.cost ?? plan.dispatch.reserved, checks: findings, confidence: report.confidence,
      decision: plan.dispatch.decision, runner: runner, log: kept["log"].map(Self.blob),
      quotas: plan.dispatch.claims?.quotas ?? [], parts: plan.parts)
  }

  private func knownSecrets(_ plan: AttemptPlan) -> [SecretScanner.Known] {
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

  private static func blob(_ bytes: [UInt8]) -> BlobID {
    do { return BlobID(try Repository.id(of: bytes)) } catch {
      // Hashing memory cannot fail in libgit2 short of running out of it.
      return BlobID(unchecked: "")
    }
  }
}
