internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// Why a task is where it is: its cause, each attempt with its decision, and what keeps it now.
struct Explanation: Sendable {
  let run: BoardRun
  let standing: TaskStanding
  let attempts: [Executed]
  let proposals: [(proposal: ProposalRecord, judged: JudgementRecord?)]
  /// The ledger's commits about the task, oldest first.
  let story: [StoryEvent]
  let earlier: EarlierEffect?
  let reuse: Reuse?
  /// The most that may have been spent on an attempt under way.
  let now: Instant

  /// One settled attempt and the decision that started it.
  struct Executed: Sendable {
    let record: AttemptRecord
    let pass: DecisionRecord?
    let decision: Decision?

    /// What was set aside for it before it started.
    var reserved: Money? {
      guard case .start(_, let reserved) = decision?.verdict else { return nil }
      return reserved
    }
  }

  init(
    _ run: BoardRun, _ task: BoardTask, only number: Int?, in view: LedgerView, at now: Instant
  ) async throws {
    self.run = run
    self.now = now
    standing = TaskStanding(
      run: run.record, task: task, Standings(try await view.plan(at: now), at: now))
    var executed: [Executed] = []
    let records = try await view.attempts(of: task)
    reuse = Reuse(of: task.record, in: run, among: records)
    for record in records
    where number.map({ $0 == record.id.number }) ?? true {
      let pass = try await view.decision(at: record.decision)
      executed.append(
        Executed(
          record: record, pass: pass,
          decision: pass?.decisions.first { $0.task == record.id.task }))
    }
    attempts = executed
    proposals = try await view.proposals(of: task).filter { proposal, _ in
      number.map { $0 == proposal.attempt.number } ?? true
    }
    let id = task.record.id
    story = try await view.commits(of: id.run, limit: .max).map(StoryEvent.init)
      .filter { $0.tells(of: id) }.reversed()
    earlier = try await EarlierEffect(of: task, in: run, in: view)
  }

  var record: TaskRecord { standing.task.record }

  var facts: JSONValue {
    [
      "task": .string(record.id.description), "state": .string(record.state.rawValue),
      "cause": [
        "kind": .string(run.record.cause.kind.rawValue),
        "path": .string(run.record.cause.path),
        "commit": .string(run.record.cause.commit.hex),
        "revision": .integer(record.revision),
      ],
      "intent": .string(record.specification.intent),
      "attempts": .array(
        attempts.map { $0.facts(changes: changes(before: $0.record)) }),
      "inquiries": record.json["inquiries"] ?? .null, "reuse": reuse?.facts ?? .null,
      "proposals": .array(
        proposals.map { ["proposal": $0.proposal.json, "judged": $0.judged?.json ?? .null] }),
      "now": standing.facts, "earlier": earlier?.facts ?? .null,
      "lineage": .array(story.map(\.facts)),
    ]
  }
}

extension Explanation.Executed {
  fileprivate func facts(changes: [WorkParts.Change]?) -> JSONValue {
    [
      "attempt": record.json, "reserved": reserved?.json ?? .null,
      "changes": changes.map { .array($0.map(\.facts)) } ?? .null,
      "pass": pass.map {
        [
          "planner": .integer($0.planner), "main": .string($0.main.hex),
          "ledger": .string($0.ledger.hex), "moment": .string($0.moment.time.description),
          "slots": .integer($0.moment.slots),
        ]
      } ?? .null,
      "reasons": .array(decision?.reasons.map(\.json) ?? []),
    ]
  }
}
