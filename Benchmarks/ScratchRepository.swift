internal import Git
internal import Glibc
internal import HeadwayCore
internal import HeadwayEngine
internal import Subprocess
internal import SystemPackage

/// A real repository in a folder of its own, home to a project.
struct ScratchRepository: Sendable {
  let folder: String
  let git: GitProgram
  /// What git and the attempts see: nobody's configuration but the repository's own.
  let environment: [String: String]

  var path: String { folder + "/repository" }
  var cache: String { folder + "/cache" }

  init(in parent: String, _ files: [String: String]) async throws {
    var template = Array("\(parent)/headway-bench-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw Failure.system(parent, errno) }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    environment = Self.environment(of: folder)
    git = try GitProgram(environment: environment)
    try await run("init", "--quiet", "-b", "main", path, in: folder)
    for (key, value) in [
      "user.name": "Bench", "user.email": "bench@example.org", LocalSettings.homeKey: "bench",
      // Housekeeping in the background would be measured with whatever comes after it.
      "gc.auto": "0",
    ] { try await run("config", key, value) }
    try await commit(files, "Start")
  }

  static func environment(of folder: String) -> [String: String] {
    [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "GIT_CONFIG_GLOBAL": "/dev/null",
      "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8",
    ]
  }

  @discardableResult
  func run(_ arguments: String..., in folder: String? = nil) async throws -> String {
    try await git.run(arguments, in: folder ?? path, as: .user, limit: 256 << 20).text
  }

  /// Commits `files` with git itself.
  func commit(_ files: [String: String], _ message: String) async throws {
    for (file, text) in files { try write(text, to: file) }
    try await run("add", "--all")
    try await run("commit", "--quiet", "-m", message)
  }

  private func write(_ text: String, to file: String) throws {
    let target = "\(path)/\(file)"
    let parent = String(target[..<(target.lastIndex(of: "/") ?? target.endIndex)])
    guard unsafe mkdir(parent, 0o777) == 0 || errno == EEXIST else {
      throw Failure.system(parent, errno)
    }
    let descriptor = try FileDescriptor.open(
      SystemPackage.FilePath(target), .writeOnly, options: [.create, .truncate, .closeOnExec],
      permissions: .ownerReadWrite)
    _ = try descriptor.closeAfter { try descriptor.writeAll(text.utf8) }
  }

  /// The bytes of all objects after git has packed them as well as it can.
  func packedSize() async throws -> Int {
    try await run("gc", "--quiet", "--prune=now")
    let counts = try await run("count-objects", "-v")
    var size = 0
    for line in counts.split(separator: "\n") {
      let parts = line.split(separator: " ")
      guard let key = parts.first, ["size:", "size-pack:"].contains(key) else { continue }
      size += (parts.last.flatMap { Int($0) } ?? 0) << 10
    }
    return size
  }

  func remove() async throws {
    _ = try await Subprocess.run(
      .path("/bin/rm"), arguments: ["-rf", "--", folder], output: .discarded, error: .discarded)
  }
}

/// Why a benchmark has no figures.
enum Failure: Error, CustomStringConvertible {
  case system(String, CInt)
  /// The engine's work was not what the workload asks for.
  case wrong(String)

  var description: String {
    switch self {
    case .system(let path, let code): "\(path): \(Errno(rawValue: code))"
    case .wrong(let what): what
    }
  }
}
