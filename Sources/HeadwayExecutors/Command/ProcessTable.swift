internal import Glibc
package import HeadwayCore
internal import SystemPackage

/// What `/proc/<pid>/stat` says about a process.
struct ProcessStatus: Sendable {
  let pid: Int32
  let session: Int32
  let startTicks: UInt64
  /// Dead and waiting for its parent.
  let isZombie: Bool

  init?(_ pid: Int32) {
    guard let text = Self.contents(of: "/proc/\(pid)/stat"),
      // The name in parentheses may hold anything, parentheses and newlines included.
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, let session = Int32(fields[3]), let ticks = UInt64(fields[19]) else {
      return nil
    }
    self.pid = pid
    self.session = session
    startTicks = ticks
    isZombie = fields[0] == "Z" || fields[0] == "X"
  }

  private static func contents(of path: String) -> String? {
    do {
      let descriptor = try FileDescriptor.open(
        SystemPackage.FilePath(path), .readOnly, options: .closeOnExec)
      return try descriptor.closeAfter {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = try unsafe bytes.withUnsafeMutableBytes { try unsafe descriptor.read(into: $0) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
      }
    } catch {
      // Processes come and go while we look: one that cannot be read is not there.
      return nil
    }
  }
}

extension ProcessIdentity {
  /// The process that has `pid` now, `nil` when there is none.
  package static func current(of pid: Int32) -> ProcessIdentity? {
    ProcessStatus(pid).map { ProcessIdentity(pid: pid, startTicks: $0.startTicks) }
  }
}

/// The session that an attempt's program leads, with everything it started and left behind.
struct ProcessSession: Sendable {
  let leader: ProcessIdentity

  /// Members that still run.
  func members() -> [Int32] {
    guard let names = FolderListing.names(of: "/proc") else { return [] }
    return names.compactMap { Int32($0) }.filter { pid in
      // One call to the kernel where `/proc` takes three and a text: this looks at every process
      // of the machine after every attempt.
      guard getsid(pid) == leader.pid, let status = ProcessStatus(pid) else { return false }
      return status.session == leader.pid && !status.isZombie
    }
  }

  /// Kills whatever is left after the leader has gone, and waits a bounded time for its end.
  ///
  /// A session's number is not given out again while it has members; if another process has it,
  /// this session is empty.
  func end() async {
    if let status = ProcessStatus(leader.pid), status.startTicks != leader.startTicks { return }
    for _ in 0..<100 {
      _ = kill(-leader.pid, SIGKILL)
      let left = members()
      if left.isEmpty { return }
      for pid in left { _ = kill(pid, SIGKILL) }
      await Self.pause()
    }
  }

  /// Not cut short by a cancelled attempt, which is just when there is something to clean up.
  private static func pause() async {
    await Task { do { try await Task.sleep(for: .milliseconds(10)) } catch {} }.value
  }
}
