internal import Glibc
package import HeadwayCore
internal import SystemPackage

/// The program of an attempt whose Headway died, found again by its mark.
package enum OrphanedProcess {
  /// What was found, and what is certain after it.
  package enum End: String, Hashable, Sendable {
    /// There is no such process: it has ended, or its number belongs to another one.
    case gone
    case killed
    /// It still runs, for instance because it belongs to somebody else.
    case survived
  }

  private static let rounds = 300

  /// Kills the process and its session if both its number and its start are the mark's, and
  /// waits up to three seconds for their end.
  package static func end(_ process: ProcessIdentity) async -> End {
    guard process.pid > 1, status(of: process.pid)?.startTicks == process.startTicks else {
      return .gone
    }
    // A leader that nobody has waited for yet still tells whose session it is.
    if members(ofSession: process.pid).isEmpty { return .gone }
    // The group dies at once; what has left it for another group of the session, one by one.
    _ = kill(-process.pid, SIGKILL)
    for _ in 0..<rounds {
      let members = members(ofSession: process.pid)
      if members.isEmpty { return .killed }
      if let now = status(of: process.pid), now.startTicks != process.startTicks {
        return .killed  // A session's number is not given out again while it has members.
      }
      for pid in members { _ = kill(pid, SIGKILL) }
      await pause()
    }
    return .survived
  }

  /// Processes of a session that still run.
  private static func members(ofSession session: Int32) -> [Int32] {
    guard let folder = unsafe opendir("/proc") else { return [] }
    defer { unsafe closedir(folder) }
    var members: [Int32] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
        unsafe String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let pid = Int32(name), let status = status(of: pid), !status.isZombie,
        status.session == session
      else { continue }
      members.append(pid)
    }
    return members
  }

  private static func status(
    of pid: Int32
  ) -> (session: Int32, startTicks: UInt64, isZombie: Bool)? {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count: Int
    do {
      let descriptor = try FileDescriptor.open(
        SystemPackage.FilePath("/proc/\(pid)/stat"), .readOnly, options: .closeOnExec)
      count = try descriptor.closeAfter {
        try unsafe bytes.withUnsafeMutableBytes { try unsafe descriptor.read(into: $0) }
      }
    } catch {
      // Processes come and go while we look: one that cannot be read is not there.
      return nil
    }
    let text = String(decoding: bytes.prefix(count), as: UTF8.self)
    // The name in parentheses may hold anything, parentheses included.
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, let session = Int32(fields[3]), let ticks = UInt64(fields[19]) else {
      return nil
    }
    return (session, ticks, fields[0] == "Z" || fields[0] == "X")
  }

  /// Not cut short by cancellation: a shutdown is just when there is something to end.
  private static func pause() async {
    await Task { do { try await Task.sleep(for: .milliseconds(10)) } catch {} }.value
  }
}
