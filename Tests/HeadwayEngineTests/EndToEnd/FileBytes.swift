import Glibc
import SystemPackage

/// Files outside the repository.
enum FileBytes {
  /// The bytes of a file; a missing one is empty.
  static func read(_ path: String) throws -> [UInt8] {
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(SystemPackage.FilePath(path), .readOnly)
    } catch Errno.noSuchFileOrDirectory { return [] }
    return try descriptor.closeAfter {
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 64 << 10)
      while true {
        let count = try chunk.withUnsafeMutableBytes { try descriptor.read(into: $0) }
        if count == 0 { return bytes }
        bytes += chunk.prefix(count)
      }
    }
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Where a symbolic link leads.
  static func link(_ path: String) throws -> String {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.baseAddress.map { readlink(path, $0, bytes.count) } ?? 0
    }
    guard count > 0 else { throw Errno(rawValue: errno) }
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }
}
