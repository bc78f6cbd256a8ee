internal import ArgumentParser
internal import Git
internal import Glibc
internal import HeadwayCore
internal import HeadwayEngine

/// W5: what a tick costs that has nothing to do, and what the history behind it has to do with it.
struct IdleBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "idle",
    abstract: "Measure a tick without work after 10, 1,000 or 100,000 finished tasks.",
    discussion: """
      The history is written by the real scheduler with an adapter that returns at once: some \
      minutes for 100,000 tasks. The repository is packed by `git gc`; then the program is started \
      as a user would start it, and the kernel says what each process took.
      """)

  @Option(help: "The program to measure; without it the one that was built with this.")
  var program: String?
  @Option(name: .shortAndLong, help: "How many finished tasks; can be given several times.")
  var tasks: [Int] = []
  @Option(help: "How often each command is run; the medians are shown.") var repetitions = 20
  @Option(help: "Where the repositories are made.") var folder = "/tmp"
  @Option(help: "Measure this repository, which an earlier run left behind, and make none.")
  var repository: String?
  @Flag(help: "Leave the repositories behind.") var keep = false

  func validate() throws {
    guard tasks.allSatisfy(History.isPossible) else {
      throw ValidationError("tasks: up to \(History.tasksPerRun), or a multiple of it")
    }
    guard repetitions > 0 else { throw ValidationError("repetitions: at least one") }
  }

  func run() async throws {
    var lines = [["tasks", "command", "wall ms", "CPU ms", "max RSS MiB"]]
    if let repository {
      lines += try await measure(ScratchRepository(existing: repository), after: "as found")
    } else {
      for count in tasks.isEmpty ? [10, 1_000, 100_000] : tasks {
        let (scratch, growth) = try await History(tasks: count).write(in: folder)
        lines += try await measure(scratch, after: "\(count)")
        lines.append(["\(count)", "KiB a task after git gc", "", "", growth.rounded(to: 2)])
        if keep { print("kept: \(scratch.folder)") } else { try await scratch.remove() }
      }
    }
    for line in Table(rows: lines).lines { print(line) }
  }

  /// One line of the table: the files that go before each start make the program look for itself.
  private struct Row {
    let title: String
    let arguments: [String]
    let forgets: [String]
    var isOnce = false
  }

  private func measure(
    _ scratch: ScratchRepository, after count: String
  ) async throws -> [[String]] {
    let folders = try await Site.find(from: scratch.path).folders
    let index = ["", "-wal", "-shm"].map { folders.index + $0 }
    let standstill = "\(folders.headway)/standstill.json"
    let rows = [
      Row(
        title: "tick, index made anew", arguments: ["tick"], forgets: index + [standstill],
        isOnce: true),
      Row(title: "tick, looks at everything", arguments: ["tick"], forgets: [standstill]),
      Row(title: "tick, finds it as it was", arguments: ["tick"], forgets: []),
      Row(title: "status", arguments: ["status"], forgets: []),
      Row(title: "--version", arguments: ["--version"], forgets: []),
    ]
    var lines: [[String]] = []
    for row in rows {
      var costs: [ProcessCost] = []
      let program = try program ?? Self.neighbour()
      for _ in 0..<(row.isOnce ? 1 : repetitions) {
        for path in row.forgets where unsafe unlink(path) != 0 && errno != ENOENT {
          throw Failure.system(path, errno)
        }
        costs.append(try await CostCommand.cost(of: program, row.arguments, in: scratch))
      }
      lines.append([
        count, row.title, ProcessCost.median(costs, \.wall, per: 1_000),
        ProcessCost.median(costs, \.cpu, per: 1_000),
        ProcessCost.median(costs, \.kibibytes, per: 1_024),
      ])
    }
    return lines
  }

  private static func neighbour() throws -> String {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = unsafe readlink("/proc/self/exe", &path, path.count)
    guard length > 0 else { throw Failure.system("/proc/self/exe", errno) }
    let own = String(decoding: path.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return own[..<(own.lastIndex(of: "/") ?? own.startIndex)] + "/headway"
  }
}

extension ScratchRepository {
  /// One that an earlier run left behind.
  fileprivate init(existing folder: String) throws {
    self.folder = folder
    environment = Self.environment(of: folder)
    git = try GitProgram(environment: environment)
  }
}
