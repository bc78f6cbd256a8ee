internal import Glibc

/// Touched by whoever wants the holder of the lock to look again; no nudge is lost, because the
/// holder compares it after unlocking.
package struct NudgeFile: Hashable, Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  package func touch() throws(EngineError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .file(path: path, operation: "open", code: errno) }
    defer { close(descriptor) }
    // Not the kernel's own stamp: that is the time of its last clock interrupt, the same for all
    // that happens within some milliseconds.
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    let times = [now, now]
    guard unsafe futimens(descriptor, times) == 0 else {
      throw .file(path: path, operation: "touch", code: errno)
    }
  }

  /// A value that differs after every touch; 0 while nobody has ever nudged.
  package func stamp() -> Int64 {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return 0 }
    return Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
  }
}
