package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

/// Which tasks a verb is about: named one by one, or found by what they have in common.
package struct Selection: ParsableArguments {
  @Argument(help: ArgumentHelp("Names may be shortened.", valueName: "run/task"))
  package var names: [String] = []

  @Flag(help: "Tasks that are held.") package var held = false
  @Flag(help: "Tasks that failed.") package var failed = false
  @Flag(help: "Tasks that expired.") package var expired = false

  @Option(help: ArgumentHelp("Only this executor's.", valueName: "name"))
  package var executor: String?

  @Option(help: ArgumentHelp("Only of runs of this pipeline.", valueName: "name"))
  package var pipeline: String?

  @Option(help: ArgumentHelp("Only of this run.", valueName: "run"))
  package var run: String?

  @Option(
    help: ArgumentHelp("Only those with this reason, as `status --json` has it.", valueName: "code")
  )
  package var because: String?

  @OptionGroup package var consent: Consent

  package init() {}

  package func validate() throws {
    guard names.isEmpty || !isFilter else {
      throw ValidationError("name tasks, or say what they have in common, not both")
    }
    guard !names.isEmpty || isFilter else {
      throw ValidationError("name tasks, or say which: --held, --because, --executor, --run …")
    }
  }

  private var isFilter: Bool {
    held || failed || expired || executor != nil || pipeline != nil || run != nil
      || because != nil
  }

  private var states: Set<TaskState> {
    var states: Set<TaskState> = []
    if held { states.insert(.held) }
    if failed { states.insert(.failed) }
    if expired { states.insert(.expired) }
    return states
  }

  /// What a verb acts upon.
  enum Chosen: Sendable {
    case task(BoardRun, BoardTask)
    case run(BoardRun)

    var subject: Verb.Subject {
      switch self {
      case .task(_, let task): .task(task.record.id)
      case .run(let run): .run(run.record.id)
      }
    }

    var task: TaskRecord? {
      if case .task(_, let task) = self { return task.record }
      return nil
    }
  }

  /// What was named, each once; or every task that fits and that the verb may be said of.
  ///
  /// `takesRuns`: a run's own name means the run, else it is refused.
  func resolve(
    in view: LedgerView, takesRuns: Bool = false, where isEligible: (TaskRecord) -> Bool
  ) async throws -> [Chosen] {
    guard isFilter else { return try await named(in: view, takesRuns: takesRuns) }
    let runs = try await candidates(in: view)
    try requireKnown(among: runs)
    return runs.flatMap { run in
      run.tasksInOrder.filter { isEligible($0.record) && fits($0.record) }
        .map { .task(run, $0) }
    }
  }

  private func named(in view: LedgerView, takesRuns: Bool) async throws -> [Chosen] {
    var (chosen, seen): ([Chosen], Set<Verb.Subject>) = ([], [])
    for name in names {
      var next: Chosen
      if takesRuns, case .run(let run) = try await Target(name, in: view) {
        next = .run(run)
      } else {
        let (run, task) = try await Target.task(name, in: view)
        next = .task(run, task)
      }
      if seen.insert(next.subject).inserted { chosen.append(next) }
    }
    return chosen
  }

  /// Unfinished runs; those that failed too where tasks that have ended are asked for.
  private func candidates(in view: LedgerView) async throws -> [BoardRun] {
    if let run {
      guard case .run(let found) = try await Target(run, in: view) else {
        throw CommandError.invalid("`\(run)` is a task, not a run", hint: "name it without --run")
      }
      return [found]
    }
    var runs = view.board.runsInOrder
    if failed || expired {
      for record in try await view.finishedRuns(limit: Self.past) where record.state == .failed {
        runs.append(try await view.run(record.id.text))
      }
    }
    return runs
  }

  /// How many finished runs are looked through.
  private static let past = 500

  private func fits(_ task: TaskRecord) -> Bool {
    if !states.isEmpty, !states.contains(task.state) { return false }
    if let executor, task.specification.executor.text != executor { return false }
    if let pipeline, task.key.split(separator: "/").first.map(String.init) != pipeline {
      return false
    }
    if let because, task.reason?.code.rawValue != because { return false }
    return true
  }

  /// A misspelt word must not look like an empty set.
  private func requireKnown(among runs: [BoardRun]) throws {
    let tasks = runs.flatMap(\.tasksInOrder).map(\.record)
    try require(
      executor, among: tasks.map(\.specification.executor.text), "executor", "with tasks")
    try require(
      pipeline, among: runs.map(\.record.pipeline.name.text), "pipeline", "with runs")
    try require(because, among: ReasonCode.allCases.map(\.rawValue), "reason", "known")
  }

  private func require(
    _ word: String?, among known: [String], _ kind: String, _ listing: String
  ) throws {
    guard let word, !known.contains(word) else { return }
    let names = Set(known).sorted()
    throw Complaint.Carrier(
      Complaint(
        kind == "reason" ? "there is no reason `\(word)`" : "no task is of the \(kind) `\(word)`",
        hints: [Nearest.hint(for: word, among: names, listing: "\(kind)s \(listing)")]
          .compactMap { $0 }, status: .usage))
  }
}
