internal import Glibc
internal import HeadwayCore

/// Reads what a program has left behind, trusting neither names, kinds nor sizes.
struct OutputFolder {
  let path: String

  /// The declared outputs and nothing else; all of them together have at most `limit` bytes.
  func collect(
    _ declared: [WorkOrder.DeclaredOutput], limit: Int
  ) throws(Failure) -> [String: [UInt8]] {
    let folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw Failure(.badOutput, "the outputs' folder is gone") }
    defer { close(folder) }
    let expected = Set(declared.map(\.name))
    // One more than there may be is enough to see that there are too many.
    guard let names = FolderListing.names(in: folder, limit: expected.count + 1) else {
      throw Failure(.badOutput, "the outputs' folder cannot be read")
    }
    if let stray = names.sorted().first(where: { !expected.contains($0) }) {
      throw Failure(.badOutput, "`\(stray.oneLine(80))` is not a declared output")
    }
    var outputs: [String: [UInt8]] = [:]
    var room = limit
    for output in declared {
      let name = output.name
      guard names.contains(name) else {
        if output.isOptional { continue }
        throw Failure(.badOutput, "the output `\(name)` is missing")
      }
      let bytes = try read(name, in: folder, room: room, limit: limit)
      room -= bytes.count
      outputs[name] = bytes
    }
    return outputs
  }

  private func read(
    _ name: String, in folder: CInt, room: Int, limit: Int
  ) throws(Failure) -> [UInt8] {
    // Without O_NONBLOCK the opening of a FIFO would wait for a writer for ever.
    let file = unsafe openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else {
      let why = errno == ELOOP ? "is a symbolic link" : "cannot be read"
      throw Failure(.badOutput, "the output `\(name)` \(why)")
    }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(.badOutput, "the output `\(name)` is not a regular file")
    }
    guard status.st_size <= room else {
      throw Failure(
        .badOutput, "the outputs are larger than \(limit) bytes: `\(name)` has \(status.st_size)")
    }
    // The size is what is read, even if something still writes to the file.
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
      let wanted = bytes.count - filled
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(file, buffer.baseAddress.map { unsafe $0 + filled }, wanted)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure(.badOutput, "the output `\(name)` cannot be read") }
      if count == 0 { break }
      filled += count
    }
    return Array(bytes.prefix(filled))
  }
}
