/// A task as a pipeline describes it, before templates are rendered.
package struct TaskTemplate: Hashable, Sendable {
  package let name: Name
  package var executor: Name
  /// What it is done for, once for each; `nil` makes it one task.
  package var each: EachTemplate?
  /// The most tasks that `each` may make of it, beside the project's limit.
  package var most: Int?
  package var after: [Name]
  package var when: JoinRule
  /// What must hold besides, or it is skipped.
  package var condition: Condition?
  package var intent: String?
  package var inputs: [InputTemplate]
  package var outputs: [OutputTemplate]
  package var propose: [ProposeTemplate]
  package var approval: ApprovalTemplate?
  package var onReject: RejectionRule?
  package var onExhausted: ExhaustionRule
  /// What the author says of the executor's effect; a reminder that is held against its file.
  package var statedEffect: Effect?
  package var once: String?
  package var compensate: Name?
  package var risk: Risk?
  package var estimate: Estimate
  package var retry: RetryRule
  package var timeouts: Timeouts
  package var limits: LimitsTemplate
  /// From admission to settled; missing it is told, not enforced.
  package var sla: Span?
  /// `nil` takes the brief's.
  package var priority: Int?
  /// A template of a date or moment; `nil` takes the brief's due.
  package var deadline: String?

  package init(
    name: Name, executor: Name, after: [Name] = [], when: JoinRule = .allSucceeded,
    intent: String? = nil, inputs: [InputTemplate] = [], outputs: [OutputTemplate] = [],
    propose: [ProposeTemplate] = [], approval: ApprovalTemplate? = nil,
    onReject: RejectionRule? = nil, onExhausted: ExhaustionRule = .hold,
    statedEffect: Effect? = nil, once: String? = nil,
    compensate: Name? = nil, risk: Risk? = nil, estimate: Estimate = Estimate(),
    retry: RetryRule = RetryRule(), timeouts: Timeouts = Timeouts(),
    limits: LimitsTemplate = LimitsTemplate(), sla: Span? = nil, priority: Int? = nil,
    deadline: String? = nil, each: EachTemplate? = nil, most: Int? = nil,
    condition: Condition? = nil
  ) {
    self.name = name
    self.executor = executor
    self.each = each
    self.most = most
    self.after = after
    self.when = when
    self.condition = condition
    self.intent = intent
    self.inputs = inputs
    self.outputs = outputs
    self.propose = propose
    self.approval = approval
    self.onReject = onReject
    self.onExhausted = onExhausted
    self.statedEffect = statedEffect
    self.once = once
    self.compensate = compensate
    self.risk = risk
    self.estimate = estimate
    self.retry = retry
    self.timeouts = timeouts
    self.limits = limits
    self.sla = sla
    self.priority = priority
    self.deadline = deadline
  }

  /// The tasks that come right before it: those that `after` names, and the one that delivers its
  /// items.
  package var before: [Name] {
    guard case .output(let place)? = each, !after.contains(place.task) else { return after }
    return after + [place.task]
  }

  /// The highest of the risks that the task and its approval state; `low` when neither does.
  package var statedRisk: Risk {
    switch (risk, approval?.risk) {
    case (nil, nil): .low
    case (let one?, nil), (nil, let one?): one
    case (let one?, let other?): max(one, other)
    }
  }
}

/// Where the items of an `each` come from.
package enum EachTemplate: Hashable, Sendable {
  /// The elements of a list parameter, as `{{name}}`.
  case list(String)
  /// The paths of files on main; each text is a template of a path or pattern.
  case files([String])
  /// A list that an earlier task delivers, known only when it has.
  case output(OutputPlace)
}

/// What a task reads, before templates are rendered.
package enum InputTemplate: Hashable, Sendable {
  /// Paths and patterns of files on main; each text is a template, and one that is exactly
  /// `{{name}}` may stand for a list.
  case files([String])
  /// Memory that fits the query, at most so many tokens.
  case recall(query: String, tokens: Int)
  /// An output of the run whose end set this one going.
  case result(String)
}

/// What a task promises to deliver under one name.
package struct OutputTemplate: Hashable, Sendable {
  package let name: String
  package var checks: [Check]
  package var schema: FilePath?
  package var isOptional: Bool
  package var kind: Kind

  package enum Kind: String, Hashable, Sendable, CaseIterable { case text, binary }

  package init(
    name: String, checks: [Check] = [], schema: FilePath? = nil, isOptional: Bool = false,
    kind: Kind = .text
  ) {
    self.name = name
    self.checks = checks
    self.schema = schema
    self.isOptional = isOptional
    self.kind = kind
  }
}

/// An output of an earlier task and the path on main at which it is proposed.
package struct ProposeTemplate: Hashable, Sendable {
  package let output: String
  package let target: String

  package init(output: String, target: String) {
    self.output = output
    self.target = target
  }
}

/// Whose signatures a task needs, as its pipeline says it.
package struct ApprovalTemplate: Hashable, Sendable {
  /// `nil` takes the role of the person executor.
  package var role: Name?
  package var count: Int
  package var within: Span
  package var distinctFromRequester: Bool
  package var risk: Risk?

  package init(
    role: Name? = nil, count: Int = 1, within: Span = .days(7),
    distinctFromRequester: Bool = false, risk: Risk? = nil
  ) {
    self.role = role
    self.count = count
    self.within = within
    self.distinctFromRequester = distinctFromRequester
    self.risk = risk
  }
}

/// Bounds as a pipeline's task gives them; keys are templates.
package struct LimitsTemplate: Hashable, Sendable {
  package var cost: Money?
  package var concurrency: [KeyLimit]
  package var quotas: [QuotaTemplate]

  package struct KeyLimit: Hashable, Sendable {
    package var key: String
    package var count: Int
  }

  package struct QuotaTemplate: Hashable, Sendable {
    package var name: Name
    package var key: String
    package var amount: Int
    package var limit: Int
    package var window: Window
    package var onExceed: ExceedRule
  }

  package enum Window: Hashable, Sendable {
    case sliding(Span)
    /// `nil` takes the project's zone.
    case calendar(QuotaWindow.CalendarUnit, Zone?)
  }

  package init(
    cost: Money? = nil, concurrency: [KeyLimit] = [], quotas: [QuotaTemplate] = []
  ) {
    self.cost = cost
    self.concurrency = concurrency
    self.quotas = quotas
  }

  /// Every template in it, with the field that holds it.
  package var templates: [String] { concurrency.map(\.key) + quotas.map(\.key) }
}
