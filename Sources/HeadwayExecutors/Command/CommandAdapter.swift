package import HeadwayCore
internal import Synchronization

/// Runs a script or program in a folder of its own.
///
/// What an exit status means: 64 (EX_USAGE), 78 (EX_CONFIG), 126 and 127 (cannot be run) are
/// `invalidRequest`, 77 (EX_NOPERM) is `authentication`, every other one is `transient`,
/// 75 (EX_TEMPFAIL) with intent. What a signal ends is `cancelled`: nobody knows what it did.
package struct CommandAdapter: Executor {
  private let cache: String
  private let path: String
  private let tools: [String]
  private let now: @Sendable () -> Instant
  /// Whether this process has not yet looked after what a dead one left.
  private let first = First()

  private static let logLimit = 64 << 10

  /// Attempts get folders below `cache`.
  package init(
    cache: String, path: String = "/usr/local/bin:/usr/bin:/bin",
    tools: [String] = ["/usr/bin", "/bin", "/usr/local/bin"],
    now: @escaping @Sendable () -> Instant
  ) {
    self.cache = cache
    self.path = path
    self.tools = tools
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
    if Task.isCancelled { throw Failure(.cancelled, "the program was cancelled before its start") }
    let (cache, time, isFirst) = (cache, now(), first.take())
    let (folder, laid) = try await aside { () throws(Failure) in
      if isFirst { AttemptSweep(cache: cache, now: time).run() }
      let folder = try AttemptFolder(in: cache)
      return (folder, Result { () throws(Failure) in try folder.lay(order) })
    }
    let result: Result<Void, Failure>
    do throws(Failure) {
      try laid.get()
      let line = try CommandLine(setup, order, in: folder, path: path, tools: tools)
      let program = Program(
        line: line, folder: folder.work, observer: observer, log: log,
        grace: .milliseconds(order.limits.grace.milliseconds))
      let ending = await program.run(for: wall)
      try ExitReading(limits: order.limits, wall: wall, log: log).require(ending)
      result = .success(())
    } catch { result = .failure(error) }
    let (outputs, isRemoved) = await aside {
      let outputs = result.flatMap {
        Result { () throws(Failure) in
          try OutputFolder(path: folder.outputs).collect(order.outputs, limit: order.limits.output)
        }
      }
      return (outputs, folder.remove())
    }
    // What was done is done: a folder that stays must not make it look undone.
    if !isRemoved { log.append("headway: \(folder.path) could not be removed\n".utf8) }
    return try outputs.get()
  }
}

/// `true` once.
private final class First: Sendable {
  private let isLeft = Atomic(true)

  func take() -> Bool { isLeft.exchange(false, ordering: .relaxed) }
}
