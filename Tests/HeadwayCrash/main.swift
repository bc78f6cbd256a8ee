internal import Git
internal import Glibc
internal import HeadwayCore
internal import HeadwayEngine
internal import HeadwayExecutors
internal import Synchronization

// One tick of the real engine in the current directory that ends like a power cut, by SIGKILL of
// itself, at the hit of a write point that the environment names: `HEADWAY_CRASH=beforeFlush:2`.

func environment() -> [String: String] {
  var variables: [String: String] = [:]
  var entry = unsafe environ
  while let text = unsafe entry.pointee {
    let parts = unsafe String(cString: text).split(separator: "=", maxSplits: 1)
    if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
    unsafe entry += 1
  }
  return variables
}

/// Models are out of reach of what is tested here.
struct NoModel: Executor {
  func execute(_ order: WorkOrder, observer: any AttemptObserver) async -> Outcome {
    Outcome(.failure(Failure(.unavailable, "there are no models here")), report: .init())
  }
}

let variables = environment()
let parts = (variables["HEADWAY_CRASH"] ?? "").split(separator: ":")
let point = parts.first.flatMap { WritePoint(rawValue: String($0)) }
let hit = parts.last.flatMap { Int($0) } ?? 1
let hits = Mutex(0)
let checkpoint: Checkpoint = { reached in
  guard reached == point else { return }
  let count = hits.withLock { count in
    count += 1
    return count
  }
  if count == hit { _ = kill(getpid(), SIGKILL) }
}

do {
  let folder = unsafe getcwd(nil, 0)
  guard let folder = unsafe folder else { exit(2) }
  let site = try await Site.find(from: unsafe String(cString: folder))
  let cache = variables["XDG_CACHE_HOME"] ?? "/tmp"
  // A clock that stands still where a test says so: what falls due must not depend on the hour.
  let fixed = variables["HEADWAY_NOW"].flatMap { Instant(iso: $0) }
  let now: @Sendable () -> Instant = { fixed ?? Timekeeper.system.now() }
  let tick = Tick(
    site: site, options: .init(patience: .zero, skipsSettling: true),
    surroundings: Scheduler.Surroundings(
      adapters: Adapters(
        command: CommandAdapter(cache: cache, now: now),
        model: NoModel()),
      secrets: SecretStore(environment: variables),
      timekeeper: Timekeeper(now: now, sleep: Timekeeper.system.sleep), runner: .current(),
      cache: cache, git: try GitProgram(environment: variables), tools: .system,
      report: { _ in }, checkpoint: checkpoint))
  switch try await tick.run(.waits) {
  case .ran(let report): exit(report.isStopped ? 5 : 0)
  case .leftToAnother, .reader: exit(0)
  }
} catch {
  let message = Array("\(error)\n".utf8)
  _ = unsafe write(STDERR_FILENO, message, message.count)
  exit(1)
}
