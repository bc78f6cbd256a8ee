internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// A finished past of so many tasks, in runs of twenty chained ones at most.
struct History: Sendable {
  let tasks: Int

  static let tasksPerRun = 20
  /// So many briefs a commit: one fold takes in no more than five hundred.
  private static let runsPerCommit = 250

  static func isPossible(_ tasks: Int) -> Bool {
    tasks > 0 && (tasks <= tasksPerRun || tasks % tasksPerRun == 0)
  }

  /// The repository, packed, and the KiB that each task added to it, its brief and run included.
  func write(in parent: String) async throws -> (ScratchRepository, growth: Double) {
    let perRun = min(tasks, Self.tasksPerRun)
    let scratch = try await ScratchRepository(in: parent, Self.project(tasksPerRun: perRun))
    try await tick(scratch)
    let before = try await scratch.packedSize()
    let runs = tasks / perRun
    var run = 0
    while run < runs {
      var briefs: [String: String] = [:]
      for number in run..<min(runs, run + Self.runsPerCommit) {
        let brief = Workload.brief(number)
        briefs[brief.path] = brief.text
      }
      try await scratch.commit(briefs, "Briefs from \(run)")
      try await tick(scratch)
      run += briefs.count
    }
    let results = try await scratch.run(
      "log", "headway/ledger", "--grep", "^Headway-State: succeeded$", "--format=tformat:%h")
    guard results.split(separator: "\n").count == tasks else {
      throw Failure.wrong("not every task has its result")
    }
    let growth = try await scratch.packedSize() - before
    return (scratch, Double(growth) / 1_024 / Double(tasks))
  }

  private func tick(_ scratch: ScratchRepository) async throws {
    let tick = Tick(
      site: try await Site.find(from: scratch.path),
      options: .init(patience: .zero, skipsSettling: true),
      surroundings: try scratch.surroundings(.w3) { _ in })
    guard case .ran = try await tick.run(.waits) else { throw Failure.wrong("nothing ran") }
  }

  private static func project(tasksPerRun: Int) -> [String: String] {
    var files = Workload.w3.project(.process)
    let tasks = (0..<tasksPerRun).map { number in
      // Chains of five, side by side.
      let after = number % 5 == 0 ? "" : #""after": ["step-\#(number - 1)"], "#
      return #"    "step-\#(number)": { \#(after)"executor": "worker" }"#
    }
    files["pipelines/job.json"] = """
      { "name": "job", "on": { "briefs": true }, "tasks": {
      \(tasks.joined(separator: ",\n"))
      } }

      """
    return files
  }
}
