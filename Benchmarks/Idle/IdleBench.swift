internal import ArgumentParser
internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// W5: what a tick costs that has nothing to do, and what the history behind it has to do with it.
struct IdleBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "idle",
    abstract: "Measure a tick without work after 10, 1,000 or 100,000 finished tasks.",
    discussion: """
      The history is written by the real scheduler with an adapter that returns at once: about two \
      minutes for 100,000 tasks. The repository is packed by `git gc`; then the program is started \
      as a user would start it, and the kernel says what each process took.
      """)

  @Option(help: "The program to measure, a release build.") var program: String
  @Option(name: .shortAndLong, help: "How many finished tasks; can be given several times.")
  var tasks: [Int] = []
  @Option(help: "How often each command is run; the medians are shown.") var repetitions = 20
  @Option(help: "Where the repositories are made.") var folder = "/tmp"
  @Option(help: "Measure this repository, which an earlier run left behind, and make none.")
  var repository: String?
  @Flag(help: "Leave the repositories behind.") var keep = false

  func run() async throws {
    var lines = [["tasks", "command", "wall ms", "CPU ms", "max RSS MiB"]]
    if let repository {
      let scratch = try ScratchRepository(existing: repository)
      lines += try await measure(scratch, after: "as found")
    } else {
      for count in tasks.isEmpty ? [10, 1_000] : tasks {
        let (scratch, growth) = try await History(tasks: count).write(in: folder)
        lines += try await measure(scratch, after: "\(count)")
        lines.append(
          ["\(count)", "KiB/task after git gc", "", "", growth.rounded(to: 2)])
        if keep { print("kept: \(scratch.folder)") } else { try await scratch.remove() }
      }
    }
    for line in Table(rows: lines).lines { print(line) }
  }

  /// The commands of W5; the index is made once from nothing.
  private func measure(
    _ scratch: ScratchRepository, after count: String
  ) async throws -> [[String]] {
    let index = try await Site.find(from: scratch.path).folders.index
    var rows: [[String]] = []
    for (title, arguments, times) in [
      ("tick, index made anew", ["tick"], 1), ("tick without work", ["tick"], repetitions),
      ("status", ["status"], repetitions), ("--version", ["--version"], repetitions),
    ] {
      if times == 1 {
        try ScratchRepository.remove(files: ["", "-wal", "-shm"].map { index + $0 })
      }
      var costs: [ProcessCost] = []
      for _ in 0..<times { costs.append(try ProcessCost.of(program, arguments, in: scratch)) }
      rows.append([
        count, title, ProcessCost.median(costs, \.wall), ProcessCost.median(costs, \.cpu),
        ProcessCost.median(costs, \.mebibytes),
      ])
    }
    return rows
  }
}

extension ScratchRepository {
  /// One that an earlier run left behind.
  fileprivate init(existing folder: String) throws {
    self.folder = folder
    environment = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "GIT_CONFIG_GLOBAL": "/dev/null",
      "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8",
    ]
    git = try GitProgram(environment: environment)
  }
}
