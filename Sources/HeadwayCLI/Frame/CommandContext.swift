internal import Glibc
package import HeadwayCore
package import HeadwayEngine

/// Everything a command may know of the world; made once, here, and passed on.
package struct CommandContext: Sendable {
  package let environment: [String: String]
  /// Absolute; where the command acts.
  package let directory: String
  /// The absolute path of this program, as hooks should call it.
  package let program: String
  package let output: Output
  package let errors: Output
  /// What stands behind `output`.
  package let terminal: Terminal
  package let errorTerminal: Terminal
  package let wantsJSON: Bool
  package let now: @Sendable () -> Instant
  /// The next line that the person at the terminal types; `nil` when there is none.
  package let answer: @Sendable () -> String?

  package init(
    environment: [String: String], directory: String, program: String, output: Output,
    errors: Output, terminal: Terminal = .none, errorTerminal: Terminal = .none,
    wantsJSON: Bool = false, now: @escaping @Sendable () -> Instant,
    answer: @escaping @Sendable () -> String? = { readLine() }
  ) {
    self.environment = environment
    self.directory = directory
    self.program = program
    self.output = output
    self.errors = errors
    self.terminal = terminal
    self.errorTerminal = errorTerminal
    self.wantsJSON = wantsJSON
    self.now = now
    self.answer = answer
  }

  /// The world of the running process.
  package static func process() -> CommandContext {
    let environment = ProcessFacts.environment()
    return CommandContext(
      environment: environment, directory: ProcessFacts.currentDirectory(),
      program: ProcessFacts.program(environment), output: .descriptor(STDOUT_FILENO),
      errors: .descriptor(STDERR_FILENO),
      terminal: Terminal(STDOUT_FILENO, environment, .auto),
      errorTerminal: Terminal(STDERR_FILENO, environment, .auto), now: ProcessFacts.now)
  }

  /// The same world as the options that every command has want it.
  func applying(_ options: GlobalOptions) throws(CommandError) -> CommandContext {
    var directory = directory
    if let wanted = options.directory {
      directory = absolute(wanted)
      guard FileSystem.isDirectory(directory) else { throw .noDirectory(wanted) }
    }
    return CommandContext(
      environment: environment, directory: directory, program: program, output: output,
      errors: errors, terminal: terminal.choosing(options.color),
      errorTerminal: errorTerminal.choosing(options.color), wantsJSON: options.json, now: now,
      answer: answer)
  }

  /// `path` as seen from `directory`.
  package func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : directory + "/" + path
  }

  /// The repository that the command acts on.
  package func site() async throws(EngineError) -> Site { try await .find(from: directory) }

  /// The user's home directory, if the environment names one.
  package var home: String? { environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } }

  /// Where the user's own configuration of programs lives.
  package var configurationHome: String? { statedConfigurationHome ?? usualConfigurationHome }

  /// Where it lives if only this environment says so.
  var statedConfigurationHome: String? {
    environment["XDG_CONFIG_HOME"].flatMap { folder in
      folder.hasPrefix("/") && folder != usualConfigurationHome ? folder : nil
    }
  }

  private var usualConfigurationHome: String? { home.map { $0 + "/.config" } }

  /// Prints the facts as JSON when asked to, else what `text` prints.
  package func print(_ facts: @autoclosure () -> JSONValue, or text: () -> Void) {
    if wantsJSON { output.write(facts().canonical) } else { text() }
  }
}
