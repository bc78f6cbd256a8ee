/// The view of everything not yet finished, and of what the past forbids: a pure fold of the
/// ledger's files, so that deleting every cache changes nothing.
package struct Board: Hashable, Sendable {
  package var opening: LedgerOpening?
  package var main: MainRecord?
  /// What was noticed and waits to become a run; `nil` while nothing ever did.
  package var intake: IntakeRecord?
  /// Runs that are active or still have an attempt under way.
  package var runs: [RunID: BoardRun]
  /// External effects that happened or may have, by effect key; complete at least for the keys on
  /// the board.
  package var effects: [String: EffectUse]
  /// How long work took lately, by task key; complete at least for the keys on the board.
  package var durations: [String: RecentDurations]
  /// Which keys the two above are complete for.
  package var reach: Reach
  package var spend: Spend
  package var dispatches: Dispatches
  package var quotas: QuotaUses
  /// Incidents that nobody has cleared.
  package var incidents: [String: IncidentRecord]
  /// The latest instant that any folded record holds; time never runs backwards from it.
  package var latest: Instant

  package init(reach: Reach = .whole) {
    runs = [:]
    effects = [:]
    durations = [:]
    self.reach = reach
    spend = Spend()
    dispatches = Dispatches()
    quotas = QuotaUses()
    incidents = [:]
    latest = Instant(milliseconds: 0)
  }

  package subscript(id: TaskID) -> BoardTask? { runs[id.run]?.tasks[id.task] }

  /// Every task on the board in a total order: admission, run, ordinal.
  package var tasksInOrder: [BoardTask] {
    runsInOrder.flatMap(\.tasksInOrder)
  }

  package var runsInOrder: [BoardRun] {
    runs.values.sorted {
      ($0.record.admitted, $0.record.id) < ($1.record.admitted, $1.record.id)
    }
  }

  package var running: [BoardTask] { tasksInOrder.filter { $0.record.state == .running } }

  /// Tasks that wait for people, in no order.
  package var waiting: some Sequence<BoardTask> {
    runs.values.lazy.flatMap(\.tasks.values).filter { $0.record.state == .waiting }
  }
}

/// A run with its tasks.
package struct BoardRun: Hashable, Sendable {
  package var record: RunRecord
  package var tasks: [Name: BoardTask]

  package init(record: RunRecord, tasks: [Name: BoardTask]) {
    self.record = record
    self.tasks = tasks
  }

  package var tasksInOrder: [BoardTask] { record.tasks.compactMap { tasks[$0] } }

  /// Whether anything can still happen to it.
  package var isLive: Bool {
    record.state == .active || tasks.values.contains { $0.record.state == .running }
      || needsCompensation
  }

  /// The folder of a task below the ledger's root.
  package func folder(of task: Name) -> String? {
    record.ordinal(of: task).map {
      "\(record.folder)/\(TaskRecord.folder(ordinal: $0, task: task))"
    }
  }
}

/// A task with what is open before people.
///
/// Every pass goes over all tasks several times, so that a copy has to be cheap.
package struct BoardTask: Hashable, Sendable {
  private struct Content: Hashable, Sendable {
    var record: TaskRecord
    var folder: String
    var proposal: ProposalRecord?
    var judged: JudgementRecord?
  }

  private var content: Shared<Content>

  package init(
    record: TaskRecord, folder: String, proposal: ProposalRecord? = nil,
    judged: JudgementRecord? = nil
  ) {
    content = Shared(Content(record: record, folder: folder, proposal: proposal, judged: judged))
  }

  package var record: TaskRecord {
    _read { yield content.value.record }
    set { change { $0.record = newValue } }
  }

  package var folder: String { content.value.folder }

  /// The newest proposal.
  package var proposal: ProposalRecord? {
    _read { yield content.value.proposal }
    set { change { $0.proposal = newValue } }
  }

  /// What was judged of the newest proposal.
  package var judged: JudgementRecord? {
    _read { yield content.value.judged }
    set { change { $0.judged = newValue } }
  }

  private mutating func change(_ body: (inout Content) -> Void) {
    var changed = content.value
    body(&changed)
    content = Shared(changed)
  }
}

/// Who did an external effect, and when.
package struct EffectUse: Hashable, Sendable {
  package let attempt: AttemptID
  package let fingerprint: Digest.Text
  package let at: Instant
  /// Whether it happened; `false` where an attempt's fate is unknown.
  package let isCertain: Bool

  package init(
    attempt: AttemptID, fingerprint: Digest.Text, at: Instant, isCertain: Bool = true
  ) {
    self.attempt = attempt
    self.fingerprint = fingerprint
    self.at = at
    self.isCertain = isCertain
  }

  /// Whether this is what to know of a key when `other` is known too, in whichever order they
  /// were read: certain before uncertain, then the later.
  package func outweighs(_ other: EffectUse) -> Bool {
    if isCertain != other.isCertain { return isCertain }
    return (at, attempt) > (other.at, other.attempt)
  }
}

extension AttemptRecord {
  /// What the attempt means for its effect key; `nil` where nothing can have happened.
  package var effectUse: EffectUse? {
    guard effect == .external, outcome == .succeeded || summary().isFateUnknown else { return nil }
    return EffectUse(
      attempt: id, fingerprint: fingerprint, at: finished, isCertain: outcome == .succeeded)
  }
}

extension TaskRecord.AttemptSummary {
  /// Whether nobody can say what it did outside: it was cut off while it worked, or it worked to
  /// its end and did not deliver what was promised.
  var isFateUnknown: Bool {
    switch outcome {
    case .lost, .cancelled: true
    case .failed:
      switch failure {
      case .timeout, .badOutput, .truncated: true
      default: false
      }
    case .succeeded: false
    }
  }
}

/// What has been paid, in millionths of the project's currency.
package struct Spend: Hashable, Sendable {
  package var days: [String: Int64]
  package var runs: [RunID: Int64]
  /// By day, then pipeline.
  package var pipelines: [String: [String: Int64]]

  package init(
    days: [String: Int64] = [:], runs: [RunID: Int64] = [:],
    pipelines: [String: [String: Int64]] = [:]
  ) {
    self.days = days
    self.runs = runs
    self.pipelines = pipelines
  }

  mutating func add(_ micros: Int64, run: RunID, pipeline: String, day: String) {
    days[day, default: 0] += micros
    runs[run, default: 0] += micros
    pipelines[day, default: [:]][pipeline, default: 0] += micros
  }
}
