import Glibc
import HeadwayCLI
import HeadwayCore
import HeadwayTestSupport
import Synchronization

/// The command line in a world of its own: a home, a repository beside it, and a fixed moment.
struct Trial {
  let repository: TemporaryRepository
  var variables: [String: String]
  var program = "/opt/head way/it's/headway"

  /// What a command printed and how it ended.
  struct Ending {
    let status: ExitStatus
    let output: String
    let errors: String
  }

  init(bare: Bool = false) async throws {
    repository = try await TemporaryRepository(bare: bare)
    variables = repository.environment
    variables["GIT_CONFIG_GLOBAL"] = home + "/gitconfig"
    try await git("config", "--global", "user.name", "Ada Lovelace")
    try await git("config", "--global", "user.email", "ada@example.org")
  }

  var home: String { repository.directory }
  var path: String { repository.path }

  func run(_ arguments: String..., in directory: String? = nil) async -> Ending {
    let (output, errors) = (Recorder(), Recorder())
    let context = CommandContext(
      environment: variables, directory: directory ?? path, program: program,
      output: output.output, errors: errors.output,
      now: { Instant(milliseconds: 1_700_000_000_000) })
    let status = await Headway.run(arguments, in: context)
    return Ending(status: status, output: output.text, errors: errors.text)
  }

  @discardableResult
  func git(_ arguments: String..., adding extra: [String: String] = [:]) async throws -> String {
    try await TemporaryRepository.run(
      ["git"] + arguments, in: path, variables: variables.merging(extra) { $1 })
  }

  /// An Ed25519 key where users have theirs; returns the words that `people/` wants.
  func makeKey() async throws -> String {
    mkdir(home + "/.ssh", 0o700)
    _ = try await repository.makeSSHKey(".ssh/id_ed25519")
    let line = try read(home + "/.ssh/id_ed25519.pub")
    return line.split(separator: " ").prefix(2).joined(separator: " ")
  }

  func read(_ path: String) throws -> String {
    let absolute = path.hasPrefix("/") ? path : self.path + "/" + path
    guard let file = fopen(absolute, "r") else { throw Missing(path: absolute) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(byte)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  func exists(_ path: String) -> Bool {
    var facts = stat()
    return lstat(path.hasPrefix("/") ? path : self.path + "/" + path, &facts) == 0
  }

  func mode(_ path: String) -> mode_t {
    var facts = stat()
    return stat(self.path + "/" + path, &facts) == 0 ? facts.st_mode & 0o777 : 0
  }

  /// Writes an executable file in the repository.
  func writeProgram(_ file: String, _ text: String, mode: mode_t = 0o755) throws {
    try repository.write(file, text)
    chmod(path + "/" + file, mode)
  }

  struct Missing: Error { let path: String }
}

/// Keeps what is written to it.
final class Recorder: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
  var output: Output { Output { [self] new in bytes.withLock { $0 += new } } }
}
