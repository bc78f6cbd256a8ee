import SystemPackage

/// A file outside the repository, as bytes; a missing one is empty.
enum FileBytes {
  static func read(_ path: String) throws -> [UInt8] {
    let descriptor: FileDescriptor
    do { descriptor = try FileDescriptor.open(SystemPackage.FilePath(path), .readOnly) } catch Errno
      .noSuchFileOrDirectory
    {
      return []
    }
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
}
