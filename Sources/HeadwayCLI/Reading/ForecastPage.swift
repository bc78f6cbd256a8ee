internal import HeadwayCore

/// What will probably become of the board, at the usual pace and at a slow one.
struct ForecastPage: Sendable {
  let usual: Forecast
  let slow: Forecast
  let board: Board
  let ledger: CommitID
  let subject: Subject
  /// What schedules will start; it is in no forecast.
  let upcoming: [NextInstant]

  enum Subject: Hashable, Sendable {
    case everything
    case run(RunID)
    /// A task, with the names of all that comes before it, its own among them.
    case task(TaskID, with: Set<Name>)
  }

  /// One task at both paces.
  struct Line: Sendable {
    let usual: Forecast.Prospect
    let slow: Forecast.Prospect

    var id: TaskID { usual.id }
    /// The sooner sign of being late.
    var isLate: Bool { usual.delay != nil || slow.delay != nil }
  }

  var lines: [Line] {
    let slowly = Dictionary(slow.tasks.map { ($0.id, $0) }) { first, _ in first }
    return usual.tasks.filter(isAsked).compactMap { task in
      slowly[task.id].map { Line(usual: task, slow: $0) }
    }
  }

  private func isAsked(_ task: Forecast.Prospect) -> Bool {
    switch subject {
    case .everything: true
    case .run(let run): task.id.run == run
    case .task(let id, let names): task.id.run == id.run && names.contains(task.id.task)
    }
  }

  /// One run at both paces.
  struct RunLine: Sendable {
    let record: RunRecord
    let usual: Forecast.RunProspect
    let slow: Forecast.RunProspect
    let spent: Money

    /// By how much its last task misses the due date; `nil` where it does not or nobody knows.
    var delay: Span? {
      guard let due = record.due, let finish = usual.finish, finish > due else { return nil }
      return finish - due
    }
  }

  var runs: [RunLine] {
    let slowly = Dictionary(slow.runs.map { ($0.id, $0) }) { first, _ in first }
    return usual.runs.compactMap { run in
      guard let record = board.runs[run.id]?.record, let other = slowly[run.id],
        run.tasks.contains(where: isAsked)
      else { return nil }
      return RunLine(
        record: record, usual: run, slow: other,
        spent: Money(micros: board.spend.runs[run.id] ?? 0, currency: run.cost.currency))
    }
  }

  /// People's tasks that are asked for, by when.
  var asks: [Line] {
    lines.filter { $0.usual.isPerson && $0.usual.begins != nil }
      .sorted { ($0.usual.begins ?? usual.from, $0.id) < ($1.usual.begins ?? usual.from, $1.id) }
  }

  /// Tasks that nothing moves, less those that only come after such a one.
  var stands: [(line: Line, state: TaskState, reason: Reason?)] {
    lines.compactMap { line in
      guard case .stands(let state, let reason) = line.usual.end, reason?.code != .dependencies
      else { return nil }
      return (line, state, reason)
    }
  }

  /// How many tasks only come after those that nothing moves.
  var behind: Int {
    lines.count { line in
      if case .stands(_, let reason) = line.usual.end {
        reason?.code == .dependencies
      } else {
        false
      }
    }
  }

  var isComplete: Bool { usual.isComplete && slow.isComplete }

  /// What is supposed, in sentences.
  var assumptions: [String] {
    [
      "Every attempt succeeds; executors that are down work again at their next probe; people "
        + "approve; conditions on results that are not there yet hold.",
      "Work takes as long, and costs as much, as it did lately: half of it did not exceed the "
        + "first figure, four in five not the second. Where the ledger knows nothing: the "
        + "pipeline's estimate, else a minute for work, four hours for people, and the most that "
        + "an attempt may cost.",
      "Nobody commits anything, and no new run begins. The items of lists that tasks have yet to "
        + "deliver are not counted.",
    ]
  }
}
