internal import Glibc

/// Names in a folder, read through a descriptor where a path could be swapped under us.
enum FolderListing {
  static func names(of path: String) -> [String]? {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return names(in: descriptor)
  }

  /// The names below an open folder but `.` and `..`, at most `limit`; the descriptor stays open.
  static func names(in folder: CInt, limit: Int = .max) -> [String]? {
    bytes(in: folder, limit: limit)?.map { String(decoding: $0.dropLast(), as: UTF8.self) }
  }

  /// The same as they are on the disk, each with its final NUL.
  static func bytes(in folder: CInt, limit: Int = .max) -> [[UInt8]]? {
    let copy = openat(folder)
    guard copy >= 0, let stream = unsafe fdopendir(copy) else {
      if copy >= 0 { close(copy) }
      return nil
    }
    defer { unsafe closedir(stream) }
    var names: [[UInt8]] = []
    while names.count < limit, let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
        unsafe Array(buffer.prefix { $0 != 0 })
      }
      if name != [0x2E], name != [0x2E, 0x2E] { names.append(name + [0]) }
    }
    return names
  }

  /// A second descriptor with its own position.
  private static func openat(_ folder: CInt) -> CInt {
    unsafe Glibc.openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  }
}
