import HeadwayCore
import Testing

extension PlannedTask {
  /// A task of the tests' pipeline; `work` stands for everything its fingerprint covers.
  static func named(
    _ name: String, _ executor: String = "worker", after: [String] = [],
    when: JoinRule = .allSucceeded, work: String = "", once: String? = nil,
    undo: String? = nil, retry: RetryRule = RetryRule(), timeouts: Timeouts = Timeouts(),
    limits: TaskLimits = TaskLimits(), exhausted: ExhaustionRule = .hold, priority: Int = 50,
    deadline: Instant? = nil, estimate: Estimate = Estimate(),
    ordinal: Int = 0, onReject: RejectionRule? = nil, optional: Bool = false,
    condition: TaskCondition? = nil, fields: [String: ReadField] = [:]
  ) throws -> PlannedTask {
    let isPerson = executor == "creator"
    let effect: Effect = executor == "publisher" ? .external : .none
    let names = try after.map { try #require(Name($0)) }
    let propose = try names.map {
      ProposedOutput(task: $0, output: "out.md", target: try FilePath("content/\($0).md"))
    }
    return PlannedTask(
      name: try #require(Name(name)), ordinal: ordinal, key: "article/\(name)",
      executor: try #require(Name(executor)), isPerson: isPerson, effect: effect, after: names,
      when: when, intent: "Do it.",
      outputs: isPerson
        ? []
        : [
          PlannedOutput(
            name: "out.md", rule: OutputRule(checks: [], schema: nil, fields: fields),
            isOptional: optional)
        ],
      propose: isPerson ? propose : [],
      approval: isPerson
        ? ApprovalRequirement(
          role: try #require(Name("creator")), count: 1, within: .days(7),
          distinctFromRequester: false) : nil,
      onReject: onReject, onExhausted: exhausted,
      once: effect == .external ? (once ?? "publish:launch") : nil,
      compensation: try undo.map { try .named($0, of: name) }, risk: .low, estimate: estimate,
      retry: retry,
      timeouts: timeouts, limits: limits, priority: priority, deadline: deadline,
      condition: condition, fingerprint: Digest(parts: [name, executor, work]))
  }
}

extension CompensationRule {
  static func named(_ name: String, of task: String) throws -> CompensationRule {
    CompensationRule(
      name: try #require(Name(name)), executor: try #require(Name("publisher")),
      effect: .external, intent: "Undo it.", once: "\(name):\(task)", risk: .low)
  }
}

extension [PlannedTask] {
  /// The same tasks with their places as ordinals.
  var numbered: [PlannedTask] {
    enumerated().map { index, task in
      PlannedTask(
        name: task.name, ordinal: index, key: task.key, executor: task.executor,
        isPerson: task.isPerson, effect: task.effect, after: task.after, when: task.when,
        intent: task.intent, inputs: task.inputs, outputs: task.outputs, propose: task.propose,
        approval: task.approval, onReject: task.onReject, onExhausted: task.onExhausted,
        once: task.once, compensation: task.compensation, risk: task.risk, estimate: task.estimate,
        retry: task.retry, timeouts: task.timeouts, limits: task.limits, sla: task.sla,
        priority: task.priority, deadline: task.deadline, condition: task.condition,
        fingerprint: task.fingerprint)
    }
  }
}
