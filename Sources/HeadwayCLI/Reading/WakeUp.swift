internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// When something will move by itself, and what is seen here that would wake Headway then.
struct WakeUp: Hashable, Sendable {
  let next: Instant?
  /// Tasks that the next tick would move, whenever it comes.
  let movable: Int
  /// `headway watch` is there, and wakes for due times.
  let isWatched: Bool
  /// When a tick last began, or somebody nudged.
  let lastTick: Instant?
  let hasHooks: Bool

  init(
    next: Instant?, movable: Int, _ context: CommandContext, _ site: Site
  ) async throws {
    self.next = next
    self.movable = movable
    let stamp = NudgeFile(path: site.folders.nudged).stamp()
    lastTick = stamp == 0 ? nil : Instant(milliseconds: stamp / 1_000_000)
    isWatched = try WatchMark(site.folders).isAlive()
    let git = try GitProgram(environment: context.environment)
    let hooks = try await HookFolder.find(site.folders, git).state(program: context.program)
    hasHooks = hooks.contains { $0.hook != "update" && $0.state == .installed }
  }

  /// A line of cron shows itself by a tick in the last two minutes; nothing else wakes by clock.
  func isScheduled(at now: Instant) -> Bool {
    isWatched || lastTick.map { now - $0 <= .minutes(2) } ?? false
  }

  func sentence(at now: Instant) -> String {
    let cause = next.map { "next due \($0.minute) (\($0.relative(to: now)))" }
    if isWatched { return [cause, "`headway watch` is running"].joined() }
    if movable > 0 {
      return "\(movable) task\(movable == 1 ? "" : "s") can move now: headway tick"
    }
    guard let cause else {
      return hasHooks
        ? "nothing is due; the next commit wakes Headway"
        : "nothing is due, and no hook is installed: headway tick, or headway hooks install"
    }
    if isScheduled(at: now), let lastTick {
      return "\(cause); the last tick was \(lastTick.relative(to: now))"
    }
    return "\(cause); nothing is scheduled to wake Headway (headway watch, or a line of cron)"
  }

  var facts: JSONValue {
    [
      "next": .optional(next?.description), "movable": .integer(movable),
      "watched": .bool(isWatched),
      "lastTick": .optional(lastTick?.description), "hooks": .bool(hasHooks),
    ]
  }
}

extension [String?] {
  fileprivate func joined() -> String { compactMap { $0 }.joined(separator: "; ") }
}

extension Instant {
  /// `2026-12-01 17:00 UTC`, for people.
  var minute: String {
    let text = description
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }

  /// `2026-12-01 17:00:05 UTC`.
  var second: String {
    let text = description
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC"
  }
}
