internal import Glibc

/// What one process took from its start to its end, as the kernel counts it.
struct ProcessCost {
  /// In milliseconds.
  let wall: Double
  let cpu: Double
  /// The most that was resident at a time.
  let mebibytes: Double

  static func of(
    _ program: String, _ arguments: [String], in scratch: ScratchRepository
  ) throws -> ProcessCost {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDIN_FILENO, STDOUT_FILENO] {
      unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    let words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    let variables = unsafe scratch.environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
    defer { for unsafeword in unsafe words + variables { unsafe free(word) } }
    // A benchmark does one thing at a time, so where it stands is where its child begins.
    guard unsafe chdir(scratch.path) == 0 else { throw Failure.system(scratch.path, errno) }
    let start = ContinuousClock.now
    var process = pid_t()
    let failure = unsafe posix_spawn(&process, program, &actions, nil, words, variables)
    guard failure == 0 else { throw Failure.system(program, failure) }
    var (status, usage) = (Int32(), rusage())
    guard unsafe wait4(process, &status, 0, &usage) == process else {
      throw Failure.system(program, errno)
    }
    let wall = (ContinuousClock.now - start).milliseconds
    guard status == 0 else { throw Failure.wrong("\(arguments) ended with \(status)") }
    return ProcessCost(
      wall: wall, cpu: milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime),
      mebibytes: Double(usage.ru_maxrss) / 1_024)
  }

  private static func milliseconds(_ time: timeval) -> Double {
    Double(time.tv_sec) * 1e3 + Double(time.tv_usec) / 1e3
  }

  static func median(_ costs: [ProcessCost], _ figure: (ProcessCost) -> Double) -> String {
    let sorted = costs.map(figure).sorted()
    return sorted.isEmpty ? "" : sorted[sorted.count / 2].rounded(to: 1)
  }
}

extension ScratchRepository {
  static func remove(files: [String]) throws {
    for path in files where unsafe unlink(path) != 0 && errno != ENOENT {
      throw Failure.system(path, errno)
    }
  }
}
