internal import CLibgit2
internal import Glibc

extension Repository {
  /// Below this a file for each object is cheaper to write, and leaves fewer packs behind.
  static let packThreshold = 24

  /// Writes objects that were made in memory, and nothing else.
  borrowing func write(
    _ pending: [PendingObject], _ durability: Durability
  ) throws(GitError) {
    if durability == .power { Runtime.synchroniseWrites() }
    if pending.count < Self.packThreshold {
      // Parts before wholes, so that a crash leaves nothing that refers to what is not there.
      for object in pending {
        guard try write(object.bytes, as: object.kind) == object.id else {
          throw GitError(.writeObject, .damaged)
        }
      }
    } else {
      try write(Pack(pending), durability)
    }
  }

  private borrowing func write(_ pack: Pack, _ durability: Durability) throws(GitError) {
    let folder = commonDirectory + "/objects/pack"
    let path = folder + "/pack-" + pack.name
    try NewFile.write(pack.bytes, to: path + ".pack", durability)
    // Last, for a pack without an index is invisible, and an index without a pack is an error.
    try NewFile.write(pack.index, to: path + ".idx", durability)
    if durability == .power { try NewFile.synchronise(folder) }
    try check(git_odb_refresh(objects.pointer), .flush)
  }
}

extension Runtime {
  /// From now on whatever libgit2 writes in this process is on the disk before it has its name.
  static func synchroniseWrites() { _ = headway_git_enable_fsync(1) }
}

/// Files that appear whole or not at all.
private enum NewFile {
  static func write(
    _ bytes: [UInt8], to path: String, _ durability: Durability
  ) throws(GitError) {
    // A name that `git gc` sweeps away, should we die before the renaming.
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    let temporary = "\(folder)tmp_pack_\(getpid())_\(UInt64.random(in: 0 ... .max))"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    do throws(GitError) {
      var written = 0
      while written < bytes.count {
        let count = bytes[written...].withUnsafeBytes {
          Glibc.write(descriptor, $0.baseAddress, $0.count)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw failure(path) }
        written += count
      }
      guard fchmod(descriptor, 0o444) == 0 else { throw failure(path) }
      if durability == .power, fsync(descriptor) != 0 { throw failure(path) }
      guard rename(temporary, path) == 0 else { throw failure(path) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  static func synchronise(_ folder: String) throws(GitError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(folder) }
  }

  private static func failure(_ path: String) -> GitError {
    let code = errno
    return GitError(.flush, .code(-1), "\(path): \(String(cString: strerror(code)))")
  }
}
