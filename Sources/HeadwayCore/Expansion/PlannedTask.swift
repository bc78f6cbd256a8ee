/// A task of a run with every template rendered and every file pinned; it never changes while
/// its run's revision stands.
package struct PlannedTask: Hashable, Sendable {
  package let name: Name
  /// Which item it is done for, if its template has `each`.
  package let item: FanItem?
  /// Its place in the order of expansion, from zero.
  package let ordinal: Int
  /// What durations and costs are learned under, `article/draft`.
  package let key: String
  package let executor: Name
  package let isPerson: Bool
  package let effect: Effect
  package let after: [Name]
  package let when: JoinRule
  package let condition: TaskCondition?
  /// What it waits for where it only stands for the tasks that are made of a list.
  package let fan: FanRule?
  package let intent: String
  package let inputs: [TaskInput]
  package let outputs: [PlannedOutput]
  package let propose: [ProposedOutput]
  package let approval: ApprovalRequirement?
  package let onReject: RejectionRule?
  package let onExhausted: ExhaustionRule
  /// The name of the external effect, which happens once whatever runs ask for it.
  package let once: String?
  package let compensation: CompensationRule?
  package let risk: Risk
  package let estimate: Estimate
  package let retry: RetryRule
  package let timeouts: Timeouts
  package let limits: TaskLimits
  package let sla: Span?
  package let priority: Int
  package let deadline: Instant?
  /// Equal for equal work, as far as it is known at expansion: without the results of earlier
  /// tasks, which ``fingerprint(with:)`` adds.
  package let fingerprint: Digest
  /// What the fingerprint is the hash of.
  package let parts: WorkParts

  package init(
    name: Name, ordinal: Int, key: String, executor: Name, isPerson: Bool = false,
    effect: Effect = .none, after: [Name] = [], when: JoinRule = .allSucceeded,
    intent: String = "", inputs: [TaskInput] = [], outputs: [PlannedOutput] = [],
    propose: [ProposedOutput] = [], approval: ApprovalRequirement? = nil,
    onReject: RejectionRule? = nil, onExhausted: ExhaustionRule = .hold, once: String? = nil,
    compensation: CompensationRule? = nil, risk: Risk = .low, estimate: Estimate = Estimate(),
    retry: RetryRule = RetryRule(), timeouts: Timeouts = Timeouts(),
    limits: TaskLimits = TaskLimits(), sla: Span? = nil, priority: Int = 50,
    deadline: Instant? = nil, item: FanItem? = nil, condition: TaskCondition? = nil,
    fan: FanRule? = nil, fingerprint: Digest, parts: WorkParts = WorkParts()
  ) {
    self.name = name
    self.item = item
    self.ordinal = ordinal
    self.key = key
    self.executor = executor
    self.isPerson = isPerson
    self.effect = effect
    self.after = after
    self.when = when
    self.condition = condition
    self.fan = fan
    self.intent = intent
    self.inputs = inputs
    self.outputs = outputs
    self.propose = propose
    self.approval = approval
    self.onReject = onReject
    self.onExhausted = onExhausted
    self.once = once
    self.compensation = compensation
    self.risk = risk
    self.estimate = estimate
    self.retry = retry
    self.timeouts = timeouts
    self.limits = limits
    self.sla = sla
    self.priority = priority
    self.deadline = deadline
    self.fingerprint = fingerprint
    self.parts = parts
  }

  /// The fingerprint of an attempt that reads these results of earlier tasks, by input name.
  package func fingerprint(with results: [String: BlobID]) -> Digest {
    guard !results.isEmpty else { return fingerprint }
    let sorted = results.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return Digest(parts: [fingerprint.hex] + sorted.flatMap { [$0.key, $0.value.hex] })
  }
}

/// What a task promises to deliver under one name.
package struct PlannedOutput: Hashable, Sendable {
  package let name: String
  package let rule: OutputRule
  package let isOptional: Bool
  package let kind: OutputTemplate.Kind

  package init(
    name: String, rule: OutputRule, isOptional: Bool = false, kind: OutputTemplate.Kind = .text
  ) {
    self.name = name
    self.rule = rule
    self.isOptional = isOptional
    self.kind = kind
  }
}

/// An output of an earlier task and where on main it is proposed.
package struct ProposedOutput: Hashable, Sendable {
  package let task: Name
  package let output: String
  package let target: FilePath

  package init(task: Name, output: String, target: FilePath) {
    self.task = task
    self.output = output
    self.target = target
  }
}

/// One expansion of a pipeline: what a cause sets going.
package struct RunPlan: Hashable, Sendable {
  package let id: RunID
  package let slug: String
  package let generation: Int
  package let occasion: Occasion
  package let pipelineFile: PinnedFile
  /// In the order of expansion; `after` names earlier and later ones alike.
  package let tasks: [PlannedTask]

  package init(
    id: RunID, slug: String, generation: Int, occasion: Occasion, pipelineFile: PinnedFile,
    tasks: [PlannedTask]
  ) {
    self.id = id
    self.slug = slug
    self.generation = generation
    self.occasion = occasion
    self.pipelineFile = pipelineFile
    self.tasks = tasks
  }

  package var pipeline: Name { occasion.pipeline }
  package var title: String { occasion.title }
  package var due: Instant? { occasion.due }

  package func task(_ name: Name) -> PlannedTask? { tasks.first { $0.name == name } }
}
