internal import Glibc
internal import HeadwayCore
internal import Subprocess
internal import SystemPackage

/// The programs that verify signatures, by absolute path, and how long they may take.
package struct SignatureTools: Hashable, Sendable {
  package let sshKeygen: String?
  package let gpg: String?
  package let limit: Duration

  package init(sshKeygen: String?, gpg: String?, limit: Duration = .seconds(10)) {
    self.sshKeygen = sshKeygen
    self.gpg = gpg
    self.limit = limit
  }

  /// Where systems install them; `PATH` has no say, for a repository's hooks can set it.
  package static let system = SignatureTools(
    sshKeygen: find("ssh-keygen"), gpg: find("gpg"))

  private static func find(_ name: String) -> String? {
    ["/usr/bin", "/usr/local/bin", "/bin", "/opt/homebrew/bin"].map { "\($0)/\(name)" }
      .first { unsafe access($0, X_OK) == 0 }
  }

  struct Answer: Sendable {
    let succeeded: Bool
    let output: String
    let complaint: String
  }

  /// Runs a tool that sees nothing of our environment; whatever goes wrong is a refusal.
  func run(
    _ tool: String, _ arguments: [String], input: [UInt8], in folder: PrivateFolder
  ) async throws(SignatureRefusal) -> Answer {
    let limit = limit
    let path = folder.path
    let file: String
    // As a file: writing into the pipe of a tool that has ended would be the end of us.
    do { file = try folder.write("input-\(UInt64.random(in: 0 ... .max))", input) } catch {
      throw .notVerified("\(error)")
    }
    defer { folder.remove(file) }
    do {
      return try await withThrowingTaskGroup(of: Answer?.self) { group in
        group.addTask { try await Self.run(tool, arguments, input: file, in: path) }
        group.addTask {
          try await Task.sleep(for: limit)
          return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let answer = first else {
          throw SignatureRefusal.notVerified("\(tool) took longer than \(limit)")
        }
        return answer
      }
    } catch let refusal as SignatureRefusal {
      throw refusal
    } catch {
      throw .notVerified("\(tool): \(error)")
    }
  }

  private static func run(
    _ tool: String, _ arguments: [String], input: String, in folder: String
  ) async throws -> Answer {
    let input = try FileDescriptor.open(FilePath(input), .readOnly, options: [.closeOnExec])
    var options = PlatformOptions()
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .milliseconds(100))]
    let result = try await Subprocess.run(
      .path(FilePath(tool)), arguments: Arguments(arguments),
      environment: .custom([
        "PATH": "/usr/bin:/bin", "HOME": folder, "GNUPGHOME": folder, "LC_ALL": "C", "TZ": "UTC",
      ]), workingDirectory: FilePath(folder), platformOptions: options,
      input: .fileDescriptor(input, closeAfterSpawningProcess: true),
      output: .string(limit: 64 << 10), error: .string(limit: 64 << 10))
    return Answer(
      succeeded: result.terminationStatus.isSuccess, output: result.standardOutput,
      complaint: result.standardError)
  }
}
