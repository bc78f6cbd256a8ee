import Subprocess
import SystemPackage

/// A program of this package as a process of its own, with exactly the variables it is given.
enum Program {
  struct Ending: Sendable, CustomStringConvertible {
    let status: TerminationStatus
    let output: String
    let complaint: String

    var code: Int32? {
      if case .exited(let code) = status { return code }
      return nil
    }

    var wasKilled: Bool {
      if case .signaled(9) = status { return true }
      return false
    }

    var description: String { "\(status)\n\(output)\(complaint)" }
  }

  /// The products lie beside the bundle that runs these tests.
  static func path(_ name: String) throws -> String {
    let buffer = try FileBytes.link("/proc/self/exe")
    var folder = buffer.split(separator: "/").dropLast()
    while !folder.isEmpty {
      let path = "/" + folder.joined(separator: "/") + "/" + name
      if FileBytes.exists(path) { return path }
      folder = folder.dropLast()
    }
    throw Missing(name: name, beside: buffer)
  }

  struct Missing: Error {
    let name: String
    let beside: String
  }

  static func run(
    _ name: String, _ arguments: [String] = [], in directory: String,
    variables: [String: String]
  ) async throws -> Ending {
    let lines = variables.map { Array("\($0)=\($1)".utf8) + [0] }
    let result = try await Subprocess.run(
      .path(SystemPackage.FilePath(try path(name))), arguments: Arguments(arguments),
      environment: .custom(lines), workingDirectory: SystemPackage.FilePath(directory),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    return Ending(
      status: result.terminationStatus, output: result.standardOutput,
      complaint: result.standardError)
  }

  /// Runs `body` beside the process, which gets its id.
  static func run(
    _ name: String, _ arguments: [String] = [], in directory: String,
    variables: [String: String], beside body: @Sendable @escaping (pid_t) async throws -> Void
  ) async throws -> TerminationStatus {
    let lines = variables.map { Array("\($0)=\($1)".utf8) + [0] }
    let result = try await Subprocess.run(
      .path(SystemPackage.FilePath(try path(name))), arguments: Arguments(arguments),
      environment: .custom(lines), workingDirectory: SystemPackage.FilePath(directory),
      input: .none, output: .discarded, error: .discarded
    ) { execution in try await body(execution.processIdentifier.value) }
    return result.terminationStatus
  }
}
