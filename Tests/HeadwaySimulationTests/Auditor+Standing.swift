import HeadwayCore

@testable import HeadwayEngine

/// What must hold of a board while nothing moves.
enum Standing {
  /// Everything that is not finished and does not run says why, and what will clear it.
  static func faults(of board: Board, plan: Planner.Plan, at now: Instant) -> [String] {
    var faults: [String] = []
    for decision in plan.decisions {
      faults.append("the tick left \(decision.verdict.word) \(decision.task) undecided")
    }
    for run in board.runsInOrder where run.record.state == .active {
      for task in run.tasksInOrder.map(\.record) {
        let reason: Reason?
        switch task.state {
        case .running, .succeeded, .failed, .skipped, .expired, .cancelled: continue
        case .held: reason = task.reason
        case .pending, .waiting: reason = plan.reasons[task.id]
        }
        guard let reason else {
          faults.append("\(task.id) is \(task.state.rawValue) without a reason")
          continue
        }
        switch reason.clears {
        case .at(let instant):
          if instant <= now { faults.append("\(task.id) waits for the past") }
          if plan.wake.map({ $0 > instant }) ?? true {
            faults.append("nobody wakes for \(task.id)")
          }
        case .event(let name):
          if name.isEmpty { faults.append("\(task.id) waits for nothing") }
        }
      }
    }
    return faults
  }

  /// Where two boards that must be one differ.
  static func differences(_ one: Board, _ other: Board) -> [String] {
    var faults: [String] = []
    if one.runs != other.runs {
      let ids = Set(one.runs.keys).union(other.runs.keys).filter { one.runs[$0] != other.runs[$0] }
      faults.append("runs differ: \(ids.sorted())")
    }
    // Of keys that nothing on the board uses, a board need not know.
    let anchor = one.opening?.anchor
    let keys = Set(
      one.tasksInOrder.compactMap { task in anchor.flatMap { task.record.effectKey(anchor: $0) } })
    if keys.contains(where: { one.effects[$0] != other.effects[$0] }) {
      faults.append("effects differ")
    }
    if one.spend.runs != other.spend.runs { faults.append("what runs cost differs") }
    // Older days are in the ledger alone.
    for day in [one.latest.day, (one.latest - .days(1)).day]
    where one.spend.days[day] != other.spend.days[day] {
      faults.append("what \(day) cost differs")
    }
    if one.incidents != other.incidents { faults.append("incidents differ") }
    if one.main != other.main { faults.append("main differs") }
    if one.opening != other.opening { faults.append("openings differ") }
    if one.latest != other.latest { faults.append("latest: \(one.latest) \(other.latest)") }
    return faults
  }

  /// Nothing is told before it is on the disk: `tip` is where the ledger stood when it was said.
  static func fault(of progress: Progress, saidAt tip: String, _ places: Auditor.Places) -> String?
  {
    let place: Int?
    switch progress {
    case .settled(let attempt, _, _): place = places.settlements[attempt]
    case .started(let attempt, _): place = places.starts[attempt]
    case .admitted(let run, _): place = places.runs[run]
    case .proposed(let attempt, _): place = places.proposals[attempt]
    case .finished(let run, _): place = places.ends[run]?.first
    case .observed(let commit), .opened(let commit): place = places.observed[commit]
    default: return nil
    }
    guard let place, let said = places.commits[tip], place <= said else {
      return "told before it was durable: \(progress)"
    }
    return nil
  }
}
