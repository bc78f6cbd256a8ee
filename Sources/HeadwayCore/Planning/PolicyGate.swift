/// What policy is asked about.
package enum PolicyEvent: Hashable, Sendable {
  case intake(RunID)
  case dispatch(TaskID, attempt: Int)
  case output(TaskID, attempt: Int)
  case effect(TaskID, key: String)
}

/// What policy may look at.
package struct Facts: Hashable, Sendable {
  package let run: RunRecord
  package let task: TaskRecord?
  package let time: Instant

  package init(run: RunRecord, task: TaskRecord?, time: Instant) {
    self.run = run
    self.task = task
    self.time = time
  }
}

/// What policy says.
package enum Judgement: Hashable, Sendable {
  case allow
  case hold(code: String, message: String)
}

/// The seam where policies decide; until the expression engine exists everything is allowed.
package func judge(_ event: PolicyEvent, _ facts: Facts) -> Judgement { .allow }
