internal import Glibc
internal import Subprocess
internal import SystemPackage

/// A scratch home with a repository in it, where commands run as a user would type them.
struct Stage: Sendable {
  let folder: String
  let repository: String
  let context: CommandContext
  private let variables: [String: String]

  init(context: CommandContext) throws(CommandError) {
    self.context = context
    folder = try FileSystem.makeScratch(in: context.environment["TMPDIR"] ?? "/tmp")
    repository = folder + "/content"
    let programs = folder + "/bin"
    try FileSystem.makeDirectories(repository)
    try FileSystem.makeDirectories(programs)
    guard unsafe symlink(context.program, programs + "/headway") == 0 else {
      throw .file(programs, "link the program into", Errno(rawValue: errno).description)
    }
    // Nothing of the user's: no agent, no configuration, no key, no variable that git obeys.
    var variables = [
      "HOME": folder, "PATH": programs + ":" + (context.environment["PATH"] ?? "/usr/bin:/bin"),
      "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_PAGER": "cat",
      "LC_ALL": "C.UTF-8", "USER": "demo",
    ]
    for name in ["TERM", "NO_COLOR", "TZ"] { variables[name] = context.environment[name] }
    self.variables = variables
  }

  func say(_ text: String) {
    context.output.line("\n" + context.terminal.styled("# " + text, .bold))
  }

  /// Shows the command and runs it on the user's own terminal.
  func run(_ command: String) async throws(CommandError) {
    context.output.line(context.terminal.styled("$ " + command, .cyan))
    let status: TerminationStatus
    do {
      status = try await Subprocess.run(
        .path("/bin/sh"), arguments: ["-c", command], environment: environment,
        workingDirectory: FilePath(repository), output: .currentStandardOutput,
        error: .currentStandardError
      ).terminationStatus
    } catch {
      throw .file("/bin/sh", "run", "\(error)")
    }
    guard status.isSuccess else { throw .stepFailed(command) }
  }

  /// What a command that nobody needs to see prints.
  func answer(_ command: String) async throws(CommandError) -> String {
    do {
      let result = try await Subprocess.run(
        .path("/bin/sh"), arguments: ["-c", command], environment: environment,
        workingDirectory: FilePath(repository), output: .string(limit: 1 << 20),
        error: .currentStandardError)
      return String(result.standardOutput.prefix { !$0.isNewline })
    } catch {
      throw .file("/bin/sh", "run", "\(error)")
    }
  }

  private var environment: Environment {
    .custom(variables.map { Array("\($0)=\($1)".utf8) + [0] })
  }
}
