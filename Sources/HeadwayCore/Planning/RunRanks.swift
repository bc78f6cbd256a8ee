/// What a task is worth to everything that waits for it.
struct Rank: Hashable, Sendable {
  /// The highest of its own and of those that still need it.
  var priority: Int
  /// The earliest of the same; `.max` without any.
  var deadline: Instant
  /// Expected milliseconds from its start to the end of what follows it.
  var path: Int64

  static let never = Instant(milliseconds: .max)

  init(_ task: TaskRecord, expected: Span) {
    priority = task.specification.priority
    deadline = task.specification.deadline ?? Self.never
    path = expected.milliseconds
  }

  /// Inherits from a task that still needs this one, whose own share of the path is `own`.
  fileprivate mutating func inherit(from next: Rank, own: Int64) {
    priority = max(priority, next.priority)
    deadline = min(deadline, next.deadline)
    let (longer, overflow) = own.addingReportingOverflow(next.path)
    path = max(path, overflow ? .max : longer)
  }
}

/// The ranks of one run's tasks: deadlines and priorities go from each task to all that it needs.
struct RunRanks: Sendable {
  /// Those that somebody waits for; every other task has the rank of its own.
  private let inherited: [Name: Rank]

  init(_ run: BoardRun, _ estimates: inout Estimates) {
    let open = run.tasksInOrder.map(\.record).filter { !$0.state.isTerminal }
    guard open.contains(where: { !$0.specification.after.isEmpty }) else {
      inherited = [:]
      return
    }
    var places: [Name: Int] = [:]
    for (place, task) in open.enumerated() { places[task.task] = place }
    let needs = open.map { $0.specification.after.compactMap { places[$0] } }
    var ranks = open.map { Rank($0, expected: estimates.expected($0)) }
    let own = ranks.map(\.path)
    // From the last tasks to the first; what a cycle of a damaged record leaves keeps its own.
    var waiting = [Int](repeating: 0, count: open.count)
    for place in needs.joined() { waiting[place] += 1 }
    let needed = Set(open.indices.filter { waiting[$0] > 0 })
    var ready = open.indices.filter { waiting[$0] == 0 }
    while let next = ready.popLast() {
      for place in needs[next] {
        ranks[place].inherit(from: ranks[next], own: own[place])
        waiting[place] -= 1
        if waiting[place] == 0 { ready.append(place) }
      }
    }
    inherited = Dictionary(uniqueKeysWithValues: needed.map { (open[$0].task, ranks[$0]) })
  }

  func rank(of task: TaskRecord, _ estimates: inout Estimates) -> Rank {
    inherited[task.task] ?? Rank(task, expected: estimates.expected(task))
  }
}
