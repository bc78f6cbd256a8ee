import Git
import HeadwayTestSupport
import Testing

@Suite struct GitProgramTests {
  @Test func tellsItsVersion() async throws {
    let repository = try await TemporaryRepository()
    let version = try await GitProgram(environment: repository.environment).version()
    #expect(version.split(separator: ".").count >= 2)
  }

  @Test func isNotFoundByARelativePath() {
    #expect(throws: GitProgramError.notFound([])) {
      try GitProgram(environment: ["PATH": "bin:."])
    }
  }

  /// A hook's variables must not lead the child to another repository or author.
  @Test(arguments: [GitEnvironment.reading, .user])
  func dropsWhatAHookInherits(environment: GitEnvironment) {
    let outer = [
      "GIT_DIR": "/x", "GIT_INDEX_FILE": "/x", "GIT_WORK_TREE": "/x", "GIT_AUTHOR_NAME": "x",
      "GIT_OBJECT_DIRECTORY": "/x", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_PARAMETERS": "'a=b'",
      "GIT_EXTERNAL_DIFF": "/x", "GIT_EXEC_PATH": "/x", "GIT_QUARANTINE_PATH": "/x",
      "PATH": "/usr/bin", "HOME": "/home/x", "SSH_AUTH_SOCK": "/s", "GNUPGHOME": "/g",
    ]
    let variables = environment.variables(from: outer)
    let mine = outer.filter { $0.key.hasPrefix("GIT_") }
    #expect(mine.allSatisfy { variables[$0.key] != $0.value })
    #expect(variables["PATH"] == "/usr/bin")
    #expect(variables["SSH_AUTH_SOCK"] == (environment == .user ? "/s" : nil))
    #expect(variables["GNUPGHOME"] == (environment == .user ? "/g" : nil))
  }

  /// Everything in a repository's own configuration that could run a program or change a reading.
  @Test func readsWithoutRunningWhatTheRepositoryConfigures() async throws {
    let repository = try await TemporaryRepository()
    try repository.write(".gitattributes", "*.txt diff=evil filter=evil\n")
    let one = try await repository.commit("one", ["a.txt": "1\n"])
    let two = try await repository.commit("two", ["a.txt": "2\n"], at: 1)
    let mark = repository.directory + "/ran"
    try repository.write("../evil", "#!/bin/sh\ntouch \(mark)\n")
    _ = try await TemporaryRepository.run(
      ["chmod", "+x", repository.directory + "/evil"], in: "/", variables: repository.environment)
    let evil = repository.directory + "/evil"
    for key in [
      "core.fsmonitor", "core.pager", "pager.log", "diff.external", "gpg.program", "core.editor",
      "core.sshCommand", "core.askPass", "diff.evil.textconv", "diff.evil.command",
    ] { try await repository.git("config", key, evil) }
    try await repository.git("config", "log.showSignature", "true")
    let git = try GitProgram(environment: repository.environment)
    let commands = [
      ["log", "-p", two.hex], ["diff", one.hex, two.hex], ["show", two.hex],
      ["diff-tree", "-p", one.hex, two.hex], ["cat-file", "-p", two.hex], ["rev-parse", "HEAD"],
    ]
    for arguments in commands {
      let output = try await git.run(arguments, in: repository.path, as: .reading)
      #expect(!output.standardOutput.isEmpty)
    }
    await #expect(throws: (any Error).self) {
      try await TemporaryRepository.run(
        ["test", "-e", mark], in: "/", variables: repository.environment)
    }
  }

  @Test func reportsFailureWithItsStatusAndWords() async throws {
    let repository = try await TemporaryRepository()
    let git = try GitProgram(environment: repository.environment)
    let error = await #expect(throws: GitProgramError.self) {
      try await git.run(["rev-parse", "--verify", "absent"], in: repository.path, as: .reading)
    }
    guard case .failed(_, 128, let message) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(message.contains("fatal:"))
  }

  @Test func stopsCollectingAtTheLimit() async throws {
    let repository = try await TemporaryRepository()
    try await repository.commit("one", ["a": String(repeating: "x", count: 1 << 20)])
    let git = try GitProgram(environment: repository.environment)
    await #expect(throws: GitProgramError.self) {
      try await git.run(
        ["cat-file", "-p", "HEAD:a"], in: repository.path, as: .reading, limit: 1000)
    }
    let whole = try await git.run(
      ["cat-file", "-p", "HEAD:a"], in: repository.path, as: .reading, limit: 1 << 20)
    #expect(whole.standardOutput.count == 1 << 20)
  }

  @Test func handsInputOn() async throws {
    let repository = try await TemporaryRepository()
    let git = try GitProgram(environment: repository.environment)
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
    let output = try await git.run(
      ["hash-object", "--stdin"], in: repository.path, as: .reading, input: bytes)
    #expect(try output.text == Repository.id(of: bytes).hex)
  }

  @Test func tellsWhatBecameOfEachPushedReference() async throws {
    let origin = try await TemporaryRepository(bare: true)
    let repository = try await TemporaryRepository()
    try await repository.git("remote", "add", "origin", origin.path)
    let one = try await repository.commit("one")
    let git = try GitProgram(environment: repository.environment)
    let first = try await git.push(
      to: "origin", ["main:refs/heads/main", "main:refs/headway/x"], in: repository.path)
    #expect(first.map(\.outcome) == [.updated, .updated])
    try await repository.git("commit", "-q", "--allow-empty", "--amend", "-m", "other")
    let second = try await git.push(
      to: "origin", ["main:refs/heads/main", "\(one):refs/headway/x", ":refs/headway/absent"],
      in: repository.path)
    let outcomes = Dictionary(uniqueKeysWithValues: second.map { ($0.destination, $0) })
    #expect(outcomes["refs/heads/main"]?.isRejected == true)
    #expect(outcomes["refs/headway/x"]?.outcome == .upToDate)
    let elsewhere = try await TemporaryRepository()
    try await elsewhere.git("remote", "add", "origin", origin.path)
    try await git.fetch(
      from: "origin", ["+refs/heads/main:refs/remotes/origin/main"], in: elsewhere.path)
    #expect(try await elsewhere.id("refs/remotes/origin/main") == one)
    await #expect(throws: GitProgramError.self) {
      try await git.push(to: "/nowhere", ["main"], in: repository.path)
    }
  }
}
