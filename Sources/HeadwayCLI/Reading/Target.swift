internal import HeadwayCore
internal import HeadwayEngine

/// What a person named on the command line: a run, a task of it, or one attempt of that.
enum Target: Sendable {
  case run(BoardRun)
  case task(BoardRun, BoardTask)
  case attempt(BoardRun, BoardTask, number: Int)

  /// Reads `RUN`, `RUN/TASK` or `RUN/TASK.N`, where the run and the task may be written as any
  /// beginning that only one of them has.
  init(_ text: String, in view: LedgerView) async throws {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let run = try await Self.run(String(parts[0]), in: view)
    guard parts.count == 2, !parts[1].isEmpty else {
      self = .run(run)
      return
    }
    let words = parts[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let task = try Self.task(String(words[0]), of: run)
    guard words.count == 2 else {
      self = .task(run, task)
      return
    }
    let last = task.record.dispatched?.attempt ?? task.record.attempts.count
    guard let number = Int(words[1]), (1...max(1, last)).contains(number), last > 0 else {
      throw Complaint.Carrier(
        Complaint(
          "\(task.record.id) has no attempt \(words[1])",
          hint: last == 0
            ? "it has not run yet" : "its attempts are \(last == 1 ? "1" : "1 to \(last)")",
          status: .usage))
    }
    self = .attempt(run, task, number: number)
  }

  /// A task, where a run or an attempt alone would not do.
  static func task(
    _ text: String, in view: LedgerView
  ) async throws -> (run: BoardRun, task: BoardTask) {
    switch try await Target(text, in: view) {
    case .task(let run, let task), .attempt(let run, let task, _): return (run, task)
    case .run(let run):
      let names = run.record.tasks.map { "\(run.record.id)/\($0)" }
      throw Complaint.Carrier(
        Complaint(
          "\(run.record.id) is a run; name one of its tasks",
          hint: names.joined(separator: ", "), status: .usage))
    }
  }

  private static func run(_ text: String, in view: LedgerView) async throws -> BoardRun {
    let (name, near): (String, [String])
    do {
      return try await view.run(text)
    } catch {
      guard case .unknownRun(let unknown, let candidates) = error else { throw error }
      (name, near) = (unknown, candidates)
    }
    let ambiguous = near.filter { !name.isEmpty && $0.hasPrefix(name) }
    guard ambiguous.isEmpty else {
      throw Complaint.Carrier(
        Complaint(
          "several runs begin with `\(name)`",
          hint: "name one of them: \(ambiguous.prefix(10).joined(separator: ", "))",
          status: .usage))
    }
    let past = try await view.finishedRuns(limit: 500)
    let records = view.board.runsInOrder.map(\.record) + past
    throw EngineError.unknownRun(name, near: [nearest(to: name, among: records)].compactMap { $0 })
  }

  /// People remember a run by its brief, so its slug counts as its name here.
  private static func nearest(to name: String, among records: [RunRecord]) -> String? {
    if let id = Nearest.nearest(to: name, among: records.map(\.id.text)) { return id }
    if let exact = records.first(where: { $0.slug == name }) { return exact.id.text }
    let slug = Nearest.nearest(to: name, among: records.map(\.slug))
    return records.first { $0.slug == slug }?.id.text
  }

  private static func task(_ text: String, of run: BoardRun) throws -> BoardTask {
    if let name = Name(text), let task = run.tasks[name] { return task }
    let names = run.record.tasks.map(\.text)
    let matches = names.filter { !text.isEmpty && $0.hasPrefix(text) }
    if matches.count == 1, let name = Name(matches[0]), let task = run.tasks[name] { return task }
    let hint =
      matches.isEmpty
      ? Nearest.hint(for: text, among: names, listing: "its tasks are")
      : "several begin so: \(matches.joined(separator: ", "))"
    throw Complaint.Carrier(
      Complaint(
        "\(run.record.id) has no task `\(text)`", hints: [hint].compactMap { $0 }, status: .usage))
  }
}
