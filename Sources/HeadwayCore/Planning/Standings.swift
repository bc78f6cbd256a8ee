/// Where unfinished tasks stand: what the ledger stores, and what a planning pass finds beyond it.
package struct Standings: Hashable, Sendable {
  private let plan: Planner.Plan?
  private let decisions: [TaskID: Decision]
  private let now: Instant

  /// `plan` is `nil` where nothing can be planned, because there are no settings in force.
  package init(_ plan: Planner.Plan?, at now: Instant) {
    self.plan = plan
    self.now = now
    decisions = Dictionary((plan?.decisions ?? []).map { ($0.task, $0) }) { first, _ in first }
  }

  /// The one reason why a task is not running.
  ///
  /// It has one unless it runs or has succeeded: every state that people see comes with its cause.
  package func reason(of task: TaskRecord) -> Reason? {
    switch task.state {
    case .running, .succeeded: nil
    case .waiting, .held, .failed, .skipped, .expired, .cancelled: task.reason
    case .pending:
      if plan == nil {
        Reason(.noSettings, since: now, clears: .event("a headway.json that can be read"))
      } else {
        plan?.reasons[task.id] ?? decisions[task.id]?.reasons.first
      }
    }
  }

  /// Whether the next tick moves the task.
  package func moves(_ task: TaskRecord) -> Bool {
    decisions[task.id].map { $0.verdict != .wait } ?? false
  }
}
