import HeadwayCore

/// A fault that is put into a sound ledger, and what an auditor has to say about it.
struct Mutation: Sendable {
  let fault: String
  /// `nil` where the ledger has no place for this fault.
  let apply: @Sendable ([LedgerStep]) -> [LedgerStep]?

  init(_ fault: String, _ apply: @escaping @Sendable ([LedgerStep]) -> [LedgerStep]?) {
    self.fault = fault
    self.apply = apply
  }

  func apply(to steps: [LedgerStep]) -> [LedgerStep]? { apply(steps) }

  static let all = lines + tasks + attempts + decisions
}

// MARK: the line of commits

extension Mutation {
  private static let lines: [Mutation] = [
    Mutation("not one line") { steps in
      guard steps.count > 2 else { return nil }
      var steps = steps
      steps.remove(at: 1)
      return steps
    },
    Mutation("not one line") { steps in
      steps.editing { step in
        guard let parent = step.parents.first else { return false }
        step.parents = [parent, parent]
        return true
      }
    },
    Mutation("without an event") { steps in
      steps.editing { step in
        step.event = nil
        return true
      }
    },
    Mutation("was taken away") { steps in
      steps.editing { step in
        step.removed = ["runs/x/run.json"]
        return true
      }
    },
    Mutation("has two runs") { steps in
      for step in steps {
        for case .run(let run) in step.files.map(\.record) {
          guard let json = run.json.replacing("id", with: .string("another-0a1b2c")) else {
            continue
          }
          do {
            let other = try RunRecord(json: json)
            return steps.ending(.run, [.run(other)])
          } catch { continue }
        }
      }
      return nil
    },
  ]
}

// MARK: tasks

extension Mutation {
  private static let tasks: [Mutation] = [
    Mutation("without a cause") { steps in
      steps.endingTask(where: { $0.state.isTerminal }, .observed) { $0.reopen(at: $0.admitted) }
    },
    Mutation("without a cause") { steps in
      // The right event, but nobody stands for it.
      guard
        var spoilt = steps.endingTask(
          where: { $0.state.isTerminal }, .reopened, { $0.reopen(at: $0.admitted) })
      else { return nil }
      spoilt[spoilt.count - 1].trailers = []
      return spoilt
    },
    Mutation("are [") { steps in
      steps.endingTask(where: { !$0.attempts.isEmpty }) { task in
        guard let last = task.attempts.last else { return }
        task.attempts.append(last.numbered(last.number + 2))
      }
    },
    Mutation("summary of an attempt") { steps in
      steps.endingTask(where: { $0.attempts.count > 1 }) { $0.attempts.swapAt(0, 1) }
    },
    Mutation("several attempts at once") { steps in
      steps.endingTask(where: { !$0.attempts.isEmpty }) { task in
        guard let last = task.attempts.last else { return }
        task.attempts += [last.numbered(last.number + 1), last.numbered(last.number + 2)]
      }
    },
    Mutation("and dispatched") { steps in
      steps.editingTask(where: { $0.state == .running }) { $0.dispatched = nil }
    },
    Mutation("under way") { steps in
      steps.editingTask(where: { $0.state == .running }) { task in
        guard let last = task.attempts.last else { return }
        task.attempts.append(last.numbered(last.number + 1))
      }
    },
    Mutation("and accepted") { steps in
      steps.editingTask(where: { $0.state == .succeeded }) { $0.accepted = nil }
    },
    Mutation("which did not succeed") { steps in
      steps.editingTask(where: { task in
        task.state == .succeeded && task.attempts.contains { $0.outcome != .succeeded }
      }) { task in
        task.accepted = task.attempts.first { $0.outcome != .succeeded }?.number
      }
    },
    Mutation("changed under way") { steps in
      guard
        let at = steps.firstIndex(where: { step in
          step.files.contains { file in
            if case .task(let task, _) = file.record { task.state == .running } else { false }
          }
        })
      else { return nil }
      let part = Array(steps[...at])
      return part.endingTask(where: { $0.state == .running }) { task in
        guard let old = task.dispatched else { return }
        task.dispatched = .init(
          attempt: old.attempt, reserved: old.reserved, fingerprint: "other",
          decision: old.decision, at: old.at, effectKey: old.effectKey)
      }
    },
  ]
}

extension TaskRecord.AttemptSummary {
  fileprivate func numbered(_ number: Int) -> Self {
    .init(
      number: number, outcome: outcome, failure: failure, retryAfter: retryAfter,
      fingerprint: fingerprint, at: at)
  }
}

extension JSONValue {
  func replacing(_ field: String, with value: JSONValue) -> JSONValue? {
    guard var fields else { return nil }
    fields[field] = value
    return .object(fields)
  }
}

extension [LedgerStep] {
  /// The same with the first step changed for which `edit` says that it changed it.
  func editing(_ edit: (inout LedgerStep) -> Bool) -> [LedgerStep]? {
    var steps = self
    for index in steps.indices where edit(&steps[index]) { return steps }
    return nil
  }

  func editingTask(
    where fits: (TaskRecord) -> Bool, _ edit: (inout TaskRecord) -> Void
  ) -> [LedgerStep]? {
    editing { step in
      for index in step.files.indices {
        guard case .task(var task, let folder) = step.files[index].record, fits(task) else {
          continue
        }
        let before = task
        edit(&task)
        guard task != before else { continue }
        step.files[index].record = .task(task, folder: folder)
        return true
      }
      return false
    }
  }

  /// One more commit with these records.
  func ending(
    _ event: LedgerEvent, _ records: [LedgerFile], isChange: Bool = false, rules: Rules? = nil
  ) -> [LedgerStep]? {
    guard let last else { return nil }
    return self + [
      LedgerStep(
        commit: "0123456789", parents: [last.commit], event: event, trailers: ["Person"],
        files: records.map { .init(record: $0, isChange: isChange) }, removed: [], rules: rules)
    ]
  }

  /// One more commit, in which a task as it stood last is another.
  func endingTask(
    where fits: (TaskRecord) -> Bool, _ event: LedgerEvent = .observed,
    _ edit: (inout TaskRecord) -> Void
  ) -> [LedgerStep]? {
    var latest: [String: LedgerFile] = [:]
    for file in flatMap(\.files) { latest[file.record.path] = file.record }
    for (_, record) in latest.sorted(by: { $0.key < $1.key }) {
      guard case .task(var task, let folder) = record, fits(task) else { continue }
      let before = task
      edit(&task)
      if task != before { return ending(event, [.task(task, folder: folder)], isChange: true) }
    }
    return nil
  }
}
