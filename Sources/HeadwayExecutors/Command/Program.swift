internal import Glibc
internal import HeadwayCore
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// A program against the clock; whatever it has started is gone when `run` returns.
struct Program: Sendable {
  let line: CommandLine
  let folder: String
  let observer: any AttemptObserver
  let log: LogTail
  /// Between SIGTERM and SIGKILL.
  let grace: Duration

  /// Runs until the program ends, `wall` is over or the task is cancelled.
  func run(for wall: Span) async -> Ending {
    let leash = Leash()
    // Shielded from cancellation, which must end the program our way: politely first.
    let running = Task {
      let ending = await launch(leash)
      await leash.session?.end()
      return ending
    }
    let ending = await withTaskGroup(of: Ending.self) { group in
      group.addTask { await running.value }
      group.addTask {
        do {
          try await Task.sleep(for: .milliseconds(wall.milliseconds))
          return .outOfTime
        } catch { return .cancelled }
      }
      let first = await group.next() ?? .cancelled
      switch first {
      case .exited, .failed: break
      case .outOfTime, .cancelled: await stop(running, leash)
      }
      group.cancelAll()
      return first
    }
    if case .exited(.exited(0)) = ending { return ending }
    return Task.isCancelled ? .cancelled : ending
  }

  private func stop(_ running: Task<Ending, Never>, _ leash: Leash) async {
    leash.pull(SIGTERM)
    let grace = grace
    let timer = Task { do { try await Task.sleep(for: grace) } catch {} }
    await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        _ = await running.value
        return true
      }
      group.addTask {
        await timer.value
        return false
      }
      if await group.next() != true { leash.pull(SIGKILL) }
      timer.cancel()
    }
  }

  private func launch(_ leash: Leash) async -> Ending {
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
        guard leash.hold(process) else { throw CancellationError() }
        do { try await observer.started(process: process) } catch {
          throw Failure(.internal, "the start could not be recorded: \(error)")
        }
        leash.begin()
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
      return leash.hasBegun
        ? .failed(Failure(.cancelled, "the program was lost sight of: \(error)"))
        : .failed(Failure(.internal, "the program could not be run: \(error)"))
    }
  }

  private var configuration: Configuration {
    var options = PlatformOptions()
    options.createSession = true
    return Configuration(
      executable: .path(SystemPackage.FilePath(line.words[0])),
      arguments: Arguments(Array(line.words.dropFirst())),
      environment: .custom(line.environment.map { Array("\($0)=\($1)".utf8) + [0] }),
      workingDirectory: SystemPackage.FilePath(folder), platformOptions: options)
  }
}

/// What a program is held by from outside, also before it has been started.
private final class Leash: Sendable {
  private enum State {
    case slack
    case held(ProcessIdentity)
    /// Pulled before there was anything at its end.
    case pulled
  }

  private let state = Mutex(State.slack)
  private let begun = Atomic(false)

  /// Whether the program may have done anything yet.
  var hasBegun: Bool { begun.load(ordering: .relaxed) }

  func begin() { begun.store(true, ordering: .relaxed) }

  var session: ProcessSession? {
    state.withLock {
      if case .held(let process) = $0 { ProcessSession(leader: process) } else { nil }
    }
  }

  /// `false` when the program must not go on.
  func hold(_ process: ProcessIdentity) -> Bool {
    state.withLock {
      if case .pulled = $0 { return false }
      $0 = .held(process)
      return true
    }
  }

  /// Sends a signal to the whole group, as long as its leader is the process that we started.
  func pull(_ signal: CInt) {
    state.withLock {
      switch $0 {
      case .slack: $0 = .pulled
      case .pulled: break
      case .held(let process):
        if ProcessIdentity.current(of: process.pid) == process { _ = kill(-process.pid, signal) }
      }
    }
  }
}
