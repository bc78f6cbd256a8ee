import HeadwayCore

// MARK: attempts

extension Mutation {
  static let attempts: [Mutation] = [
    Mutation("the outcome of") { steps in
      steps.endingAttempt(where: { _ in true }) { $0 }
    },
    Mutation("never dispatched") { steps in
      steps.endingAttempt(where: { $0.isolation == "none" }) {
        $0.replacing("number", with: .integer(77))
      }
    },
    Mutation("is not what was dispatched") { steps in
      steps.editingRecord { record in
        guard case .attempt(let attempt, let folder) = record, attempt.isolation == "none",
          let json = attempt.json.replacing("fingerprint", with: .string("other"))
        else { return nil }
        return try .attempt(AttemptRecord(json: json), folder: folder)
      }
    },
    Mutation("happened twice") { steps in
      steps.endingAttempt(where: { $0.effect == .external && $0.outcome == .succeeded }) {
        $0.replacing("number", with: .integer(77))
      }
    },
    Mutation("the proposal") { steps in
      steps.editing { step in
        for index in step.files.indices {
          guard case .proposal = step.files[index].record else { continue }
          step.files[index].isChange = true
          return true
        }
        return false
      }
    },
  ]
}

// MARK: decisions

extension Mutation {
  static let decisions: [Mutation] = [
    Mutation("a decision changed") { steps in
      steps.editing { step in
        for index in step.files.indices {
          guard case .decision = step.files[index].record else { continue }
          step.files[index].isChange = true
          return true
        }
        return false
      }
    },
    Mutation("over another commit") { steps in
      guard let record = steps.decision(where: { _ in true }) else { return nil }
      return steps.ending(.decision, [.decision(record)], rules: steps.rules)
    },
    Mutation("without settings") { steps in
      steps.editingRules { _ in nil }
    },
    Mutation("slots in use") { steps in
      steps.editingRules { rules in
        var rules = rules
        rules.concurrency = 0
        return rules
      }
    },
    Mutation("more started than") { steps in
      steps.editingRules { rules in
        var rules = rules
        for name in rules.executors.keys { rules.executors[name]?.concurrency = 0 }
        return rules
      }
    },
    Mutation("the day's budget is overdrawn") { steps in
      steps.editingRules { rules in
        var rules = rules
        rules.dayCost = .zero(.usd)
        return rules
      }
    },
    Mutation("the budget of") { steps in
      steps.editingRules { rules in
        var rules = rules
        rules.runCost = .zero(.usd)
        return rules
      }
    },
    Mutation("two decisions about one task") { steps in
      steps.deciding { $0 + $0 }
    },
    Mutation("without a reason") { steps in
      steps.deciding { decisions in
        decisions.map { Decision(task: $0.task, verdict: $0.verdict, reasons: []) }
      }
    },
    Mutation("was started when") { steps in steps.startingAgain { $0.state == .succeeded } },
    Mutation("skipped an attempt") { steps in steps.startingAgain { _ in true } },
    Mutation("started again without a person's word") { steps in
      steps.startingAgain { $0.specification.effect == .external && $0.state == .succeeded }
    },
    Mutation("whose fate is unknown") { steps in
      steps.startingAfter(outcome: .lost, effect: .external)
    },
    Mutation("losses") { steps in steps.startingAfter(outcome: .lost, times: 4) },
    Mutation("failures") { steps in steps.startingAfter(outcome: .failed, times: 100) },
    Mutation("started while frozen") { steps in
      guard let first = steps.first else { return nil }
      for case .main(var main) in first.files.map(\.record) {
        main.freezeFile = true
        var steps = steps
        // Every observation would thaw it again.
        for index in steps.indices {
          steps[index].files.removeAll { if case .main = $0.record { true } else { false } }
        }
        steps[0].files.append(.init(record: .main(main), isChange: false))
        return steps
      }
      return nil
    },
    Mutation("one effect runs twice") { steps in
      steps.deciding { decisions in
        let external = decisions.first { decision in
          guard case .start = decision.verdict else { return false }
          return steps.specification(of: decision.task)?.effect == .external
        }
        return external.map { decisions + [$0] } ?? decisions
      }
    },
  ]
}

extension [LedgerStep] {
  fileprivate var rules: Rules? { compactMap(\.rules).last }

  fileprivate func decision(where fits: (DecisionRecord) -> Bool) -> DecisionRecord? {
    for file in flatMap(\.files) {
      if case .decision(let record) = file.record, fits(record) { return record }
    }
    return nil
  }

  fileprivate func specification(of id: TaskID) -> TaskRecord.Specification? {
    for file in flatMap(\.files) {
      if case .task(let task, _) = file.record, task.id == id { return task.specification }
    }
    return nil
  }

  fileprivate func editingRecord(_ edit: (LedgerFile) throws -> LedgerFile?) -> [LedgerStep]? {
    editing { step in
      for index in step.files.indices {
        do {
          guard let record = try edit(step.files[index].record) else { continue }
          step.files[index].record = record
          return true
        } catch { continue }
      }
      return false
    }
  }

  /// Other rules at every decision.
  fileprivate func editingRules(_ edit: (Rules) -> Rules?) -> [LedgerStep]? {
    var steps = self
    for index in steps.indices { steps[index].rules = steps[index].rules.flatMap(edit) }
    return steps
  }

  /// Another list of decisions in every record.
  fileprivate func deciding(_ edit: ([Decision]) -> [Decision]) -> [LedgerStep]? {
    var steps = self
    for step in steps.indices {
      for file in steps[step].files.indices {
        guard case .decision(let old) = steps[step].files[file].record else { continue }
        let record = DecisionRecord(
          planner: old.planner, main: old.main, ledger: old.ledger, moment: old.moment,
          decisions: edit(old.decisions))
        steps[step].files[file].record = .decision(record)
      }
    }
    return steps
  }

  /// One more commit with an attempt that was there before, changed by `edit`.
  fileprivate func endingAttempt(
    where fits: (AttemptRecord) -> Bool, _ edit: (JSONValue) -> JSONValue?
  ) -> [LedgerStep]? {
    for file in flatMap(\.files) {
      guard case .attempt(let attempt, let folder) = file.record, fits(attempt),
        let json = edit(attempt.json)
      else { continue }
      do {
        return ending(.result, [.attempt(try AttemptRecord(json: json), folder: folder)])
      } catch { continue }
    }
    return nil
  }

  /// One more decision, which starts a task as it stood last with a number of its own making.
  fileprivate func startingAgain(_ fits: (TaskRecord) -> Bool) -> [LedgerStep]? {
    var auditor = Auditor()
    for step in self { auditor.take(step) }
    guard let task = auditor.board.tasksInOrder.map(\.record).first(where: fits),
      let old = decision(where: { _ in true })
    else { return nil }
    let reason = Reason(.ready, since: old.moment.time, clears: .event("started"))
    let record = DecisionRecord(
      planner: old.planner, main: old.main, ledger: old.ledger, moment: old.moment,
      decisions: [
        Decision(
          task: task.id, verdict: .start(attempt: task.nextAttempt + 1, reserved: nil),
          reasons: [reason])
      ])
    return ending(.decision, [.decision(record)], rules: rules)
  }

  /// A pending task gets a past that forbids to start it, and is started.
  fileprivate func startingAfter(
    outcome: TaskRecord.OutcomeKind, times: Int = 1, effect: Effect? = nil
  ) -> [LedgerStep]? {
    var auditor = Auditor()
    for step in self { auditor.take(step) }
    let found = auditor.board.tasksInOrder.first { task in
      effect.map { $0 == task.record.specification.effect } ?? !task.record.isPerson
    }
    guard var task = found?.record, let folder = found?.folder else { return nil }
    task.state = .pending
    (task.accepted, task.dispatched, task.allowance) = (nil, nil, nil)
    task.settledBefore = task.attempts.count
    for _ in 0..<times {
      task.attempts.append(
        .init(
          number: task.nextAttempt, outcome: outcome,
          failure: outcome == .failed ? .transient : nil, retryAfter: nil, fingerprint: "",
          at: task.admitted))
    }
    let steps = ending(.reopened, [.task(task, folder: folder)], isChange: true)
    return steps?.startingAgain { $0.id == task.id }
  }
}
