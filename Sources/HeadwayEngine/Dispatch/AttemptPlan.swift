internal import Git
internal import HeadwayCore

/// Everything one attempt needs, gathered before it starts and recorded when it has ended.
struct AttemptPlan: Sendable {
  var order: WorkOrder
  let inputs: [AttemptRecord.Input]
  let recalled: [JSONValue]
  let secrets: [SecretText]
  let task: TaskRecord
  let dispatch: TaskRecord.Dispatch
  var parts: WorkParts
  let rules: [String: OutputRule]
  let style: StyleRules
  let limits: Settings.Limits
  let cause: CommitID
  let policies: TreeID?
  let keys: [String: [IncidentRecord.Key]]
  /// Texts that look like secrets and that a person has allowed.
  let allowed: Set<String>
  /// The attempt whose effect is looked for, in place of any work.
  var reconciles: Int?
}

/// Gathers the inputs of an attempt from the trusted commit and the ledger.
struct AttemptPlanner: Sendable {
  let store: GitStore
  let snapshot: MainSnapshot
  let catalogue: ExecutorCatalogue
  let readings: RecentReadings
  /// The tree of the ledger's `memory/`, which is recalled beside main's.
  let learned: ObjectID?
  let anchor: CommitID
  let now: Instant
  /// Models whose breaker is open and that this attempt does not ask.
  let resting: Set<ModelName>
  /// The blob that says what was wrong with the attempt before, if it was not accepted.
  let findings: ObjectID?
  /// When nobody looked, which a limit does not count.
  let unheard: [Pause]
  let allowed: Set<String>

  private static let inputLimit = 32 << 20

  /// The plan, or the failure that the attempt ends in without having run.
  func plan(
    _ task: TaskRecord, of run: BoardRun
  ) async throws(EngineError) -> Result<AttemptPlan, ExecutorCatalogue.Refusal> {
    guard let dispatch = task.dispatched, let settings = snapshot.project.settings else {
      return .failure(.init(.internal, "there are no settings in force"))
    }
    let prepared: ExecutorCatalogue.Prepared
    switch try await catalogue.setup(
      of: task.specification.executor, at: now, without: resting)
    {
    case .failure(let refusal): return .failure(refusal)
    case .success(let found): prepared = found
    }
    let setup = prepared.setup
    let time = dispatch.claims?.within ?? Timeouts.run(learned: nil)
    let brief = try await self.brief(of: run.record)
    let inputs: [(input: WorkOrder.Input, from: String)]
    do { inputs = try await gather(task, of: run, brief: brief) } catch {
      return .failure(.init(.invalidRequest, "an input cannot be read: \(error)"))
    }
    let memory = try await readings.memory(at: .init(main: snapshot.commit, learned: learned)) {
      () async throws(EngineError) in
      try await Memory(store: store, snapshot: snapshot, learned: learned).documents()
    }
    let recalled = Recollection(task: task, documents: memory.documents, at: now)
    let schemas = try await schemas(of: task)
    let order = WorkOrder(
      attempt: AttemptID(task: task.id, number: dispatch.attempt),
      key: task.idempotencyKey(anchor: anchor, fingerprint: dispatch.fingerprint),
      intent: task.specification.intent, brief: brief?.body ?? "", title: run.record.title,
      parameters: parameters(of: task, in: run.record), inputs: inputs.map(\.input),
      recalled: recalled.chosen,
      outputs: task.specification.outputs.sorted { $0.key < $1.key }.map { name, rule in
        WorkOrder.DeclaredOutput(
          name: name, schema: schemas[name] ?? nil, isOptional: rule.isOptional)
      }, deadline: task.deadline(of: time, from: now, unheard: unheard),
      limits: limits(task, within: time, setup: setup, settings: settings), executor: setup)
    return .success(
      AttemptPlan(
        order: order,
        inputs: inputs.map { .init(name: $0.input.name, blob: $0.input.blob, from: $0.from) },
        recalled: recalled.record, secrets: prepared.secrets, task: task, dispatch: dispatch,
        parts: run.parts(of: task),
        rules: task.specification.outputs,
        style: memory.style,
        limits: settings.limits,
        cause: run.record.revisions.last?.commit ?? run.record.cause.commit,
        policies: snapshot.policies, keys: prepared.keys, allowed: allowed))
  }

  private func parameters(of task: TaskRecord, in run: RunRecord) -> [String: JSONValue] {
    guard let item = task.specification.item else { return run.parameters }
    return run.parameters.merging(["item": item.value, "instance": .string(item.instance)]) { $1 }
  }

  private func limits(
    _ task: TaskRecord, within time: Span, setup: ExecutorSetup, settings: Settings
  ) -> WorkOrder.Limits {
    let declared = task.specification.outputs.values.reduce(0) {
      $0 + ($1.isBinary ? settings.limits.binary.count : settings.limits.text.count)
    }
    var limits = WorkOrder.Limits(
      wall: time, output: declared, grace: task.specification.timeouts.grace)
    if case .command(let file) = snapshot.project.executors[task.specification.executor]?.kind {
      if let wall = file.limits.wall { limits.wall = min(wall, limits.wall) }
      if let output = file.limits.output { limits.output = min(output.count, limits.output) }
      limits.memory = file.limits.memory?.count
      limits.cpu = file.limits.cpu
    }
    return limits
  }

  /// The words of a run that a brief set going.
  private struct BriefText {
    let blob: BlobID
    let bytes: [UInt8]
    let body: String
  }

  private func brief(
    of run: RunRecord
  ) async throws(EngineError) -> BriefText? {
    guard run.hasBrief, let revision = run.revisions.last else { return nil }
    let brief = try await readings.brief(revision.blob) { () async throws(EngineError) in
      try await blob(revision.blob)
    }
    return BriefText(blob: revision.blob, bytes: brief.bytes, body: brief.body)
  }

  private func gather(
    _ task: TaskRecord, of run: BoardRun, brief: BriefText?
  ) async throws(EngineError) -> [(input: WorkOrder.Input, from: String)] {
    var inputs: [(input: WorkOrder.Input, from: String)] = []
    if let brief {
      inputs.append(
        (.init(name: "brief.md", blob: brief.blob, bytes: brief.bytes), "brief"))
    }
    for material in run.materials(of: task) {
      let bytes = try await blob(material.blob)
      inputs.append(
        (.init(name: material.name, blob: material.blob, bytes: bytes), material.from))
    }
    if let findings, let attempt = task.unaccepted {
      let id = BlobID(findings)
      inputs.append(
        (
          .init(name: WorkOrder.Input.findings, blob: id, bytes: try await blob(id)),
          "\(AttemptID(task: task.id, number: attempt))"
        ))
    }
    return inputs
  }

  private func schemas(of task: TaskRecord) async throws(EngineError) -> [String: JSONValue] {
    var schemas: [String: JSONValue] = [:]
    for (name, rule) in task.specification.outputs {
      guard let file = rule.schema else { continue }
      do { schemas[name] = try JSONReader.read(try await blob(file.blob)).json } catch {
        throw .unreadableRecord(path: file.path.text, "\(error)")
      }
    }
    return schemas
  }

  private func blob(_ id: BlobID) async throws(EngineError) -> [UInt8] {
    do {
      return try await store.perform { (repository) throws(GitError) in
        try repository.blob(ObjectID(id), limit: Self.inputLimit)
      }
    } catch { throw .git(error) }
  }
}
