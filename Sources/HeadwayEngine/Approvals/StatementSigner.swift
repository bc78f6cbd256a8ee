package import Git
internal import HeadwayCore
internal import Subprocess
internal import SystemPackage

/// Signs statements as the user: with the key that git itself would sign their commits with.
package struct StatementSigner: Sendable {
  let git: GitProgram
  let directory: String
  let environment: [String: String]

  package init(git: GitProgram, directory: String, environment: [String: String]) {
    self.git = git
    self.directory = directory
    self.environment = environment
  }

  /// The detached signature; the program may ask for a passphrase or a touch on the terminal.
  package func sign(_ statement: [UInt8]) async throws(ApprovalError) -> [UInt8] {
    let folder: PrivateFolder
    let file: String
    do {
      folder = try PrivateFolder()
      file = try folder.write("statement", statement)
    } catch {
      throw .file(error)
    }
    let format = try await setting("gpg.format") ?? "openpgp"
    switch format {
    case "ssh": try await signSSH(file, in: folder)
    case "openpgp": try await signOpenPGP(file)
    default: throw .cannotSign("gpg.format is `\(format)`; only ssh and openpgp are accepted")
    }
    do { return try folder.read("statement.sig", limit: 64 << 10) } catch { throw .file(error) }
  }

  private func signSSH(_ file: String, in folder: PrivateFolder) async throws(ApprovalError) {
    guard let key = try await setting("user.signingkey", asPath: true) else {
      throw .cannotSign("user.signingkey is not set")
    }
    let program = try await setting("gpg.ssh.program", asPath: true) ?? "ssh-keygen"
    var arguments = ["-q", "-Y", "sign", "-n", Statement.namespace, "-f"]
    let literal = key.hasPrefix("key::") ? String(key.dropFirst("key::".count)) : key
    if key.hasPrefix("key::") || key.hasPrefix("ssh-") {
      do {
        // A public key alone: the agent holds the private one.
        arguments.append(try folder.write("key.pub", Array((literal + "\n").utf8)))
      } catch {
        throw .file(error)
      }
      arguments.append("-U")
    } else {
      arguments.append(key)
    }
    _ = try await Terminal.run(program, arguments + [file], in: directory, environment)
  }

  private func signOpenPGP(_ file: String) async throws(ApprovalError) {
    var program = try await setting("gpg.openpgp.program", asPath: true)
    if program == nil { program = try await setting("gpg.program", asPath: true) }
    var arguments = ["--armor", "--detach-sign", "--yes", "--output", file + ".sig"]
    if let key = try await setting("user.signingkey") { arguments += ["--local-user", key] }
    _ = try await Terminal.run(
      program ?? "gpg", arguments + ["--", file], in: directory, environment)
  }

  /// A value of the configuration as the user's own git reads it.
  private func setting(_ key: String, asPath: Bool = false) async throws(ApprovalError) -> String? {
    do {
      let output = try await git.outcome(
        of: ["config"] + (asPath ? ["--type=path"] : []) + ["--get", key], in: directory,
        as: .user)
      return output.status == 0 && !output.text.isEmpty ? output.text : nil
    } catch {
      throw .program(error)
    }
  }
}

/// Programs that may talk to the person at the keyboard: terminal and process group are ours.
enum Terminal {
  /// What the program printed; what it says and asks goes to the terminal.
  static func run(
    _ program: String, _ arguments: [String], in directory: String,
    _ environment: [String: String]
  ) async throws(ApprovalError) -> String {
    let variables = GitEnvironment.user.variables(from: environment)
    let lines = variables.map { Array("\($0)=\($1)".utf8) + [0] }
    let executable: Executable =
      program.contains("/") ? .path(FilePath(program)) : .name(program)
    do {
      let result = try await Subprocess.run(
        executable, arguments: Arguments(arguments), environment: .custom(lines),
        workingDirectory: FilePath(directory), input: .currentStandardInput,
        output: .string(limit: 1 << 20), error: .currentStandardError)
      guard result.terminationStatus.isSuccess else {
        throw ApprovalError.cannotSign("\(program): \(result.terminationStatus)")
      }
      return result.standardOutput
    } catch let error as ApprovalError {
      throw error
    } catch {
      throw .cannotSign("\(program): \(error)")
    }
  }
}
