internal import Glibc
internal import HeadwayCore
internal import SystemPackage

/// The fresh folder of one attempt: `work/` is the program's, the rest is laid out beside it.
struct AttemptFolder: Sendable {
  let path: String
  /// Open and locked as long as the attempt lives; whatever ends this process lets go of it.
  private let lock: CInt

  var work: String { path + "/work" }
  var inputs: String { work + "/inputs" }
  var outputs: String { work + "/outputs" }
  var intent: String { work + "/intent.txt" }
  /// The program's private home.
  var home: String { path + "/home" }
  /// What the program reads on standard input.
  var order: String { path + "/order.json" }

  /// Makes the folder below `cache`, which must be ours alone.
  init(in cache: String) throws(Failure) {
    try Self.makeFolders(cache)
    var status = stat()
    guard unsafe lstat(cache, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      status.st_uid == geteuid(), status.st_mode & 0o022 == 0
    else {
      throw Failure(.internal, "\(cache) is not a folder that only you can write to")
    }
    // Nobody sweeps between the making of a folder and its lock.
    let making = try Self.lock(cache, LOCK_SH)
    defer { close(making) }
    var template = Array("\(cache)/\(AttemptSweep.prefix)XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw Self.fault("make a folder in", cache) }
    path = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    lock = try Self.lock(path, LOCK_EX | LOCK_NB)
  }

  private static func lock(_ folder: String, _ mode: CInt) throws(Failure) -> CInt {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw fault("open", folder) }
    // Where a file system has no locks, nobody can sweep it either.
    while flock(descriptor, mode) != 0, errno == EINTR {}
    return descriptor
  }

  /// Writes everything that the program may read.
  func lay(_ order: WorkOrder) throws(Failure) {
    for folder in [work, inputs, outputs, home] { try Self.makeFolder(folder) }
    try write(Array(order.intent.utf8), to: intent)
    var entries: [OrderDocument.Entry] = []
    for input in order.inputs {
      entries.append(try lay(input.bytes, as: input.name, blob: input.blob))
    }
    for recalled in order.recalled {
      let path = recalled.path.text
      let name = path.hasPrefix("memory/") ? path : "memory/\(path)"
      // Main and the ledger may each have a document of that name.
      let isTaken = entries.contains { $0.name == name }
      entries.append(
        try lay(
          Array(recalled.text.utf8),
          as: isTaken ? "memory/\(recalled.blob.short)/\(name.dropFirst(7))" : name,
          blob: recalled.blob))
    }
    try write(OrderDocument(order, entries: entries).json.canonical, to: self.order)
  }

  private func lay(
    _ bytes: [UInt8], as name: String, blob: BlobID
  ) throws(Failure) -> OrderDocument.Entry {
    if let fault = HeadwayCore.FilePath.fault(of: name) {
      throw Failure(.invalidRequest, "the input `\(name.oneLine(80))` \(fault.rawValue)")
    }
    let parts = name.split(separator: "/")
    for end in parts.indices.dropLast() {
      try Self.makeFolder("\(inputs)/\(parts[...end].joined(separator: "/"))", mayExist: true)
    }
    try write(bytes, to: "\(inputs)/\(name)")
    return OrderDocument.Entry(name: name, blob: blob)
  }

  /// Removes the folder with whatever the program made of it.
  func remove() -> Bool {
    defer { close(lock) }
    return FolderRemoval.remove(path)
  }

  private func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    do {
      let descriptor = try FileDescriptor.open(
        SystemPackage.FilePath(path), .writeOnly,
        options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
        permissions: FilePermissions(rawValue: 0o400))
      _ = try descriptor.closeAfter { try descriptor.writeAll(bytes) }
    } catch {
      throw Failure(.internal, "cannot write \(path): \(error)")
    }
  }

  private static func makeFolder(_ path: String, mayExist: Bool = false) throws(Failure) {
    guard unsafe mkdir(path, 0o700) == 0 || (mayExist && errno == EEXIST) else {
      throw fault("make", path)
    }
  }

  private static func makeFolders(_ path: String) throws(Failure) {
    var made = ""
    for part in path.split(separator: "/") {
      made += "/\(part)"
      try makeFolder(made, mayExist: true)
    }
  }

  private static func fault(_ operation: String, _ path: String) -> Failure {
    Failure(.internal, "cannot \(operation) \(path): \(Errno(rawValue: errno))")
  }
}

/// The work order as the program reads it.
struct OrderDocument {
  struct Entry: Hashable, Sendable {
    /// Relative to `$HEADWAY_INPUTS`.
    let name: String
    let blob: BlobID
  }

  let json: JSONValue

  init(_ order: WorkOrder, entries: [Entry]) {
    json = [
      "format": 1, "run": .string(order.attempt.task.run.text),
      "task": .string(order.attempt.task.task.text), "attempt": .integer(order.attempt.number),
      "key": .string(order.key), "title": .string(order.title), "intent": .string(order.intent),
      "parameters": .object(order.parameters),
      "inputs": .array(
        entries.map { ["name": .string($0.name), "blob": .string($0.blob.hex)] }),
      "outputs": .array(
        order.outputs.map { ["name": .string($0.name), "schema": $0.schema ?? .null] }),
      "deadline": .string(order.deadline.description),
    ]
  }
}
