/// The nine stored states; everything finer is derived.
package enum TaskState: String, Hashable, Sendable, CaseIterable {
  case pending, running, waiting, held, succeeded, failed, skipped, expired, cancelled

  /// Left only by a `reopened` event that names its cause.
  package var isTerminal: Bool {
    switch self {
    case .succeeded, .failed, .skipped, .expired, .cancelled: true
    case .pending, .running, .waiting, .held: false
    }
  }
}

/// The one reason why a task that could go on does not, and what will clear it.
package struct Reason: Hashable, Sendable {
  package let code: ReasonCode
  /// What the sentence about the reason needs, such as `tasks` or `executor`.
  package let values: [String: JSONValue]
  package let since: Instant
  package let clears: Clearing

  package enum Clearing: Hashable, Sendable {
    case at(Instant)
    /// What has to happen, such as `approval`, `dependencies` or `headway retry`.
    case event(String)
  }

  package init(
    _ code: ReasonCode, values: [String: JSONValue] = [:], since: Instant, clears: Clearing
  ) {
    self.code = code
    self.values = values
    self.since = since
    self.clears = clears
  }

  /// Whether both say the same; the time since when does not matter.
  package func says(_ other: Reason) -> Bool {
    code == other.code && values == other.values && clears == other.clears
  }
}

/// Why; stable words that machines may read.
package enum ReasonCode: String, Hashable, Sendable, CaseIterable {
  // A pending task waits.
  case ready, reused, dependencies, backOff, rateLimited, settling, slots, executorBusy, keyBusy,
    effectBusy, rate, quota, dayBudget, pipelineBudget, frozen, incident, breaker, noSettings
  // Beside `ready`: what else a start is good for.
  case probe
  // A task waits for people.
  case approval
  // A task is held until a person acts.
  case exhausted, refused, badOutput, invalidRequest, rejected,
    uncertain, alreadyDone, taskBudget, runBudget, noBudget, unknownCost, denied, byPerson, secret,
    approvalExpired, withdrawn, tooLarge, executorMissing, compensation, edited,
    tooManyItems, badItems
  // A task has ended.
  case upstream, condition, startTimeout, finishTimeout, briefDeleted, fileDeleted, overtaken,
    cancelledByPerson, taskRemoved
}
