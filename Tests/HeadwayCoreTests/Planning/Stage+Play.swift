import HeadwayCore
import Testing

extension Stage {
  /// When a task began, or was put before people, and when it ended.
  struct Course: Hashable {
    var begun: Instant
    var ended: Instant?
  }

  /// Lets everything that starts succeed after its length, until nothing moves any more.
  mutating func play(_ length: (TaskID) -> Span) throws -> [TaskID: Course] {
    var courses: [TaskID: Course] = [:]
    var ends: [TaskID: Instant] = [:]
    for _ in 0..<1_000 {
      for (id, end) in ends where end <= now {
        if try #require(board[id]).record.isPerson {
          try approve(id.task.text, run: id.run)
        } else {
          try settle(id.task.text, run: id.run)
        }
        ends[id] = nil
        courses[id]?.ended = now
      }
      try settleDown()
      for task in board.running.map(\.record) where ends[task.id] == nil {
        if task.isPerson { try propose(task.task.text, run: task.run) }
        courses[task.id] = Course(begun: now)
        ends[task.id] = now + length(task.id)
      }
      let next = ([look().wake].compactMap { $0 } + ends.values).filter { $0 > now }.min()
      guard let next else { return courses }
      now = next
    }
    Issue.record("the play has no end")
    return courses
  }

  /// What is foreseen from here.
  func forecast(
    _ assumptions: Forecast.Assumptions = Forecast.Assumptions(),
    costs: [String: [Money]] = [:]
  ) -> Forecast {
    Forecast(board, rules, Experience(board, costs: costs, assumptions), at: now)
  }
}
