import Glibc

/// A folder of small files that can be read, kept and put back as a whole.
struct Folder: Sendable {
  let path: String

  enum Failure: Error { case system(String, Int32) }

  init(_ path: String) { self.path = path }

  /// A new folder in memory where the system has such a place, else among temporary files.
  static func temporary() throws -> Folder {
    let place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(place)/headway-simulation-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure.system(place, errno) }
    return Folder(
      String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  func read(_ name: String) -> [UInt8]? {
    let descriptor = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return count == 0 ? bytes : nil }
      bytes += chunk.prefix(count)
    }
  }

  func text(_ name: String) -> String? { read(name).map { String(decoding: $0, as: UTF8.self) } }

  /// Writes a file, making folders as needed.
  func write(_ name: String, _ bytes: [UInt8]) throws {
    let target = "\(path)/\(name)"
    if let slash = target.lastIndex(of: "/") { try Self.make(String(target[..<slash])) }
    let descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Failure.system(target, errno) }
    defer { close(descriptor) }
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard count == bytes.count else { throw Failure.system(target, errno) }
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func makeFolder(_ name: String) throws { try Self.make("\(path)/\(name)") }

  private static func make(_ folder: String) throws {
    if mkdir(folder, 0o755) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = folder.lastIndex(of: "/") else {
      throw Failure.system(folder, errno)
    }
    try make(String(folder[..<slash]))
    guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
      throw Failure.system(folder, errno)
    }
  }

  /// Names below `folder`, sorted; `isFolder` for those that hold others.
  func names(in folder: String = "") -> [(name: String, isFolder: Bool)] {
    guard let directory = opendir(folder.isEmpty ? path : "\(path)/\(folder)") else { return [] }
    defer { closedir(directory) }
    var names: [(name: String, isFolder: Bool)] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
        String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name == "." || name == ".." { continue }
      names.append((name, entry.pointee.d_type == UInt8(DT_DIR)))
    }
    return names.sorted { $0.name < $1.name }
  }

  /// Every file below, by its name from here.
  func contents(of folder: String = "") -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    for (name, isFolder) in names(in: folder) {
      let inner = folder.isEmpty ? name : "\(folder)/\(name)"
      if isFolder {
        found.merge(contents(of: inner)) { $1 }
      } else if let bytes = read(inner) {
        found[inner] = bytes
      }
    }
    return found
  }

  /// Makes the folder hold exactly `contents`.
  func restore(_ contents: [String: [UInt8]]) throws {
    for (name, _) in names() where contents[name] == nil { remove(name) }
    for (name, bytes) in contents { try write(name, bytes) }
  }

  func exists(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }

  func remove(_ name: String) {
    for (inner, _) in names(in: name) { remove("\(name)/\(inner)") }
    if unlink("\(path)/\(name)") != 0 { rmdir("\(path)/\(name)") }
  }

  func removeAll() {
    for (name, _) in names() { remove(name) }
    rmdir(path)
  }
}
