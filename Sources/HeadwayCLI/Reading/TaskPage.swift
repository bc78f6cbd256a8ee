internal import HeadwayCore
internal import HeadwayEngine

/// What `show` tells of a task.
struct TaskPage: Sendable {
  let run: BoardRun
  let standing: TaskStanding
  let attempts: [AttemptRecord]
  let proposals: [(proposal: ProposalRecord, judged: JudgementRecord?)]
  let now: Instant
  /// What becomes of the task's effect, should it be undone.
  private let radius: RadiusPage

  init(_ run: BoardRun, _ task: BoardTask, in view: LedgerView, at now: Instant) async throws {
    self.run = run
    self.now = now
    standing = TaskStanding(
      run: run.record, task: task, Standings(try await view.plan(at: now), at: now))
    attempts = try await view.attempts(of: task)
    proposals = try await view.proposals(of: task)
    radius = try await RadiusPage(run, of: task.record.task, in: view)
  }

  private var record: TaskRecord { standing.task.record }

  var facts: JSONValue {
    [
      "task": record.json, "standing": standing.facts,
      "attempts": .array(attempts.map(\.json)), "undo": .optional(radius.undo(of: record.task)),
      "proposals": .array(
        proposals.map { proposal, judged in
          ["proposal": proposal.json, "judged": judged?.json ?? .null]
        }),
    ]
  }

  func write(in context: CommandContext) {
    var page = Page(context)
    page.line("\(record.id)  \(record.state.rawValue)", .bold)
    if !record.specification.intent.isEmpty {
      page.paragraph(record.specification.intent, indent: 2)
    }
    specification.write(to: page.output, on: page.terminal, indent: 2)
    page.section("Attempts", attemptRows)
    page.section("Looked for its effect", inquiryRows)
    page.section("Outputs", outputRows)
    for (proposal, judged) in proposals {
      page.section("Proposal \(proposal.attempt.number)", Self.rows(proposal, judged, at: now))
    }
  }

  private var specification: Columns {
    let wanted = record.specification
    var rows = Columns()
    if record.state != .succeeded, record.state != .running {
      rows.add("why", .init(standing.sentence))
      if !record.state.isTerminal { rows.add("cleared by", .init(standing.clearing)) }
    }
    rows.add("executor", .init(wanted.executor.text))
    if let item = wanted.item {
      let value = item.value.text ?? String(decoding: item.value.compact, as: UTF8.self)
      rows.add("item", .init(value), .init("of \(item.template)"))
    }
    if let fan = wanted.fan {
      rows.add("each", .init("\(fan.place)"), .init(record.listed?.short ?? "not there yet"))
    }
    if wanted.effect != .none {
      rows.add(
        "effect", .init(wanted.effect.rawValue), .init(wanted.once.map { "once \($0)" } ?? ""))
    }
    if let undo = radius.undo(of: record.task) { rows.add("undo", .init(undo)) }
    if !wanted.after.isEmpty {
      let names = wanted.after.map(\.text).joined(separator: ", ")
      rows.add(
        "after", .init(wanted.when == .allSucceeded ? names : "\(names) (\(wanted.when.rawValue))"))
    }
    for input in wanted.inputs {
      switch input {
      case .file(let path, let blob): rows.add("input", .init("\(path) \(blob.short)"))
      case .recall(let query, let tokens):
        rows.add("recall", .init("\(query) (up to \(tokens) tokens)"))
      case .delivered(let attempt, let output, let blob):
        rows.add("input", .init("\(output) of \(attempt) \(blob.short)"))
      }
    }
    for (name, rule) in wanted.outputs.sorted(by: { $0.key < $1.key }) {
      let checks = rule.checks + [rule.schema.map { "schema \($0.path)" }].compactMap { $0 }
      rows.add("output", .init(([name] + checks).joined(separator: "; ")))
    }
    if let deadline = wanted.deadline { rows.add("deadline", .init(deadline.minute)) }
    rows.add("priority", .init("\(wanted.priority)"))
    rows.add("risk", .init(wanted.risk.rawValue))
    rows.add("retry", .init("\(wanted.retry.attempts) attempts, from \(wanted.retry.base) apart"))
    return rows
  }

  private var attemptRows: Columns {
    var rows = Columns()
    for attempt in attempts {
      rows.add(
        .init("\(attempt.id.number)", attempt.id.number == record.accepted ? .bold : nil),
        .state(attempt.outcome.rawValue), .init(attempt.started.second),
        .init("\(Seconds(attempt.finished - attempt.started))"),
        .init(attempt.model ?? attempt.executor.text), .init(attempt.cost?.description ?? ""),
        .init(attempt.failure.map { "\($0.kind.rawValue): \($0.message)" } ?? ""))
    }
    if let dispatch = record.dispatched {
      rows.add(
        .init("\(dispatch.attempt)"), .state("running"), .init(dispatch.at.second), .init(""),
        .init(record.specification.executor.text))
    }
    return rows
  }

  private var inquiryRows: Columns {
    var rows = Columns()
    for inquiry in record.inquiries {
      rows.add(
        .init("\(inquiry.attempt)"), .init(inquiry.at.second),
        .init(inquiry.answer?.rawValue ?? "no answer"), .init(inquiry.message))
    }
    return rows
  }

  private var outputRows: Columns {
    var rows = Columns()
    for (name, blob) in record.results.sorted(by: { $0.key < $1.key }) {
      rows.add(
        .init(name), .init(blob.short, .dim), .init("headway show \(record.id) --output \(name)"))
    }
    return rows
  }

  static func rows(
    _ proposal: ProposalRecord, _ judged: JudgementRecord?, at now: Instant
  ) -> Columns {
    var rows = Columns()
    rows.add("branch", .init(proposal.branch))
    rows.add("record", .init("\(proposal.record.path) \(proposal.record.blob.short)"))
    for (path, blob) in proposal.content.sorted(by: { $0.key < $1.key }) {
      rows.add("content", .init("\(path) \(blob.short)"))
    }
    rows.add("risk", .init(proposal.risk.rawValue))
    rows.add(
      "needs",
      .init("\(proposal.requirement.count) of role \(proposal.requirement.role)"))
    rows.add(
      "expires", .init("\(proposal.expires.minute) (\(proposal.expires.relative(to: now)))"))
    for judgement in judged?.judgements ?? [] { rows.add("judged", .init(judgement.sentence)) }
    return rows
  }
}

extension JudgementRecord.Judgement {
  /// `approve by dana in commit 9a8b… at …: counts`.
  var sentence: String {
    let who = person.map { " by \($0)" } ?? " by nobody whose key is known"
    let what =
      switch carrier {
      case .commit(let commit): " in commit \(commit.short)"
      case .statement(let file): " in the statement \(file.path)"
      case .observation(let commit): " when main stood at \(commit.short)"
      }
    let isOurs = if case .observation = carrier { true } else { false }
    let verdict = whyNot.map { "does not count: \($0)" } ?? "counts"
    let words = message.map { "; “\($0)”" } ?? ""
    return "\(decision.rawValue)\(isOurs ? "" : who)\(what) on \(at.second): \(verdict)\(words)"
  }
}
