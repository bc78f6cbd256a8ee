internal import Glibc
internal import HeadwayCore

/// Removes what attempts left behind whose process died before it could.
struct AttemptSweep {
  /// What the folders of attempts begin with.
  static let prefix = "attempt-"
  /// Left alone that long: a program that outlives Headway may still be at work in it.
  private static let age = Span.hours(6)

  let cache: String
  let now: Instant

  /// Several repositories share the cache: a folder is nobody's when nobody holds its lock.
  func run() {
    let making = unsafe open(cache, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    // Without a cache there is nothing to sweep.
    guard making >= 0 else { return }
    guard flock(making, LOCK_EX | LOCK_NB) == 0 else {
      close(making)
      return
    }
    let left = (FolderListing.names(of: cache) ?? []).filter { $0.hasPrefix(Self.prefix) }
      .compactMap { name in claim("\(cache)/\(name)").map { (name, $0) } }
    close(making)
    for (name, lock) in left {
      // What cannot be removed now is looked at again by the next sweep.
      _ = FolderRemoval.remove("\(cache)/\(name)")
      close(lock)
    }
  }

  /// The lock on a folder that is old and nobody's.
  private func claim(_ path: String) -> CInt? {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_uid == geteuid(),
      now - Instant(milliseconds: Int64(status.st_mtim.tv_sec) * 1_000) > Self.age,
      flock(descriptor, LOCK_EX | LOCK_NB) == 0
    else {
      close(descriptor)
      return nil
    }
    return descriptor
  }
}
