internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// Holds the ledger against what the workload asked for.
struct Verification: Sendable {
  let scratch: ScratchRepository
  let workload: Workload

  private static let lineage = [
    "Cause", "Run", "Task", "Attempt", "State", "Decision", "Input", "Executor", "Cost", "Duration",
    "Runner",
  ]

  /// The number of ledger commits, once every task has a result of its own with its whole lineage
  /// and every decision comes out again byte for byte.
  func resultCommits() async throws -> Int {
    let fields = Self.lineage.map { "%(trailers:key=Headway-\($0),valueonly,separator=%x2C)" }
    let log = try await scratch.run(
      "log", "headway/ledger", "--grep", "^Headway-Event: result$",
      "--format=" + fields.joined(separator: "%x09"))
    var tasks: Set<String> = []
    for line in log.split(separator: "\n") {
      let values = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard values.count == fields.count, values.allSatisfy({ !$0.isEmpty }) else {
        throw Failure.wrong("a result lacks some of its lineage: \(line)")
      }
      guard values[4] == "succeeded" else { throw Failure.wrong("a task ended otherwise: \(line)") }
      guard tasks.insert("\(values[1])/\(values[2])").inserted else {
        throw Failure.wrong("a task has two results: \(line)")
      }
    }
    guard tasks.count == workload.tasks else {
      throw Failure.wrong("\(tasks.count) of \(workload.tasks) tasks have a result")
    }
    let replay = try await Replay(try await Site.find(from: scratch.path), of: nil).report()
    guard replay.isSame, replay.compared > 0 else {
      throw Failure.wrong("\(replay.differences.count) decisions do not replay")
    }
    return replay.commits
  }
}
