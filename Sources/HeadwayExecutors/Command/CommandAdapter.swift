internal import Dispatch
package import HeadwayCore
internal import Subprocess
internal import SystemPackage

/// Runs a script or program in a folder of its own.
///
/// What an exit status means: 64 (EX_USAGE), 78 (EX_CONFIG), 126 and 127 (cannot be run) are
/// `invalidRequest`, 77 (EX_NOPERM) is `authentication`, every other one is `transient`,
/// 75 (EX_TEMPFAIL) with intent.
package struct CommandAdapter: Executor {
  private let cache: String
  private let path: String
  private let tools: [String]
  private let grace: Duration
  private let now: @Sendable () -> Instant

  private static let logLimit = 64 << 10

  /// Attempts get folders below `cache`; `grace` lies between SIGTERM and SIGKILL.
  package init(
    cache: String, path: String = "/usr/local/bin:/usr/bin:/bin", grace: Span = .seconds(5),
    tools: [String] = ["/usr/bin", "/bin", "/usr/local/bin"],
    now: @escaping @Sendable () -> Instant
  ) {
    self.cache = cache
    self.path = path
    self.tools = tools
    self.grace = .milliseconds(grace.milliseconds)
    self.now = now
  }

  package func execute(_ order: WorkOrder, observer: any AttemptObserver) async -> Outcome {
    guard case .command(let setup) = order.executor else {
      return Outcome(
        .failure(Failure(.internal, "a command's adapter was given another kind of executor")),
        report: Outcome.Report())
    }
    var report = Outcome.Report(
      cost: .zero(.usd), isolation: setup.sandbox == .bwrap ? "sandbox" : "none")
    let redaction = Redaction(setup.environment.values)
    let log = LogTail(limit: Self.logLimit + redaction.longest)
    let result: Result<[String: [UInt8]], Failure>
    do throws(Failure) {
      result = .success(try await run(setup, order, observer, log))
    } catch {
      result = .failure(
        Failure(error.kind, redaction.apply(error.message), retryAfter: error.retryAfter))
    }
    report.log = Array(redaction.apply(log.bytes).suffix(Self.logLimit))
    return Outcome(result, report: report)
  }

  private func run(
    _ setup: CommandSetup, _ order: WorkOrder, _ observer: any AttemptObserver, _ log: LogTail
  ) async throws(Failure) -> [String: [UInt8]] {
    let wall = min(order.limits.wall, order.deadline - now())
    guard wall > .zero else { throw Failure(.timeout, "the deadline had passed before the start") }
    let cache = cache
    let folder = try await Self.onFiles { () throws(Failure) in try AttemptFolder(in: cache) }
    let result: Result<[String: [UInt8]], Failure>
    do throws(Failure) {
      try await Self.onFiles { () throws(Failure) in try folder.lay(order) }
      let line = try CommandLine(setup, order, in: folder, path: path, tools: tools)
      let ending = await race(line, folder, observer, log, wall: wall)
      try ExitReading(limits: order.limits, wall: wall, log: log).require(ending)
      result = .success(
        try await Self.onFiles { () throws(Failure) in
          try OutputFolder(path: folder.outputs).collect(order.outputs, limit: order.limits.output)
        })
    } catch { result = .failure(error) }
    guard await Self.removed(folder) else {
      throw Failure(.internal, "\(folder.path) could not be removed")
    }
    return try result.get()
  }

  /// The program against the clock; whatever it started is gone when this returns.
  private func race(
    _ line: CommandLine, _ folder: AttemptFolder, _ observer: any AttemptObserver,
    _ log: LogTail, wall: Span
  ) async -> Ending {
    let ending = await withTaskGroup(of: Ending.self) { group in
      group.addTask { await launch(line, folder, observer, log) }
      group.addTask {
        do {
          try await Task.sleep(for: .milliseconds(wall.milliseconds))
          return .outOfTime
        } catch { return .cancelled }
      }
      let first = await group.next() ?? .cancelled
      group.cancelAll()
      for await _ in group {}
      return first
    }
    if case .exited(.exited(0)) = ending { return ending }
    return Task.isCancelled ? .cancelled : ending
  }

  private func launch(
    _ line: CommandLine, _ folder: AttemptFolder, _ observer: any AttemptObserver,
    _ log: LogTail
  ) async -> Ending {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: grace)
    ]
    let configuration = Configuration(
      executable: .path(SystemPackage.FilePath(line.words[0])),
      arguments: Arguments(Array(line.words.dropFirst())),
      environment: .custom(line.environment.map { Array("\($0)=\($1)".utf8) + [0] }),
      workingDirectory: SystemPackage.FilePath(folder.work), platformOptions: options)
    let session = StartedSession()
    let ending = await start(configuration, observer, log, session)
    await session.value?.end()
    return ending
  }

  private func start(
    _ configuration: Configuration, _ observer: any AttemptObserver, _ log: LogTail,
    _ session: StartedSession
  ) async -> Ending {
    do {
      let gate = try Gate()
      let result = try await Subprocess.run(
        configuration,
        input: .fileDescriptor(
          FileDescriptor(rawValue: gate.shellEnd), closeAfterSpawningProcess: false),
        output: .sequence, error: .combinedWithOutput
      ) { execution in
        guard let process = ProcessIdentity.current(of: execution.processIdentifier.value) else {
          throw Failure(.internal, "the started process cannot be found in /proc")
        }
        session.value = ProcessSession(leader: process)
        do { try await observer.started(process: process) } catch {
          throw Failure(.internal, "the start could not be recorded: \(error)")
        }
        try gate.open()
        for try await chunk in execution.standardOutput {
          unsafe chunk.withUnsafeBytes { unsafe log.append($0) }
        }
      }
      return .exited(result.terminationStatus)
    } catch let failure as Failure {
      return .failed(failure)
    } catch is CancellationError {
      return .cancelled
    } catch {
      return .failed(Failure(.internal, "the program could not be run: \(error)"))
    }
  }

  /// File work may block, so it has no place on the threads that everything else shares.
  private static func onFiles<Value: Sendable>(
    _ body: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        do throws(Failure) { continuation.resume(returning: .success(try body())) } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }

  private static func removed(_ folder: AttemptFolder) async -> Bool {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: folder.remove()) }
    }
  }
}
