package import Git
internal import Glibc
internal import Subprocess
internal import SystemPackage

/// A real repository in a directory of its own, cut off from everybody's configuration; the
/// directory goes when the value does.
package final class TemporaryRepository: Sendable {
  /// Holds the repository and whatever else a test keeps beside it.
  package let directory: String
  /// The working tree's top, or the bare repository itself.
  package let path: String
  package let isBare: Bool
  /// A short folder for OpenPGP keys: the agent's socket must fit into 108 bytes.
  private let gnupgHome: String
  private let isClone: Bool

  package init(bare: Bool = false, name: String = "repository") async throws {
    precondition(BrokenPipes.areIgnored, "SIGPIPE cannot be ignored")
    try OutsideConfiguration.ignore()
    directory = try Self.uniqueDirectory()
    path = directory + "/" + name
    isBare = bare
    isClone = false
    gnupgHome = "/tmp/hw-gpg-" + (directory.split(separator: "-").last ?? "")
    let options = bare ? ["--bare"] : []
    _ = try await Self.run(
      ["git", "init", "--quiet", "-b", "main"] + options + [path], in: directory,
      variables: Self.variables(home: directory))
  }

  private init(cloneAt path: String, of origin: TemporaryRepository, isBare: Bool) {
    (directory, self.path, self.isBare) = (path, path, isBare)
    (gnupgHome, isClone) = (origin.gnupgHome, true)
  }

  deinit {
    Self.runBlocking("/bin/rm", ["-rf", "--", directory])
    guard !isClone, access(gnupgHome, F_OK) == 0 else { return }
    // The agent that a private key folder got belongs to this value alone.
    Self.runBlocking("/usr/bin/gpgconf", ["--homedir", gnupgHome, "--kill", "all"])
    Self.runBlocking("/bin/rm", ["-rf", "--", gnupgHome])
  }

  /// Exactly what every child of this repository sees: no variable of the caller's but `PATH`.
  package var environment: [String: String] { Self.variables(home: directory) }

  package func store() throws -> GitStore { try GitStore(.exactly(path)) }

  /// Runs plain git here and returns what it printed, without the final newline.
  @discardableResult
  package func git(
    _ arguments: String..., input: String = "", adding extra: [String: String] = [:]
  ) async throws -> String {
    try await git(arguments, input: input, adding: extra)
  }

  @discardableResult
  package func git(
    _ arguments: [String], input: String = "", adding extra: [String: String] = [:]
  ) async throws -> String {
    try await Self.run(
      ["git"] + arguments, in: path, input: input, variables: environment.merging(extra) { $1 })
  }

  /// Writes a file in the working tree, making folders as needed.
  package func write(_ file: String, _ content: String) throws {
    try write(file, Array(content.utf8))
  }

  package func write(_ file: String, _ content: [UInt8]) throws {
    let target = path + "/" + file
    let folders = target.split(separator: "/").dropLast()
    for end in folders.indices {
      let folder = "/" + folders[...end].joined(separator: "/")
      guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
        throw Failure.system(folder, errno)
      }
    }
    let descriptor = try FileDescriptor.open(
      FilePath(target), .writeOnly, options: [.create, .truncate],
      permissions: .ownerReadWrite)
    try descriptor.closeAfter { _ = try descriptor.writeAll(content) }
  }

  /// Commits everything in the working tree, after writing `files`; returns the commit.
  @discardableResult
  package func commit(
    _ message: String, _ files: [String: String] = [:], at seconds: Int = 0,
    adding extra: [String: String] = [:], options: [String] = []
  ) async throws -> ObjectID {
    for (file, content) in files { try write(file, content) }
    try await git("add", "--all")
    let date = "\(Self.epoch + seconds) +0000"
    try await git(
      ["commit", "--quiet", "--allow-empty", "-m", message] + options,
      adding: ["GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date].merging(extra) { $1 })
    return try await id("HEAD")
  }

  /// The object that git finds under `revision`.
  package func id(_ revision: String) async throws -> ObjectID {
    let text = try await git("rev-parse", "--verify", "--end-of-options", revision)
    guard let id = ObjectID(hex: text) else { throw Failure.output(text) }
    return id
  }

  /// A clone beside this repository, removed together with it.
  package func clone(_ name: String, options: [String] = []) async throws -> Clone {
    let target = directory + "/" + name
    _ = try await Self.run(
      ["git", "clone", "--quiet"] + options + ["file://" + path, target], in: directory,
      variables: environment)
    let inner = TemporaryRepository(
      cloneAt: target, of: self, isBare: options.contains("--bare"))
    return Clone(repository: inner, origin: self)
  }

  /// A clone that keeps its origin, and so the directory of both, alive.
  package struct Clone: Sendable {
    package let repository: TemporaryRepository
    package let origin: TemporaryRepository
  }

  package enum Failure: Error {
    case failed([String], status: String, message: String)
    case output(String)
    case system(String, Int32)
  }

  /// The moment of a commit made `at: 0`.
  package static let epoch = 1_700_000_000
}

extension TemporaryRepository {
  /// Makes an Ed25519 key without a passphrase and returns the path of its private part.
  package func makeSSHKey(_ name: String = "key") async throws -> String {
    let key = directory + "/" + name
    _ = try await Self.run(
      ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key], in: directory,
      variables: environment)
    return key
  }

  /// Makes an Ed25519 OpenPGP key without a passphrase and returns its fingerprint.
  package func makeOpenPGPKey(_ user: String = "Test <test@example.org>") async throws -> String {
    guard mkdir(gnupgHome, 0o700) == 0 || errno == EEXIST else {
      throw Failure.system(gnupgHome, errno)
    }
    let gpg = ["gpg", "--batch", "--quiet", "--passphrase", "", "--pinentry-mode", "loopback"]
    let variables = openPGPEnvironment
    _ = try await Self.run(
      gpg + ["--quick-generate-key", user, "ed25519", "sign", "never"], in: directory,
      variables: variables)
    let listing = try await Self.run(
      ["gpg", "--batch", "--with-colons", "--list-secret-keys", "=" + user], in: directory,
      variables: variables)
    let line = listing.split(separator: "\n").first { $0.hasPrefix("fpr:") }
    guard let fingerprint = line?.split(separator: ":").last else { throw Failure.output(listing) }
    return String(fingerprint)
  }

  /// The environment in which gpg finds the keys made here.
  package var openPGPEnvironment: [String: String] {
    environment.merging(["GNUPGHOME": gnupgHome]) { $1 }
  }

  /// Lets every later commit and merge here be signed with this SSH key, by git itself.
  package func signCommits(withSSHKey key: String) async throws {
    try await git("config", "gpg.format", "ssh")
    try await git("config", "user.signingkey", key)
    try await git("config", "commit.gpgsign", "true")
  }

  /// Options for `git commit` or `git merge` that sign with this OpenPGP key.
  package func signCommits(withOpenPGPKey fingerprint: String) async throws {
    try await git("config", "gpg.format", "openpgp")
    try await git("config", "user.signingkey", fingerprint)
    try await git("config", "commit.gpgsign", "true")
  }
}

extension TemporaryRepository {
  private static func uniqueDirectory() throws -> String {
    var template = Array("/tmp/headway-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure.system("/tmp", errno) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func variables(home: String) -> [String: String] {
    let date = "\(epoch) +0000"
    return [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "LC_ALL": "C.UTF-8", "TZ": "UTC",
      "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
      "GIT_AUTHOR_NAME": "Ada Author", "GIT_AUTHOR_EMAIL": "ada@example.org",
      "GIT_COMMITTER_NAME": "Cora Committer", "GIT_COMMITTER_EMAIL": "cora@example.org",
      "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_EDITOR": "true",
      "GIT_MERGE_AUTOEDIT": "no",
    ]
  }

  /// Runs any program with exactly these variables and returns what it printed.
  @discardableResult
  package static func run(
    _ command: [String], in directory: String, input: String = "", variables: [String: String]
  ) async throws -> String {
    let environment = Environment.custom(variables.map { Array("\($0)=\($1)".utf8) + [0] })
    let result = try await Subprocess.run(
      .name(command[0]), arguments: Arguments(Array(command.dropFirst())),
      environment: environment, workingDirectory: FilePath(directory), input: .string(input),
      output: .string(limit: 32 << 20), error: .string(limit: 1 << 20))
    guard result.terminationStatus.isSuccess else {
      throw Failure.failed(
        command, status: "\(result.terminationStatus)", message: result.standardError)
    }
    let text = result.standardOutput
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  /// For `deinit`, which cannot await.
  private static func runBlocking(_ program: String, _ arguments: [String]) {
    var pid: pid_t = 0
    var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { argv.forEach { free($0) } }
    guard posix_spawn(&pid, program, nil, nil, &argv, environ) == 0 else { return }
    var status: CInt = 0
    while waitpid(pid, &status, 0) == -1, errno == EINTR {}
  }
}
