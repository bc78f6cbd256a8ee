internal import ArgumentParser
internal import Glibc
internal import Subprocess
internal import SystemPackage

/// What one process took from its start to its end, as the kernel counts it.
struct ProcessCost: Sendable {
  /// In microseconds.
  let wall: Int
  let cpu: Int
  /// The most that was resident at a time, in KiB.
  let kibibytes: Int

  /// What `arguments` cost in `folder`; standard output and error are thrown away.
  static func of(
    _ program: String, _ arguments: [String], in folder: String
  ) throws -> ProcessCost {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDIN_FILENO, STDOUT_FILENO] {
      unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    let words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    // One thing happens at a time here, so where this stands is where its child begins.
    guard unsafe chdir(folder) == 0 else { throw Failure.system(folder, errno) }
    let start = ContinuousClock.now
    var process = pid_t()
    let failure = unsafe posix_spawn(&process, program, &actions, nil, words, environ)
    guard failure == 0 else { throw Failure.system(program, failure) }
    var (status, usage) = (Int32(), rusage())
    guard unsafe wait4(process, &status, 0, &usage) == process else {
      throw Failure.system(program, errno)
    }
    let wall = (ContinuousClock.now - start).milliseconds
    guard status == 0 else { throw Failure.wrong("\(arguments) ended with \(status)") }
    return ProcessCost(
      wall: Int(wall * 1e3), cpu: microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
      kibibytes: usage.ru_maxrss)
  }

  private static func microseconds(_ time: timeval) -> Int {
    time.tv_sec * 1_000_000 + time.tv_usec
  }

  static func median(
    _ costs: [ProcessCost], _ figure: (ProcessCost) -> Int, per unit: Double
  ) -> String {
    let sorted = costs.map(figure).sorted()
    return sorted.isEmpty ? "" : (Double(sorted[sorted.count / 2]) / unit).rounded(to: 1)
  }
}

/// Measures one command from a process of its own.
///
/// A child counts what its parent had in memory at the start as its own peak; the process that
/// wrote a long history is no parent for it.
struct CostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "cost", shouldDisplay: false)

  @Argument var folder: String
  @Argument var program: String
  @Argument(parsing: .captureForPassthrough) var arguments: [String] = []

  func run() throws {
    let cost = try ProcessCost.of(program, arguments, in: folder)
    print(cost.wall, cost.cpu, cost.kibibytes)
  }

  static func cost(
    of program: String, _ arguments: [String], in scratch: ScratchRepository
  ) async throws -> ProcessCost {
    let variables = Dictionary(
      uniqueKeysWithValues: scratch.environment.map { (Environment.Key(stringLiteral: $0), $1) })
    let result = try await Subprocess.run(
      .path("/proc/self/exe"), arguments: .init(["cost", scratch.path, program] + arguments),
      environment: .custom(variables), output: .string(limit: 1_000), error: .string(limit: 4_000))
    let numbers = result.standardOutput.split { $0 == " " || $0 == "\n" }.compactMap { Int($0) }
    guard numbers.count == 3 else { throw Failure.wrong(result.standardError) }
    return ProcessCost(wall: numbers[0], cpu: numbers[1], kibibytes: numbers[2])
  }
}
