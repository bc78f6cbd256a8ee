internal import CLibgit2
internal import Glibc

extension Repository {
  /// A pack is quicker for any number of objects (0.4 ms against 1.4 ms for the eight of one
  /// commit), but git looks through all packs, and collects garbage after 50; so the few objects
  /// of a single commit become loose files.
  static let packThreshold = 12

  /// From now on a reference that is moved here is on the disk before it has its name.
  ///
  /// libgit2 decides this when it opens its store of references, so the store is opened anew; the
  /// setting is process-wide and therefore taken back at once.
  package borrowing func synchroniseReferences() throws(GitError) {
    _ = headway_git_enable_fsync(1)
    defer { _ = headway_git_enable_fsync(0) }
    let references = try Handle(.flush, free: { git_refdb_free($0) }) {
      git_refdb_open(&$0, handle.pointer)
    }
    try check(git_repository_set_refdb(handle.pointer, references.pointer), .flush)
  }

  /// How many packs a reader has to look through.
  package borrowing func packCount() -> Int {
    FileText.names(in: commonDirectory + "/objects/pack").count { $0.hasSuffix(".pack") }
  }

  /// Writes objects that were made in memory, and nothing else.
  ///
  /// libgit2 finds a new pack when it first misses something of it, and lists all packs then; most
  /// of what is written here is never read again by this process.
  borrowing func write(
    _ pending: [PendingObject], _ durability: Durability
  ) throws(GitError) {
    if durability == .power { try synchroniseReferences() }
    if pending.count < Self.packThreshold {
      try writeLoose(pending, durability)
    } else {
      try write(Pack(pending), durability)
    }
  }

  private borrowing func write(_ pack: Pack, _ durability: Durability) throws(GitError) {
    let folder = commonDirectory + "/objects/pack"
    // The pack before its index: a pack without one is invisible, the reverse is an error.
    for (suffix, bytes) in [(".pack", pack.bytes), (".idx", pack.index)] {
      try NewFile.write(
        bytes, to: "pack-\(pack.name)\(suffix)", in: folder, sweptAs: "tmp_pack_", durability)
    }
    if durability == .power { try NewFile.synchronise(folder) }
  }

  /// Ours and not libgit2's, which looks through all packs again before each object.
  private borrowing func writeLoose(
    _ pending: [PendingObject], _ durability: Durability
  ) throws(GitError) {
    let deflater = try Deflater()
    let root = commonDirectory + "/objects"
    var folders: Set<String> = []
    // Parts before wholes, as they were made, so that a crash leaves no reference to nothing.
    for object in pending {
      let hex = object.id.hex
      let (folder, name) = (root + "/" + hex.prefix(2), String(hex.dropFirst(2)))
      guard mkdir(folder, 0o777) == 0 || errno == EEXIST else { throw NewFile.failure(folder) }
      folders.insert(folder)
      if access(folder + "/" + name, F_OK) == 0 {
        // Whoever wrote it may not have cared for power.
        if durability == .power { try NewFile.synchronise(folder + "/" + name) }
        continue
      }
      var bytes: [UInt8] = []
      let header = Array("\(object.kind.rawValue) \(object.bytes.count)\0".utf8)
      try deflater.compress(header + object.bytes, to: &bytes)
      try NewFile.write(bytes, to: name, in: folder, sweptAs: "tmp_obj_", durability)
    }
    guard durability == .power else { return }
    for folder in folders { try NewFile.synchronise(folder) }
    try NewFile.synchronise(root)
  }
}

/// Files that appear whole or not at all.
private enum NewFile {
  /// Writes beside the final name first; git's own housekeeping sweeps `sweptAs` away, should we
  /// die before the renaming.
  static func write(
    _ bytes: [UInt8], to name: String, in folder: String, sweptAs prefix: String,
    _ durability: Durability
  ) throws(GitError) {
    let temporary = "\(folder)/\(prefix)\(getpid())_\(UInt64.random(in: 0 ... .max))"
    let path = folder + "/" + name
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    do throws(GitError) {
      try fill(descriptor, with: bytes, path)
      guard fchmod(descriptor, 0o444) == 0 else { throw failure(path) }
      if durability == .power, fsync(descriptor) != 0 { throw failure(path) }
      guard rename(temporary, path) == 0 else { throw failure(path) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func fill(
    _ descriptor: CInt, with bytes: [UInt8], _ path: String
  ) throws(GitError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(path) }
      written += count
    }
  }

  /// Waits until a file's content, or a folder's names, are on the disk.
  static func synchronise(_ path: String) throws(GitError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(path) }
  }

  static func failure(_ path: String) -> GitError {
    let code = errno
    return GitError(.flush, .system(code), "\(path): \(String(cString: strerror(code)))")
  }
}
