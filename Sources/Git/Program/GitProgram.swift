internal import Glibc
internal import Subprocess
internal import SystemPackage

/// The `git` program, for what it does as its user has set it up: transport, merges, signing.
package struct GitProgram: Hashable, Sendable {
  /// Absolute, so that nothing in a repository can stand in for it.
  package let path: String
  private let outer: [String: String]

  /// Finds `git` in `PATH` of the given environment, once.
  package init(environment: [String: String]) throws(GitProgramError) {
    let folders = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    let candidates = folders.map { "\($0)/git" }
    guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else {
      throw GitProgramError.notFound(folders.map(String.init))
    }
    self.path = path
    outer = environment
  }

  /// What a finished child left behind.
  package struct Output: Hashable, Sendable {
    package let status: Int32
    package let standardOutput: [UInt8]
    /// The last bytes of what it said, for people.
    package let standardError: String

    /// Standard output as text without its final newline.
    package var text: String {
      let text = String(decoding: standardOutput, as: UTF8.self)
      return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
  }

  /// Runs `git` in `directory` and returns its output; any exit status but 0 is thrown.
  package func run(
    _ arguments: [String], in directory: String, as environment: GitEnvironment,
    input: [UInt8] = [], limit: Int = 16 << 20, adding extra: [String: String] = [:]
  ) async throws(GitProgramError) -> Output {
    let output = try await outcome(
      of: arguments, in: directory, as: environment, input: input, limit: limit, adding: extra)
    guard output.status == 0 else {
      throw .failed(arguments: arguments, status: output.status, message: output.standardError)
    }
    return output
  }

  /// Runs `git` in `directory` and returns its output whatever its exit status.
  package func outcome(
    of arguments: [String], in directory: String, as environment: GitEnvironment,
    input: [UInt8] = [], limit: Int = 16 << 20, adding extra: [String: String] = [:]
  ) async throws(GitProgramError) -> Output {
    let configuration = configuration(arguments, directory, environment, extra)
    do {
      let result = try await Subprocess.run(
        configuration, input: .array(input), output: .sequence, error: .sequence
      ) { execution in
        async let said = Self.tail(of: execution.standardError, limit: 16 << 10)
        let printed = try await Self.all(of: execution.standardOutput, limit: limit)
        return (printed, try await said)
      }
      let (printed, said) = result.closureResult
      guard let printed else { throw GitProgramError.tooMuchOutput(arguments, limit: limit) }
      return Output(
        status: Self.status(result.terminationStatus), standardOutput: printed,
        standardError: String(decoding: said, as: UTF8.self))
    } catch let error as GitProgramError {
      throw error
    } catch {
      throw .notRun(arguments: arguments, "\(error)")
    }
  }

  /// Runs `git` on the caller's own terminal, so that it and its children may ask for passphrases.
  package func runOnTerminal(
    _ arguments: [String], in directory: String, adding extra: [String: String] = [:]
  ) async throws(GitProgramError) {
    let configuration = configuration(arguments, directory, .user, extra)
    let status: Int32
    do {
      let result = try await Subprocess.run(
        configuration, input: .currentStandardInput, output: .currentStandardOutput,
        error: .currentStandardError)
      status = Self.status(result.terminationStatus)
    } catch {
      throw .notRun(arguments: arguments, "\(error)")
    }
    guard status == 0 else { throw .failed(arguments: arguments, status: status, message: "") }
  }

  private func configuration(
    _ arguments: [String], _ directory: String, _ environment: GitEnvironment,
    _ extra: [String: String]
  ) -> Configuration {
    let variables = environment.variables(from: outer).merging(extra) { $1 }
    // As bytes: a name that is no plain identifier must not be lost on the way.
    let lines = variables.map { Array("\($0)=\($1)".utf8) + [0] }
    var options = PlatformOptions()
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
    return Configuration(
      executable: .path(FilePath(path)), arguments: Arguments(environment.commandLine(arguments)),
      environment: .custom(lines), workingDirectory: FilePath(directory), platformOptions: options)
  }

  private static func status(_ status: TerminationStatus) -> Int32 {
    switch status {
    case .exited(let code): code
    case .signaled(let signal): 128 + signal
    }
  }

  /// Reads to the end even when there is too much, so that the child never blocks; then `nil`.
  private static func all(
    of output: SubprocessOutputSequence, limit: Int
  ) async throws -> [UInt8]? {
    var bytes: [UInt8] = []
    var isOver = false
    for try await chunk in output {
      isOver = isOver || bytes.count + chunk.count > limit
      if !isOver { chunk.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    }
    return isOver ? nil : bytes
  }

  private static func tail(
    of output: SubprocessOutputSequence, limit: Int
  ) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await chunk in output {
      chunk.withUnsafeBytes { bytes.append(contentsOf: $0) }
      if bytes.count > 2 * limit { bytes.removeFirst(bytes.count - limit) }
    }
    return Array(bytes.suffix(limit))
  }
}

/// Why the `git` program did not do what was asked.
package enum GitProgramError: Error, Hashable, Sendable {
  /// No `git` in these folders.
  case notFound([String])
  case notRun(arguments: [String], String)
  case failed(arguments: [String], status: Int32, message: String)
  case tooMuchOutput([String], limit: Int)
  /// It printed something that its documentation does not promise.
  case unreadable(arguments: [String], String)
}
