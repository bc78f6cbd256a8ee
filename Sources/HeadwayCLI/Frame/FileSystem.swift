internal import Glibc
internal import SystemPackage

/// The file operations that commands need, each failing with the path and the reason.
enum FileSystem {
  /// What stands at a path; links are not followed.
  enum Kind { case file(mode: mode_t), directory, link, other }

  static func kind(_ path: String) -> Kind? {
    var facts = stat()
    guard unsafe lstat(path, &facts) == 0 else { return nil }
    switch facts.st_mode & S_IFMT {
    case S_IFREG: return .file(mode: facts.st_mode & 0o7777)
    case S_IFDIR: return .directory
    case S_IFLNK: return .link
    default: return .other
    }
  }

  /// Links are followed.
  static func isDirectory(_ path: String) -> Bool {
    var facts = stat()
    return unsafe stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }

  /// Links are followed.
  static func isExecutable(_ path: String) -> Bool {
    unsafe access(path, X_OK) == 0 && !isDirectory(path)
  }

  /// The path without links, dots and doubled slashes; `nil` when it leads nowhere.
  static func realPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// The names in a directory, sorted; none when there is no such directory.
  static func names(in directory: String) -> [String] {
    guard let stream = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The whole file, links followed; a file over `limit` bytes is an error.
  static func read(_ path: String, limit: Int = 4 << 20) throws(CommandError) -> [UInt8] {
    do {
      let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
      return try file.closeAfter {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
          let chunk = try unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            count = try unsafe file.read(into: UnsafeMutableRawBufferPointer(buffer))
          }
          if chunk.isEmpty { return bytes }
          bytes += chunk
        }
        throw Errno.fileTooLarge
      }
    } catch {
      throw .file(path, "read", reason(error))
    }
  }

  /// Makes a file that must not exist yet.
  static func create(
    _ path: String, _ bytes: [UInt8], mode: mode_t = 0o666
  ) throws(CommandError) {
    do {
      let file = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: FilePermissions(rawValue: mode))
      try file.closeAfter { _ = try file.writeAll(bytes) }
    } catch {
      throw .file(path, "create", reason(error))
    }
  }

  /// Puts a whole file in the place of another at one instant.
  static func replace(
    _ path: String, _ bytes: [UInt8], mode: mode_t
  ) throws(CommandError) {
    let new = "\(path).new-\(getpid())"
    try create(new, bytes, mode: mode)
    guard unsafe chmod(new, mode) == 0, unsafe Glibc.rename(new, path) == 0 else {
      let reason = Errno(rawValue: errno).description
      unsafe unlink(new)
      throw .file(path, "write", reason)
    }
  }

  static func rename(_ old: String, to new: String) throws(CommandError) {
    guard unsafe Glibc.rename(old, new) == 0 else {
      throw .file(old, "rename", Errno(rawValue: errno).description)
    }
  }

  static func remove(_ path: String) throws(CommandError) {
    guard unsafe unlink(path) == 0 else {
      throw .file(path, "remove", Errno(rawValue: errno).description)
    }
  }

  /// Makes a directory and those above it; returns the ones that were not there before.
  @discardableResult
  static func makeDirectories(
    _ path: String, mode: mode_t = 0o777
  ) throws(CommandError) -> [String] {
    var (made, current) = ([String](), "")
    for part in path.split(separator: "/") {
      current += "/" + part
      if unsafe mkdir(current, mode) == 0 {
        made.append(current)
      } else if !isDirectory(current) {
        throw .file(current, "make the directory", Errno(rawValue: errno).description)
      }
    }
    return made
  }

  /// Makes a folder that is nobody else's.
  static func makeScratch(in parent: String) throws(CommandError) -> String {
    var template = Array("\(parent)/headway-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw .file(parent, "make a folder in", Errno(rawValue: errno).description)
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes a directory with everything in it; links in it are removed, never followed.
  static func removeTree(_ path: String) throws(CommandError) {
    for name in names(in: path) {
      let child = "\(path)/\(name)"
      if case .directory = kind(child) { try removeTree(child) } else { try remove(child) }
    }
    guard unsafe rmdir(path) == 0 else {
      throw .file(path, "remove", Errno(rawValue: errno).description)
    }
  }

  private static func reason(_ error: any Error) -> String {
    (error as? Errno)?.description ?? "\(error)"
  }
}
