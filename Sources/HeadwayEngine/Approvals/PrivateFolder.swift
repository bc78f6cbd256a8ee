internal import Glibc

/// A folder that only this user can enter, under a name nobody can guess; it goes with the value.
final class PrivateFolder: Sendable {
  let path: String

  init() throws(EngineError) {
    // Short, and not in TMPDIR: the socket of a gpg that insists on one must fit into 108 bytes.
    var template = Array("/tmp/headway-keys-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) } != nil
    }
    guard made else { throw .file(path: "/tmp", operation: "make a folder in", code: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path, depth: 0) }

  /// Writes a new file that only this user can read.
  func write(_ name: String, _ content: [UInt8]) throws(EngineError) -> String {
    let file = path + "/" + name
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .file(path: file, operation: "create", code: errno) }
    defer { close(descriptor) }
    var written = 0
    while written < content.count {
      let count = unsafe content[written...].withUnsafeBytes { bytes in
        unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .file(path: file, operation: "write", code: errno) }
      written += count
    }
    return file
  }

  func read(_ name: String, limit: Int) throws(EngineError) -> [UInt8] {
    let file = path + "/" + name
    let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .file(path: file, operation: "open", code: errno) }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while content.count <= limit {
      let count = unsafe chunk.withUnsafeMutableBytes { bytes in
        unsafe Glibc.read(descriptor, bytes.baseAddress, bytes.count)
      }
      guard count >= 0 else { throw .file(path: file, operation: "read", code: errno) }
      if count == 0 { return content }
      content += chunk[..<count]
    }
    throw .file(path: file, operation: "read", code: EFBIG)
  }

  /// Removes a file that `write` made; what stays goes with the folder.
  func remove(_ file: String) { _ = unsafe unlink(file) }

  private static func remove(_ path: String, depth: Int) {
    guard depth < 4, let stream = unsafe opendir(path) else { return }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    unsafe closedir(stream)
    for name in names where unsafe unlink(path + "/" + name) != 0 {
      remove(path + "/" + name, depth: depth + 1)
    }
    _ = unsafe rmdir(path)
  }
}
