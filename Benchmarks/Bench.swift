internal import ArgumentParser
internal import Glibc
internal import HeadwayCore

/// Measures the engine on real repositories and prints a table.
@main struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "headway-bench", abstract: "Measure how much scheduling costs.",
    subcommands: [WorkBench.self, IdleBench.self, CostCommand.self],
    defaultSubcommand: WorkBench.self)
}

/// W1 to W4: what work costs.
struct WorkBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "Measure how much scheduling costs.",
    discussion: """
      Each repetition makes a repository with git, commits a project and its briefs, lets the real \
      scheduler work on them, and checks afterwards that every task has a result of its own with \
      its lineage and that all decisions replay. Only the scheduler's work is timed.
      """)

  @Option(name: .shortAndLong, help: "Only these; can be given several times.")
  var workload: [Workload] = []

  @Option(name: .shortAndLong, help: "Only this durability; can be given several times.")
  var durability: [Settings.Durability] = []

  @Option(name: .shortAndLong, help: "How often each is done; the medians are shown.")
  var repetitions = 3

  @Option(help: "Where the repositories are made: what is measured depends on the disk.")
  var folder = "/tmp"

  @Flag(help: "Instead simulate days of mixed work, and count missed deadlines.")
  var load = false

  @Option(help: "How many runs each simulation has.") var runs = 1_000

  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Leave the repositories behind, to look at them.") var keep = false

  func validate() throws {
    guard repetitions > 0 else { throw ValidationError("repetitions: at least one") }
  }

  func run() async throws {
    _ = signal(SIGPIPE, SIG_IGN)
    if load {
      let table = LoadTable(runs: runs, seeds: Array(1...repetitions))
      for line in Table(rows: [LoadTable.heading] + (try table.rows())).lines { print(line) }
      return
    }
    var rows: [Row] = []
    for workload in workload.isEmpty ? Workload.allCases : workload {
      for durability in durability.isEmpty ? [.process, .power] : durability {
        var measurements: [Measurement] = []
        for _ in 0..<repetitions {
          measurements.append(
            try await .take(workload, durability, in: folder, keeps: keep))
        }
        rows.append(Row(workload: workload, durability: durability, measurements: measurements))
      }
    }
    if json {
      print(String(decoding: JSONValue.array(rows.map(\.facts)).canonical, as: UTF8.self))
    } else {
      for line in Table(rows: [Row.heading] + rows.map(\.cells)).lines { print(line) }
    }
  }
}

extension Workload: ExpressibleByArgument {}
extension Settings.Durability: ExpressibleByArgument {}
