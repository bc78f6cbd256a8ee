internal import HeadwayCore
internal import HeadwayEngine

/// What `show` tells of a run.
struct RunPage: Sendable {
  let run: BoardRun
  let standings: [Name: TaskStanding]
  let attempts: [Name: [AttemptRecord]]
  let now: Instant

  init(_ run: BoardRun, in view: LedgerView, at now: Instant) async throws {
    self.run = run
    self.now = now
    let found = Standings(try await view.plan(at: now), at: now)
    standings = run.tasks.mapValues { TaskStanding(run: run.record, task: $0, found) }
    var attempts: [Name: [AttemptRecord]] = [:]
    for task in run.tasksInOrder { attempts[task.record.task] = try await view.attempts(of: task) }
    self.attempts = attempts
  }

  private var record: RunRecord { run.record }

  private func time(of task: Name) -> Span {
    (attempts[task] ?? []).reduce(.zero) { $0 + ($1.finished - $1.started) }
  }

  private func cost(of task: Name) -> Money? {
    (attempts[task] ?? []).compactMap(\.cost).reduce(nil) { sum, cost in
      sum.map { $0.adding(cost) ?? $0 } ?? cost
    }
  }

  private var cost: Money? {
    record.tasks.compactMap(cost(of:)).reduce(nil) { sum, cost in
      sum.map { $0.adding(cost) ?? $0 } ?? cost
    }
  }

  var facts: JSONValue {
    [
      "run": record.json, "cost": cost?.json ?? .null,
      "each": .object(
        Dictionary(
          FanProgress.all(of: run).map { ($0.key.text, $0.value.facts) }
        ) { first, _ in first }),
      "tasks": .array(
        run.tasksInOrder.map { task in
          let name = task.record.task
          return [
            "task": .string(name.text), "state": .string(task.record.state.rawValue),
            "reason": standings[name]?.reason?.json ?? .null,
            "attempts": .integer(task.record.attempts.count),
            "milliseconds": .integer(time(of: name).milliseconds),
            "cost": cost(of: name)?.json ?? .null,
          ]
        }),
    ]
  }

  func write(in context: CommandContext) {
    var page = Page(context)
    page.line("\(record.id)  \(record.state.rawValue)", .bold)
    var rows = Columns()
    rows.add("title", .init(record.title))
    rows.add(
      "cause", .init("\(record.cause.kind.rawValue) \(record.cause.path)"),
      .init("commit \(record.cause.commit.short)"))
    rows.add("pipeline", .init(record.pipeline.name.text), .init(record.pipeline.path.text))
    rows.add("admitted", .init(record.admitted.second))
    for revision in record.revisions.dropFirst() {
      rows.add(
        .init("revision \(revision.number)"), .init(revision.at.second),
        .init("commit \(revision.commit.short)"))
    }
    if let due = record.due { rows.add("due", .init("\(due.minute) (\(due.relative(to: now)))")) }
    rows.add("priority", .init("\(record.priority)"))
    for (name, value) in record.parameters.sorted(by: { $0.key < $1.key }) {
      rows.add(.init(name), .init(String(decoding: value.compact, as: UTF8.self)))
    }
    let budget = record.budget.map { " of \($0)" } ?? ""
    rows.add("cost", .init((cost?.description ?? "nothing") + budget))
    rows.write(to: page.output, on: page.terminal, indent: 2)
    page.section("Tasks", taskRows)
  }

  /// The instances of one template share a line; those that ask for attention follow it.
  private var taskRows: Columns {
    var rows = Columns()
    let fans = FanProgress.all(of: run)
    var told: Set<Name> = []
    for task in run.tasksInOrder {
      let (name, record) = (task.record.task, task.record)
      // Its instances say it all once they are there.
      if record.isFan, record.state == .succeeded, fans[name] != nil { continue }
      if let template = record.specification.item?.template, let fan = fans[template] {
        if told.insert(template).inserted {
          rows.add(.init(template.text), .init(fan.summary, .bold), .init(fan.states))
        }
        guard fan.isSmall || record.state.asksForAttention else { continue }
      }
      let time = time(of: name)
      rows.add(
        .init(name.text), .state(record.state.rawValue),
        .init(time == .zero ? "" : "\(Seconds(time))"), .init(cost(of: name)?.description ?? ""),
        .init(record.attempts.count > 1 ? "\(record.attempts.count) attempts" : ""),
        .init(explanation(of: name)))
    }
    return rows
  }

  private func explanation(of name: Name) -> String {
    guard let standing = standings[name], standing.reason != nil else { return "" }
    switch standing.task.record.state {
    case .pending where standing.reason?.code != .ready: return standing.sentence
    case .waiting, .held, .failed, .skipped, .expired, .cancelled: return standing.sentence
    case .pending, .running, .succeeded: return ""
    }
  }
}
