internal import Glibc
internal import HeadwayCore

/// What the operating system says about the running process.
enum ProcessFacts {
  /// Variables whose names or values are not UTF-8 are repaired, never dropped.
  static func environment() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let parts = unsafe String(cString: text).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
      unsafe entry += 1
    }
    // Cron and service managers may leave it out, and the secrets lie below it.
    if variables["HOME"] == nil { variables["HOME"] = homeFolder() }
    return variables
  }

  /// What the system's list of users says of the one who runs this.
  private static func homeFolder() -> String? {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16 << 10)
    let status = unsafe getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found)
    guard status == 0, unsafe found != nil, let folder = unsafe entry.pw_dir else { return nil }
    return unsafe String(cString: folder)
  }

  static func currentDirectory() -> String {
    guard let path = unsafe getcwd(nil, 0) else { return "/" }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  /// The path by which hooks should call this program: a place in `PATH` that leads here, since
  /// that survives an upgrade, else where the program really is.
  static func program(_ environment: [String: String]) -> String {
    guard let real = FileSystem.realPath("/proc/self/exe") else { return "headway" }
    let folders = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    for folder in folders where FileSystem.realPath("\(folder)/headway") == real {
      return "\(folder)/headway"
    }
    return real
  }

  static func now() -> Instant {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
