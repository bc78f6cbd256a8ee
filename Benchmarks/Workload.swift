internal import HeadwayCore

/// What one benchmark gives the engine to do.
enum Workload: String, Hashable, Sendable, CaseIterable {
  /// Five dependent no-op tasks, one pipeline after another, in a running watcher.
  case w1
  /// A thousand independent no-op tasks of one run.
  case w2
  /// Two hundred runs of five dependent no-op tasks, committed at once.
  case w3
  /// Five hundred tasks that each run `/bin/true`.
  case w4

  var title: String {
    switch self {
    case .w1: "5 dependent no-op tasks, watched"
    case .w2: "1,000 independent no-op tasks"
    case .w3: "200 runs of 5 dependent no-op tasks"
    case .w4: "500 tasks that run /bin/true"
    }
  }

  var runs: Int {
    switch self {
    case .w1: 30
    case .w2, .w4: 1
    case .w3: 200
    }
  }

  var tasksPerRun: Int {
    switch self {
    case .w1, .w3: 5
    case .w2: 1_000
    case .w4: 500
    }
  }

  var tasks: Int { runs * tasksPerRun }

  var isWatched: Bool { self == .w1 }

  /// Whether the program itself runs; otherwise the adapter returns at once.
  var spawns: Bool { self == .w4 }

  private var isChain: Bool { self == .w1 || self == .w3 }

  /// The project as a user would commit it.
  func project(_ durability: Settings.Durability) -> [String: String] {
    [
      "headway.json": """
      { "format": 1, "name": "bench", "timeZone": "UTC", "currency": "USD", "trust": "open",
        "solo": true, "durability": "\(durability.rawValue)", "settle": "0s",
        "limits": { "concurrency": \(concurrency), "tasksPerRun": 10000 } }

      """,
      "executors/worker.json": """
      { "name": "worker", "kind": "command", "run": ["/bin/true"] }

      """,
      "pipelines/job.json": pipeline,
    ]
  }

  /// Programs: as many as keep two cores busy; no-ops: as many as the settings allow.
  private var concurrency: Int { spawns ? 16 : 256 }

  private var pipeline: String {
    let tasks = (0..<tasksPerRun).map { number in
      let after = isChain && number > 0 ? #""after": ["\#(Self.name(number - 1))"], "# : ""
      return #"    "\#(Self.name(number))": { \#(after)"executor": "worker" }"#
    }
    return """
      { "name": "job", "on": { "briefs": true }, "tasks": {
      \(tasks.joined(separator: ",\n"))
      } }

      """
  }

  private static func name(_ number: Int) -> String {
    let digits = String(number)
    return "step-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }

  static func brief(_ number: Int) -> (path: String, text: String) {
    (
      "briefs/job-\(number).md",
      """
      ---
      pipeline: job
      title: Job \(number)
      ---
      Nothing but the scheduling itself.

      """
    )
  }
}
