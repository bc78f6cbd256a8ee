/// How much harm a task could do; approvals and carriers depend on it.
package enum Risk: String, Hashable, Comparable, Sendable, CaseIterable {
  case minimal, low, medium, high, critical

  package static func < (left: Risk, right: Risk) -> Bool { left.level < right.level }

  private var level: Int {
    switch self {
    case .minimal: 0
    case .low: 1
    case .medium: 2
    case .high: 3
    case .critical: 4
    }
  }
}

/// What repeating an executor's work would do to the world.
package enum Effect: String, Hashable, Sendable, CaseIterable {
  /// Pure: nothing outside its outputs.
  case none
  /// Safe to repeat with the same key.
  case idempotent
  /// Must not be repeated blindly.
  case external
}

/// When the tasks named in `after` let a task go on.
package enum JoinRule: String, Hashable, Sendable, CaseIterable {
  case allSucceeded = "all-succeeded"
  case allDone = "all-done"
  case anyFailed = "any-failed"
  case anySucceeded = "any-succeeded"
}

/// How failed attempts are repeated: `min(cap, base * factor^(n-1))` with replayable jitter.
package struct RetryRule: Hashable, Sendable {
  package var attempts: Int
  package var base: Span
  package var factor: Int
  package var cap: Span

  package init(
    attempts: Int = 5, base: Span = .seconds(15), factor: Int = 2, cap: Span = .hours(1)
  ) {
    self.attempts = attempts
    self.base = base
    self.factor = factor
    self.cap = cap
  }
}

/// The limits on a task's time; `nil` means none.
package struct Timeouts: Hashable, Sendable {
  /// From ready to started.
  package var start: Span?
  /// One attempt; `nil` goes by what is usual.
  package var run: Span?
  /// From admission to settled.
  package var finish: Span?
  /// From SIGTERM to SIGKILL.
  package var grace: Span

  package init(
    start: Span? = nil, run: Span? = nil, finish: Span? = nil, grace: Span = .seconds(10)
  ) {
    self.start = start
    self.run = run
    self.finish = finish
    self.grace = grace
  }
}

/// Whose signatures a proposal needs, and for how long it stands.
package struct ApprovalRequirement: Hashable, Sendable {
  package var role: Name
  package var count: Int
  package var within: Span
  package var distinctFromRequester: Bool

  package init(role: Name, count: Int, within: Span, distinctFromRequester: Bool) {
    self.role = role
    self.count = count
    self.within = within
    self.distinctFromRequester = distinctFromRequester
  }
}

/// What a rejection sets going: the named task again, at most `times` times.
package struct RejectionRule: Hashable, Sendable {
  package var retry: Name
  package var times: Int

  package init(retry: Name, times: Int) {
    self.retry = retry
    self.times = times
  }
}

/// What becomes of a task whose retries are used up.
package enum ExhaustionRule: String, Hashable, Sendable, CaseIterable {
  case hold, fail
}

/// What a pipeline's author expects a task to take.
package struct Estimate: Hashable, Sendable {
  package var duration: Span?
  package var cost: Money?

  package init(duration: Span? = nil, cost: Money? = nil) {
    self.duration = duration
    self.cost = cost
  }
}

/// What undoes an external effect: a task, rendered with the one whose effect it undoes.
package struct CompensationRule: Hashable, Sendable {
  package let name: Name
  package let executor: Name
  package let effect: Effect
  package let intent: String
  package let once: String?
  package let risk: Risk

  package init(
    name: Name, executor: Name, effect: Effect, intent: String, once: String?, risk: Risk
  ) {
    self.name = name
    self.executor = executor
    self.effect = effect
    self.intent = intent
    self.once = once
    self.risk = risk
  }
}

/// One resolved input of a task, fixed at expansion.
package enum TaskInput: Hashable, Sendable {
  /// A file on main, given as `inputs/files/<path>`.
  case file(path: FilePath, blob: BlobID)
  /// Memory to look up when the attempt starts.
  case recall(query: String, tokens: Int)
  /// What an attempt of another run delivered, given as `inputs/<task>/<output>`.
  case delivered(AttemptID, output: String, blob: BlobID)
}

/// What a task promises to deliver under one name, and what it is held to.
package struct OutputRule: Hashable, Sendable {
  /// Checks in the pipeline's own words, such as `words >= 600`.
  package var checks: [String]
  /// A JSON Schema file on main, pinned.
  package var schema: PinnedFile?
  package var isOptional: Bool
  /// Judged by the project's limit for binary files, and never read as text.
  package var isBinary: Bool
  /// What conditions of later tasks read of it, by the path of the field.
  package var fields: [String: ReadField]

  package init(
    checks: [String], schema: PinnedFile?, isOptional: Bool = false, isBinary: Bool = false,
    fields: [String: ReadField] = [:]
  ) {
    self.fields = fields
    self.checks = checks
    self.schema = schema
    self.isOptional = isOptional
    self.isBinary = isBinary
  }
}

/// A file of main at the version that was in force when something named it.
package struct PinnedFile: Hashable, Sendable {
  package let path: FilePath
  package let blob: BlobID

  package init(path: FilePath, blob: BlobID) {
    self.path = path
    self.blob = blob
  }
}
