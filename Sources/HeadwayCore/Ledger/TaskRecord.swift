/// `task.json`: a task's specification as admitted, and the fold of what happened to it.
package struct TaskRecord: Hashable, Sendable {
  package let run: RunID
  package let task: Name
  package let ordinal: Int
  /// `<pipeline>/<task>`, what durations and policies are counted by.
  package let key: String
  package var revision: Int
  package var specification: Specification {
    _read { yield sharedSpecification.value }
    set { sharedSpecification = Shared(newValue) }
  }
  /// The planner copies tasks all the time, and specifications hardly ever change.
  private var sharedSpecification: Shared<Specification>
  package var state: TaskState
  package var reason: Reason?
  /// The attempt whose outputs stand.
  package var accepted: Int?
  /// What the last accepted attempt delivered; for a person's task the approved blobs.
  package var results: [String: BlobID]
  /// The attempt under way: durable before anything starts.
  package var dispatched: Dispatch?
  /// Dense from 1, in order.
  package var attempts: [AttemptSummary]
  /// How many attempts lie before the last reopening; they use up no retry.
  package var settledBefore: Int
  /// Attempts up to this number were wanted otherwise by a person, so none is taken up again.
  package var dismissed: Int
  /// What a rejection said, an input of every attempt until an edit changes the work.
  package var feedback: BlobID?
  /// How often people rejected what came of this task, since its run's last revision.
  package var rejections: Int
  /// A person's word that a done effect may happen once more; used up by the next dispatch.
  package var allowance: Allowance?
  /// When it was held and is no longer, in order.
  package var holds: [HeldTime] = []
  /// What was told about its deadlines, in order.
  package var warnings: [DeadlineWarning] = []
  /// The undo of each effect that began, in order.
  package var registrations: [Registration]
  /// The list that its instances were made of, where it stands for any.
  package var listed: BlobID?
  /// A person keeps everything from going past this task.
  package var hold: Hold?
  /// When this work was asked for: a reopening asks anew, or a limit that ended it would end it
  /// again.
  package var admitted: Instant
  /// When edits asked for work again that had been done, the last few of them; a person's word to
  /// go on forgets them.
  package var edits: [Instant] = []
  /// What was found out about effects of unknown fate, in order.
  package var inquiries: [Inquiry] = []

  package var id: TaskID { TaskID(run: run, task: task) }
  package var isPerson: Bool { specification.proposal != nil }
  package var isFan: Bool { specification.fan != nil }
  package var nextAttempt: Int { attempts.count + 1 }
  /// Where dependants find its outputs below their inputs.
  package var inputFolder: String {
    specification.item.map { "\($0.template)/\($0.instance)" } ?? task.text
  }
  /// Whether an edit took it out of its run, which then does not count what became of it.
  package var isRemoved: Bool { reason?.code == .taskRemoved }
  /// Whether its run or a person has no more use for it, so that the attempt under way is its last.
  package var isEnding: Bool {
    switch reason?.code {
    case .taskRemoved, .cancelledByPerson, .briefDeleted: true
    default: false
    }
  }
  /// What stands now; `results` alone also remembers what was delivered before a reopening.
  package var standing: [String: BlobID] { accepted == nil ? [:] : results }

  /// What a decision to run or to propose fixed.
  package struct Dispatch: Hashable, Sendable {
    package let attempt: Int
    package let reserved: Money?
    package let fingerprint: Digest.Text
    /// The decision's file.
    package let decision: FilePath
    package let at: Instant
    /// The external effect that is under way; an edit of the specification does not change it.
    package let effectKey: String?
    /// What it took of what tasks share; `nil` for a proposal.
    package let claims: Claims?
    /// Incidents that it finds out about: whether what they name is over.
    package let probes: [String]

    package init(
      attempt: Int, reserved: Money?, fingerprint: Digest.Text, decision: FilePath, at: Instant,
      effectKey: String? = nil, claims: Claims? = nil, probes: [String] = []
    ) {
      self.attempt = attempt
      self.reserved = reserved
      self.fingerprint = fingerprint
      self.decision = decision
      self.at = at
      self.effectKey = effectKey
      self.probes = probes
      self.claims = claims
    }
  }

  /// A time in which the task was held.
  package struct HeldTime: Hashable, Sendable {
    package let since: Instant
    package let until: Instant

    package init(since: Instant, until: Instant) {
      self.since = since
      self.until = until
    }
  }

  /// Who allowed a repetition, and why.
  package struct Allowance: Hashable, Sendable {
    package let by: String
    package let reason: String
    package let at: Instant

    package init(by: String, reason: String, at: Instant) {
      self.by = by
      self.reason = reason
      self.at = at
    }
  }

  /// An undo, fixed when the effect began, so that one of unknown fate has it too.
  package struct Registration: Hashable, Sendable {
    package let attempt: Int
    package let compensation: CompensationRule
    package let at: Instant
    /// The run that undoes it, once that was proposed.
    package var proposed: RunID?

    package init(
      attempt: Int, compensation: CompensationRule, at: Instant, proposed: RunID? = nil
    ) {
      self.attempt = attempt
      self.compensation = compensation
      self.at = at
      self.proposed = proposed
    }
  }

  /// What the pipeline and the brief asked for; replaced as a whole by a revision.
  package struct Specification: Hashable, Sendable {
    package var executor: Name
    /// Which item of an `each` it is done for.
    package var item: FanItem?
    package var effect: Effect
    /// The rendered value of `once`, required for external effects.
    package var once: String?
    package var compensation: CompensationRule?
    package var intent: String
    package var after: [Name]
    package var when: JoinRule
    /// What must hold besides, or the task is skipped.
    package var condition: TaskCondition?
    /// Nothing is executed for it: it stands for tasks that are made of a list.
    package var fan: FanRule?
    package var inputs: [TaskInput]
    package var outputs: [String: OutputRule]
    /// Only a person's task has one.
    package var proposal: ProposalRule?
    package var retry: RetryRule
    package var timeouts: Timeouts
    package var limits: TaskLimits
    package var onExhausted: ExhaustionRule
    package var priority: Int
    package var deadline: Instant?
    package var sla: Span?
    package var risk: Risk
    package var estimate: Estimate
    package var fingerprint: Digest.Text
    /// What the fingerprint is the hash of.
    package var parts: WorkParts

    package init(
      executor: Name, effect: Effect, once: String?, compensation: CompensationRule?,
      intent: String, after: [Name],
      when: JoinRule, inputs: [TaskInput], outputs: [String: OutputRule],
      proposal: ProposalRule?, retry: RetryRule, timeouts: Timeouts,
      limits: TaskLimits = TaskLimits(), onExhausted: ExhaustionRule, priority: Int,
      deadline: Instant?, sla: Span?, risk: Risk, estimate: Estimate, item: FanItem? = nil,
      condition: TaskCondition? = nil, fan: FanRule? = nil, fingerprint: Digest.Text,
      parts: WorkParts = WorkParts()
    ) {
      self.executor = executor
      self.item = item
      self.effect = effect
      self.once = once
      self.compensation = compensation
      self.intent = intent
      self.after = after
      self.when = when
      self.condition = condition
      self.fan = fan
      self.inputs = inputs
      self.outputs = outputs
      self.proposal = proposal
      self.retry = retry
      self.timeouts = timeouts
      self.limits = limits
      self.onExhausted = onExhausted
      self.priority = priority
      self.deadline = deadline
      self.sla = sla
      self.risk = risk
      self.estimate = estimate
      self.fingerprint = fingerprint
      self.parts = parts
    }
  }

  /// What a person is asked to sign: outputs of earlier tasks at paths on main.
  package struct ProposalRule: Hashable, Sendable {
    package var content: [ProposedOutput]
    package var requirement: ApprovalRequirement
    package var onReject: RejectionRule?

    package init(
      content: [ProposedOutput], requirement: ApprovalRequirement, onReject: RejectionRule?
    ) {
      self.content = content
      self.requirement = requirement
      self.onReject = onReject
    }
  }

  /// One line of the task's history; the whole story is in `attempt-<n>.json`.
  package struct AttemptSummary: Hashable, Sendable {
    package let number: Int
    package let outcome: OutcomeKind
    package let failure: FailureClass?
    package let retryAfter: Span?
    /// Inputs as they were: two attempts with one fingerprint did the same work.
    package let fingerprint: Digest.Text
    package let at: Instant
    /// What it delivered, if it succeeded: should its work be asked for again, it is done already.
    package let outputs: [String: BlobID]
    /// What it cost; `nil` where nobody knows.
    package let cost: Money?
    /// The fields of its outputs that conditions read: by output, then by path.
    package let read: [String: [String: JSONValue]]
    /// Why it was not accepted, where a person may allow all of it: digests of texts that may be
    /// secrets.
    package let suspects: [String]

    package init(
      number: Int, outcome: OutcomeKind, failure: FailureClass?, retryAfter: Span?,
      fingerprint: Digest.Text, at: Instant, outputs: [String: BlobID] = [:], cost: Money? = nil,
      read: [String: [String: JSONValue]] = [:], suspects: [String] = []
    ) {
      self.suspects = suspects
      self.read = read
      self.number = number
      self.outcome = outcome
      self.failure = failure
      self.retryAfter = retryAfter
      self.fingerprint = fingerprint
      self.at = at
      self.outputs = outputs
      self.cost = cost
    }
  }

  package enum OutcomeKind: String, Hashable, Sendable {
    case succeeded, failed, cancelled
    /// Its fate is unknown: the tick that found it wrote this.
    case lost
  }

  package init(
    run: RunID, task: Name, ordinal: Int, key: String, revision: Int,
    specification: Specification, state: TaskState, reason: Reason?, accepted: Int?,
    results: [String: BlobID], dispatched: Dispatch?, attempts: [AttemptSummary],
    settledBefore: Int, dismissed: Int = 0, feedback: BlobID?, rejections: Int,
    allowance: Allowance?, registrations: [Registration], admitted: Instant, hold: Hold? = nil
  ) {
    self.run = run
    self.task = task
    self.ordinal = ordinal
    self.key = key
    self.revision = revision
    sharedSpecification = Shared(specification)
    self.state = state
    self.reason = reason
    self.accepted = accepted
    self.results = results
    self.dispatched = dispatched
    self.attempts = attempts
    self.settledBefore = settledBefore
    self.dismissed = dismissed
    self.feedback = feedback
    self.rejections = rejections
    self.allowance = allowance
    self.registrations = registrations
    self.admitted = admitted
    self.hold = hold
  }

  /// Keeps how long it was held, where it is and is about to be no longer.
  mutating func closeHold(at time: Instant) {
    guard state == .held, let since = reason?.since, since < time else { return }
    holds.append(HeldTime(since: since, until: time))
  }

  /// Where the task's files lie below its run's folder; 64 tasks share a folder.
  package static func folder(ordinal: Int, task: Name) -> String {
    "tasks/\(shelf(of: ordinal))/\(task)"
  }

  static func shelf(of ordinal: Int) -> String { Int64(ordinal / 64).padded(2) }
}

extension Digest {
  /// The hex of a digest that was computed earlier and only compared since.
  package typealias Text = String
}
