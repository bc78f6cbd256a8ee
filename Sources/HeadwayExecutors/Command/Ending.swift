internal import Glibc
internal import HeadwayCore
internal import Subprocess

/// How a program came to its end.
enum Ending: Sendable {
  case exited(TerminationStatus)
  case outOfTime
  case cancelled
  case failed(Failure)
}

/// Turns an ending into a class of failure.
struct ExitReading {
  let limits: WorkOrder.Limits
  let wall: Span
  let log: LogTail

  /// Throws unless the program has ended well.
  func require(_ ending: Ending) throws(Failure) {
    switch ending {
    case .exited(.exited(0)): return
    case .exited(.exited(let code)): throw failure(code: code)
    case .exited(.signaled(let signal)): throw failure(signal: signal)
    case .outOfTime: throw Failure(.timeout, "the program took longer than \(wall)\(lastLine)")
    case .cancelled: throw Failure(.cancelled, "the program was cancelled")
    case .failed(let failure): throw failure
    }
  }

  private func failure(code: Int32) -> Failure {
    switch code {
    case 64, 78: Failure(.invalidRequest, "the program refuses its order (exit \(code))\(lastLine)")
    case 77: Failure(.authentication, "the program lacks a permission (exit 77)\(lastLine)")
    case 126, 127:
      Failure(.invalidRequest, "the program cannot be run (exit \(code))\(lastLine)")
    case let code where Self.signals.contains(code - 128): failure(signal: code - 128)
    case 1 where lastLine.hasPrefix(": bwrap: "):
      Failure(.unavailable, "the sandbox could not be set up\(lastLine)")
    default: Failure(.transient, "the program failed (exit \(code))\(lastLine)")
    }
  }

  private func failure(signal: Int32) -> Failure {
    if let cpu = limits.cpu, signal == SIGXCPU {
      return Failure(.timeout, "the program used more processor time than \(cpu)\(lastLine)")
    }
    // It had no chance to say how far it had come.
    return Failure(.cancelled, "the program was ended by signal \(signal)\(lastLine)")
  }

  /// What shells and sandboxes tell of with 128 added.
  private static let signals: Set<Int32> = [
    SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGSEGV, SIGTERM, SIGXCPU,
    SIGXFSZ, SIGSYS,
  ]

  /// The last thing that the program said, for people.
  private var lastLine: String {
    let text = String(decoding: log.bytes.suffix(4_096), as: UTF8.self)
    let line = text.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
    return line.map { ": " + String($0).oneLine() } ?? ""
  }
}
