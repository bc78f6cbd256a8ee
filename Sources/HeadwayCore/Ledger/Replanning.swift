/// The tasks of a run as another expansion wants them, one by one: an edit, or a list that came.
struct Replanning {
  var run: BoardRun
  let number: Int
  /// Whether people asked for it, who may have raised a limit.
  let isEdit: Bool
  let at: Instant
  var files: [LedgerFile] = []
  /// A line for each task that is asked for anew, with what makes it other work.
  var reopened: [String] = []
  var removed: [Name] = []

  mutating func take(_ planned: PlannedTask) {
    guard var task = run.tasks[planned.name] else {
      add(planned)
      return
    }
    let isSameWork = task.record.specification.fingerprint == planned.fingerprint.hex
    let isSameEffect =
      task.record.specification.once == planned.once
      && task.record.specification.executor == planned.executor
    let changes = task.record.specification.parts.changes(to: planned.parts)
    task.record.specification = .init(planned)
    task.record.revision = number
    if !isSameEffect { task.record.allowance = nil }
    let isBack = task.record.isRemoved
    if isBack { task.record.reason = nil }
    if !isSameWork || (isBack && task.record.state == .cancelled) {
      // A running attempt keeps what it was admitted with; the planner sees that its result is
      // not of this work and asks for another.
      if task.record.state != .running, task.record.state != .waiting {
        task.record.reopen(at: at, because: isEdit ? .edit : .inputs)
      }
      task.record.reason = task.record.state == .waiting ? task.record.reason : nil
      task.record.rejections = 0
      task.record.feedback = nil
      reopened.append(Self.line(planned.name, changes, isBack: isBack))
    } else if isEdit, task.record.state == .held, let code = task.record.reason?.code,
      [.runBudget, .taskBudget, .quota].contains(code)
    {
      // The edit may have raised the limit; the planner looks again.
      task.record.closeHold(at: at)
      task.record.state = .pending
      task.record.reason = nil
    }
    put(task)
  }

  mutating func put(_ task: BoardTask) {
    run.tasks[task.record.task] = task
    files.append(.task(task.record, folder: task.folder))
  }

  private mutating func add(_ planned: PlannedTask) {
    let ordinal = run.record.tasks.count
    run.record.tasks.append(planned.name)
    let record = TaskRecord(
      planned: planned, run: run.record.id, revision: number, admitted: at, ordinal: ordinal)
    let folder = TaskRecord.folder(ordinal: ordinal, task: planned.name)
    put(BoardTask(record: record, folder: "\(run.record.folder)/\(folder)"))
    reopened.append("reopened \(planned.name): new")
  }

  private static func line(_ name: Name, _ changes: [WorkParts.Change], isBack: Bool) -> String {
    let why = changes.map(\.description) + (isBack ? ["back in the pipeline"] : [])
    return "reopened \(name): \(why.isEmpty ? "other work" : why.joined(separator: ", "))"
  }

  mutating func remove(_ name: Name, clears: String) {
    guard var task = run.tasks[name], !task.record.isRemoved else { return }
    removed.append(name)
    // What ended keeps its end, and what runs may end: neither moves again.
    if !task.record.state.isTerminal, task.record.state != .running {
      files += task.cancel(at: at, runner: nil)
    }
    task.record.reason = Reason(.taskRemoved, since: at, clears: .event(clears))
    put(task)
  }
}
