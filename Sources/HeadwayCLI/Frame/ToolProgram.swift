internal import Subprocess
internal import SystemPackage

/// A small program such as `gpg` or `ssh-keygen`, found in `PATH` and run to its end.
struct ToolProgram: Sendable {
  let path: String
  private let variables: [String: String]

  /// `nil` when it is not installed.
  ///
  /// Folders of `PATH` that depend on where we stand are skipped.
  init?(_ name: String, in environment: [String: String]) {
    let folders = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    guard
      let path = folders.map({ "\($0)/\(name)" }).first(where: { FileSystem.isExecutable($0) })
    else { return nil }
    self.path = path
    variables = environment
  }

  struct Result: Sendable {
    let isSuccess: Bool
    let output: String
    let errors: String
  }

  /// Never asks anybody anything: there is no input.
  func run(
    _ arguments: [String], in directory: String = "/", adding extra: [String: String] = [:]
  ) async throws(CommandError) -> Result {
    let lines = variables.merging(extra) { $1 }.map { Array("\($0)=\($1)".utf8) + [0] }
    do {
      let result = try await Subprocess.run(
        .path(FilePath(path)), arguments: Arguments(arguments), environment: .custom(lines),
        workingDirectory: FilePath(directory), input: .none, output: .string(limit: 1 << 20),
        error: .string(limit: 1 << 20))
      return Result(
        isSuccess: result.terminationStatus.isSuccess, output: result.standardOutput,
        errors: result.standardError)
    } catch {
      throw .file(path, "run", "\(error)")
    }
  }
}
