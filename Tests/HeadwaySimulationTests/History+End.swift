import Git
import HeadwayCore
import HeadwayTestSupport

@testable import HeadwayEngine

extension History {
  /// Faults stop, people answer: everything that can finish has to.
  mutating func comeToRest() async throws {
    isCalm = true
    tell("from here on all goes well")
    try await mendMain()
    let rounds = patience + 2 * unfinished
    for round in 0..<rounds where faults.isEmpty {
      try await tick(meeting: nil)
      let board = board
      let isOver = !board.runs.values.contains { $0.record.state == .active }
      if isOver, board.incidents.isEmpty, isObserved { return }
      try await answer(board, impatiently: round > rounds / 2)
      passTimeToNextWake(board)
    }
    guard faults.isEmpty else { return }
    for run in board.runsInOrder where run.record.state == .active {
      let left = run.tasksInOrder.map { task in
        "\(task.record.task) \(task.record.state.rawValue)"
          + (task.record.reason.map { " (\($0.code.rawValue))" } ?? "")
      }
      fault("\(run.record.id) never ends: \(left.joined(separator: ", "))")
    }
    for incident in board.incidents.keys.sorted() { fault("the incident \(incident) never ends") }
    if !isObserved { fault("main's last commit is never observed") }
  }

  /// What a long freeze has piled up goes through the same keys, one after the other.
  private var unfinished: Int { board.tasksInOrder.count { !$0.record.state.isTerminal } }

  private var isObserved: Bool { board.main?.judged.hex == home.tip(Home.main) }

  private mutating func mendMain() async throws {
    var changes: [String: String?] = [:]
    for (path, text) in files.sorted(by: { $0.key < $1.key }) where text == Papers.broken {
      changes[path] = papers.pipeline(String(path.dropFirst(10).dropLast(5)), &random)
    }
    if papers.theme.hasTriggers {
      // Nothing starts by the clock any more, so that an end can come.
      changes["schedules/clock.json"] = String?.none
      changes["pipelines/clock.json"] = papers.pipeline("clock", &random, isAsked: true)
    }
    papers.dayCost = 500
    changes["headway.json"] = papers.settings
    try await commit(changes)
  }

  private mutating func answer(_ board: Board, impatiently: Bool) async throws {
    if board.main?.freeze != nil { try say(.thaw) }
    for id in board.incidents.keys.sorted() { try say(.clear(incident: id)) }
    if papers.theme.hasApprovals { try await sign() }
    for run in board.runsInOrder where run.record.hold != nil {
      try say(.releaseRun(run.record.id))
    }
    for task in board.tasksInOrder.map(\.record) where task.hold != nil {
      try say(.release(task.id))
    }
    for task in board.tasksInOrder.map(\.record) where task.state == .held && task.hold == nil {
      if impatiently { try say(.cancelTask(task.id)) } else { try release(task) }
    }
  }

  private mutating func release(_ task: TaskRecord) throws {
    switch task.reason?.code {
    case .alreadyDone, .uncertain:
      try say(random.pick([.repeatEffect(task.id), adoption(of: task)]))
    case .runBudget: try say(.cancelTask(task.id))
    case .compensation:
      try say(random.pick([.compensate(task.run, from: nil), .cancel(task.run)]))
    default: try say(.retry(task.id))
    }
  }

  private mutating func passTimeToNextWake(_ board: Board) {
    let report = world.read { state -> TickReport? in
      if case .success(.ran(let report)) = state.end { report } else { nil }
    }
    let now = world.now
    let next = report?.next ?? now + .minutes(1)
    world.turn(by: max(.seconds(1), max(next, board.latest) - now))
  }

  /// What must hold of a whole history.
  mutating func checkEnd() async throws {
    guard let tip = walk.tip, faults.isEmpty else { return }
    let site = try await Site.find(from: home.folder.path)
    let report = try await Replay(site, of: nil).report()
    for difference in report.differences + report.otherPlanners {
      fault("replay differs: \(difference)")
    }
    let index = try LedgerIndex(path: site.folders.index)
    let boards = [
      ("commit by commit", board),
      ("by the index", try await index.board(at: tip, in: site.store)),
      ("by the tree", try await LedgerIndex().board(at: tip, in: site.store)),
    ]
    for (name, other) in boards.dropFirst() {
      for difference in Standing.differences(boards[0].1, other) {
        fault("the board \(name): \(difference)")
      }
    }
  }
}
