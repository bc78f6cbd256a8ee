/// What probably becomes of everything on the board: the planner itself, played forward under a
/// clock that is only counted.
///
/// Nothing is executed, nothing is written, and the same board, rules and moment always give the
/// same forecast.
package struct Forecast: Hashable, Sendable {
  package let from: Instant
  package let pace: Pace
  /// Every task that has not ended, or that changed inputs begin again, in the board's order.
  package let tasks: [Prospect]
  /// `false` where the play was ended before everything had come to rest.
  package let isComplete: Bool

  /// How long and how dear work is taken to be, of what the ledger has seen of its kind.
  package enum Pace: String, Hashable, Sendable, CaseIterable {
    /// The median: half of it took longer.
    case usual
    /// The 80th percentile: one in five took longer.
    case slow

    package var percent: Int { self == .usual ? 50 : 80 }
  }

  /// What is supposed where the ledger says nothing.
  package struct Assumptions: Hashable, Sendable {
    package var pace: Pace
    /// How long people take to sign; `nil` goes by what they took lately.
    package var signing: Span?
    /// No further than this from now.
    package var horizon: Span
    /// How many tasks may be looked at, over all passes.
    package var looks: Int

    package init(
      pace: Pace = .usual, signing: Span? = nil, horizon: Span = .days(90),
      looks: Int = 5_000_000
    ) {
      self.pace = pace
      self.signing = signing
      self.horizon = horizon
      self.looks = looks
    }
  }

  /// What an expected length rests on.
  package enum Basis: Hashable, Sendable {
    /// So many attempts of the same kind.
    case learned(Int)
    /// The pipeline's own `estimate`.
    case estimate
    /// Nobody knows: a minute for work, four hours for people.
    case standard
    /// The reader said so.
    case given
  }

  /// What becomes of one task.
  package struct Prospect: Hashable, Sendable {
    package let id: TaskID
    package let isPerson: Bool
    package let deadline: Instant?
    /// When its last attempt began or will begin; for people, when they are asked.
    package let begins: Instant?
    package let end: End
    /// What its attempts from now on will cost.
    package let cost: Money
    package let basis: Basis
  }

  package enum End: Hashable, Sendable {
    case succeeds(Instant)
    /// Without a result.
    case ends(TaskState, at: Instant, Reason?)
    /// It stays as it is until somebody does something.
    case stands(TaskState, Reason?)
    /// It has not ended where the play does.
    case open(TaskState)
  }

  /// `unheard` is when nobody looked, as moments have it.
  package init(
    _ board: Board, _ rules: Rules, _ experience: Experience, at now: Instant,
    unheard: [Pause] = []
  ) {
    var rehearsal = Rehearsal(
      board, rules, experience, at: max(now, board.latest), unheard: unheard)
    self = rehearsal.play()
  }

  init(from: Instant, pace: Pace, tasks: [Prospect], isComplete: Bool) {
    self.from = from
    self.pace = pace
    self.tasks = tasks
    self.isComplete = isComplete
  }
}

extension Forecast.Prospect {
  /// When it succeeds; `nil` where it does not.
  package var finish: Instant? { if case .succeeds(let instant) = end { instant } else { nil } }

  /// By how much it misses its deadline; `nil` where it keeps it, has none, or never gets there.
  package var delay: Span? {
    guard let deadline, let finish, finish > deadline else { return nil }
    return finish - deadline
  }
}

extension Forecast {
  /// What becomes of one run.
  package struct RunProspect: Hashable, Sendable {
    package let id: RunID
    package let tasks: [Prospect]
    package let cost: Money

    /// When its last task ends; `nil` where something in it does not end by itself.
    package var finish: Instant? {
      var last: Instant?
      for task in tasks {
        switch task.end {
        case .succeeds(let at), .ends(_, let at, _): last = max(last ?? at, at)
        case .stands, .open: return nil
        }
      }
      return last
    }
  }

  /// In the board's order.
  package var runs: [RunProspect] {
    var order: [RunID] = []
    var parts: [RunID: [Prospect]] = [:]
    for task in tasks {
      if parts[task.id.run] == nil { order.append(task.id.run) }
      parts[task.id.run, default: []].append(task)
    }
    return order.compactMap { id in
      guard let tasks = parts[id], let first = tasks.first else { return nil }
      let cost = tasks.dropFirst().reduce(first.cost) { $0.adding($1.cost) ?? $0 }
      return RunProspect(id: id, tasks: tasks, cost: cost)
    }
  }
}
