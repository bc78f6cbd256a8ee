internal import Glibc

/// Removes a folder that a program has had for itself: it may hold links, folders without
/// permissions, and nesting deeper than any path or recursion can follow.
enum FolderRemoval {
  private static let rounds = 1_000_000
  /// `O_PATH`, which needs no permission; the C module hides it behind `_GNU_SOURCE`.
  private static let pathOnly: CInt = 0o10000000

  /// Whether nothing is left of the folder.
  static func remove(_ path: String) -> Bool {
    let top = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard top >= 0 else { return errno == ENOENT }
    defer { close(top) }
    var serial = 0
    for _ in 0..<rounds {
      guard let names = FolderListing.bytes(in: top, limit: 10_000) else { return false }
      if names.isEmpty { break }
      for name in names where !clear(name, in: top, serial: &serial) { return false }
    }
    return unsafe rmdir(path) == 0
  }

  /// Removes one entry; a folder's own entries move up to the top first, so that neither depth
  /// nor the number of open files grows.
  private static func clear(_ name: [UInt8], in top: CInt, serial: inout Int) -> Bool {
    if unlink(name, in: top, flags: 0) || errno == ENOENT { return true }
    guard errno == EISDIR || errno == EPERM else { return false }
    if unlink(name, in: top, flags: AT_REMOVEDIR) { return true }
    guard errno == ENOTEMPTY || errno == EEXIST || errno == EACCES, allow(name, in: top) else {
      return false
    }
    let folder = open(name, in: top, flags: O_RDONLY)
    guard folder >= 0 else { return false }
    defer { close(folder) }
    while let children = FolderListing.bytes(in: folder, limit: 10_000), !children.isEmpty {
      for child in children {
        serial += 1
        let place = Array(".removed-\(serial)".utf8) + [0]
        if !rename(child, from: folder, to: place, in: top) {
          guard errno == EACCES, allow(child, in: folder),
            rename(child, from: folder, to: place, in: top)
          else { return false }
        }
      }
    }
    return unlink(name, in: top, flags: AT_REMOVEDIR)
  }

  /// Gives us back the permissions of a folder; through `/proc`, which follows no link that
  /// was put in its place.
  private static func allow(_ name: [UInt8], in parent: CInt) -> Bool {
    let folder = open(name, in: parent, flags: pathOnly)
    guard folder >= 0 else { return false }
    defer { close(folder) }
    return unsafe chmod("/proc/self/fd/\(folder)", 0o700) == 0
  }

  private static func open(_ name: [UInt8], in parent: CInt, flags: CInt) -> CInt {
    unsafe name.withUnsafeBytes { bytes in
      guard let start = unsafe bytes.assumingMemoryBound(to: CChar.self).baseAddress else {
        return -1
      }
      return unsafe openat(parent, start, flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    }
  }

  private static func unlink(_ name: [UInt8], in parent: CInt, flags: CInt) -> Bool {
    unsafe name.withUnsafeBytes { bytes in
      guard let start = unsafe bytes.assumingMemoryBound(to: CChar.self).baseAddress else {
        return false
      }
      return unsafe unlinkat(parent, start, flags) == 0
    }
  }

  private static func rename(
    _ name: [UInt8], from folder: CInt, to place: [UInt8], in top: CInt
  ) -> Bool {
    unsafe name.withUnsafeBytes { name in
      unsafe place.withUnsafeBytes { place in
        guard let from = unsafe name.assumingMemoryBound(to: CChar.self).baseAddress,
          let to = unsafe place.assumingMemoryBound(to: CChar.self).baseAddress
        else { return false }
        return unsafe renameat(folder, from, top, to) == 0
      }
    }
  }
}
