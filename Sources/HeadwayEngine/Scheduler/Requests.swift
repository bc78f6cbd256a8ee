internal import Glibc
package import HeadwayCore

/// Verbs typed at home, handed to whoever holds the lock: a file each, answered by a file.
///
/// The ledger has one writer at a time, and that may be a daemon that is in the middle of an
/// attempt; so a command never writes the ledger itself.
package struct Requests: Sendable {
  private let folder: String

  package init(folder: String) { self.folder = folder }

  package struct Request: Hashable, Sendable {
    package let id: String
    /// Never none; they are carried out together or not at all.
    package let verbs: [Verb]
    package let by: String
    package let reason: String

    package init(id: String, verbs: [Verb], by: String, reason: String) {
      self.id = id
      self.verbs = verbs
      self.by = by
      self.reason = reason
    }

    package init(id: String, verb: Verb, by: String, reason: String) {
      self.init(id: id, verbs: [verb], by: by, reason: reason)
    }
  }

  package enum Answer: Hashable, Sendable {
    case done
    case refused(String)
  }

  /// Puts a request where the holder of the lock finds it.
  package func put(_ request: Request) throws(EngineError) {
    try ProgramFolder.makeFolder(folder)
    try write(request.json, to: "\(request.id).json")
  }

  /// Takes a request back that nobody has carried out yet.
  package func withdraw(_ id: String) throws(EngineError) { try remove("\(id).json") }

  /// Whether anybody asked for something that was not answered yet.
  func areWaiting() throws(EngineError) -> Bool { try !names(ending: ".json").isEmpty }

  /// Requests that nobody has answered yet, oldest name first.
  package func open() throws(EngineError) -> [Request] {
    var open: [Request] = []
    for name in try names(ending: ".json") {
      let path = "\(folder)/\(name)"
      guard let bytes = try Self.read(path) else { continue }
      let json: JSONValue
      do { json = try JSONReader.read(bytes).json } catch {
        throw .unreadableRecord(path: path, "\(error)")
      }
      guard let request = Request(json: json, id: String(name.dropLast(5))) else {
        throw .unreadableRecord(path: path, "it holds no request")
      }
      open.append(request)
    }
    return open
  }

  func answer(_ request: Request, _ answer: Answer) throws(EngineError) {
    switch answer {
    case .done: try write(["done": true], to: "\(request.id).answer")
    case .refused(let why): try write(["refused": .string(why)], to: "\(request.id).answer")
    }
    try remove("\(request.id).json")
  }

  /// The answer to a request, taken away; `nil` while there is none.
  package func takeAnswer(_ id: String) throws(EngineError) -> Answer? {
    let path = "\(folder)/\(id).answer"
    guard let bytes = try Self.read(path) else { return nil }
    let json: JSONValue
    do { json = try JSONReader.read(bytes).json } catch {
      throw .unreadableRecord(path: path, "\(error)")
    }
    try remove("\(id).answer")
    return json["refused"]?.text.map(Answer.refused) ?? .done
  }

  private func names(ending suffix: String) throws(EngineError) -> [String] {
    guard let directory = unsafe opendir(folder) else {
      if errno == ENOENT { return [] }
      throw .file(path: folder, operation: "list", code: errno)
    }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name.hasSuffix(suffix), !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  private func write(_ json: JSONValue, to name: String) throws(EngineError) {
    let staging = "\(folder)/.\(name)"
    try ProgramFolder.write(json.canonical, to: staging, mode: 0o600)
    guard unsafe rename(staging, "\(folder)/\(name)") == 0 else {
      throw .file(path: "\(folder)/\(name)", operation: "write", code: errno)
    }
  }

  private func remove(_ name: String) throws(EngineError) {
    guard unsafe unlink("\(folder)/\(name)") == 0 || errno == ENOENT else {
      throw .file(path: "\(folder)/\(name)", operation: "remove", code: errno)
    }
  }

  static func read(_ path: String) throws(EngineError) -> [UInt8]? {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .file(path: path, operation: "open", code: errno)
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < 64 << 20 {
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      guard count >= 0 else { throw .file(path: path, operation: "read", code: errno) }
      if count == 0 { break }
      bytes += chunk.prefix(count)
    }
    return bytes
  }
}
