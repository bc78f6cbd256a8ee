internal import Glibc

/// Processor time of this process and of its finished children, and the clock on the wall.
struct Usage: Sendable {
  private let cpu: Duration
  private let wall: ContinuousClock.Instant

  static func now() -> Usage {
    let cpu = processorTime(of: RUSAGE_SELF.rawValue) + processorTime(of: RUSAGE_CHILDREN.rawValue)
    return Usage(cpu: cpu, wall: .now)
  }

  private static func processorTime(of who: Int32) -> Duration {
    var usage = rusage()
    guard unsafe getrusage(who, &usage) == 0 else { return .zero }
    return duration(usage.ru_utime) + duration(usage.ru_stime)
  }

  private static func duration(_ time: timeval) -> Duration {
    .seconds(time.tv_sec) + .microseconds(time.tv_usec)
  }

  func spent(since start: Usage) -> Spent {
    Spent(cpu: cpu - start.cpu, wall: wall - start.wall)
  }

  struct Spent: Sendable {
    let cpu: Duration
    let wall: Duration
  }
}

extension Duration {
  var milliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
  }
}
