import Git
import Glibc
import HeadwayTestSupport
import Testing

@Suite struct OpeningTests {
  private static func reason(_ repository: TemporaryRepository) -> GitError.Reason? {
    do {
      _ = try repository.store()
      return nil
    } catch let error as GitError { return error.reason } catch { return nil }
  }

  @Test func refusesOtherObjectFormats() async throws {
    let repository = try await TemporaryRepository()
    try await repository.git("config", "core.repositoryformatversion", "1")
    try await repository.git("config", "extensions.objectformat", "sha256")
    guard case .unsupportedRepository(.objectFormat) = Self.reason(repository) else {
      Issue.record("\(String(describing: Self.reason(repository)))")
      return
    }
  }

  @Test func refusesARealRepositoryWithLongerIds() async throws {
    let repository = try await TemporaryRepository()
    let path = repository.directory + "/long"
    try await repository.git("init", "-q", "--object-format=sha256", path)
    let error = #expect(throws: GitError.self) { try GitStore(.exactly(path)) }
    guard case .unsupportedRepository(.objectFormat) = error?.reason else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func refusesARealPartialClone() async throws {
    let origin = try await TemporaryRepository()
    try await origin.git("config", "uploadpack.allowFilter", "true")
    try await origin.commit("one", ["a": "1"])
    let clone = try await origin.clone("partial", options: ["--filter=blob:none"])
    #expect(Self.reason(clone.repository) == .unsupportedRepository(.partialClone))
  }

  /// Only root can make somebody else's repository; others have nothing to test with.
  @Test(.enabled(if: geteuid() == 0))
  func refusesWhatBelongsToSomebodyElse() async throws {
    let repository = try await TemporaryRepository()
    try await TemporaryRepository.run(
      ["chown", "-R", "12345:12345", repository.path], in: "/",
      variables: repository.environment)
    #expect(Self.reason(repository) == .notOwned)
  }

  @Test(
    arguments: [
      ("extensions.refstorage", "reftable", GitError.Unsupported.referenceStorage("reftable")),
      ("extensions.partialclone", "origin", .partialClone),
    ], ["0", "1"])
  func refusesWhatItWouldReadWrongly(
    setting: (String, String, GitError.Unsupported), version: String
  ) async throws {
    let repository = try await TemporaryRepository()
    // Last, for git itself stops reading the repository then.
    try await repository.git("config", "core.repositoryformatversion", version)
    try await repository.git("config", setting.0, setting.1)
    guard case .unsupportedRepository(let found) = Self.reason(repository) else {
      Issue.record("\(String(describing: Self.reason(repository)))")
      return
    }
    switch (found, setting.2) {
    case (.referenceStorage, .referenceStorage), (.partialClone, .partialClone): break
    default: Issue.record("\(found)")
    }
  }

  @Test func refusesAnUnknownVersion() async throws {
    let repository = try await TemporaryRepository()
    try await repository.git("config", "core.repositoryformatversion", "99")
    #expect(Self.reason(repository) == .unsupportedRepository(.version))
  }

  @Test func opensARepositoryWithConfigurationForEachWorkingTree() async throws {
    let repository = try await TemporaryRepository()
    try await repository.git("config", "core.repositoryformatversion", "1")
    try await repository.git("config", "extensions.worktreeConfig", "true")
    #expect(Self.reason(repository) == nil)
  }

  @Test func saysThatThereIsNoRepository() {
    #expect(throws: GitError.self) { try GitStore(.exactly("/")) }
  }

  @Test func findsTheRepositoryFromWithin() async throws {
    let repository = try await TemporaryRepository()
    try repository.write("a/b/c", "x")
    let store = try GitStore(.discovered(from: repository.path + "/a/b"))
    #expect(await store.perform { $0.workingDirectory } == repository.path)
    #expect(throws: GitError.self) { try GitStore(.exactly(repository.path + "/a/b")) }
  }

  @Test func knowsAShallowClone() async throws {
    let origin = try await TemporaryRepository()
    try await origin.commit("one")
    try await origin.commit("two")
    let clone = try await origin.clone("shallow", options: ["--depth", "1"])
    let (there, here) = (try clone.repository.store(), try origin.store())
    #expect(await there.perform { $0.isShallow })
    #expect(await !here.perform { $0.isShallow })
  }

  /// Replace refs and grafts change what git shows, and nothing of what we read.
  @Test func ignoresRewrittenHistory() async throws {
    let repository = try await TemporaryRepository()
    let one = try await repository.commit("one", ["a": "1"])
    let two = try await repository.commit("two", ["a": "2"], at: 1)
    let three = try await repository.commit("three", ["a": "3"], at: 2)
    try await repository.git("replace", two.hex, one.hex)
    try repository.write(".git/info/grafts", "\(three)\n")
    let (subject, history, warned) = try await repository.store().perform { repo throws(GitError) in
      (
        try repo.commit(two).subject, try repo.history(from: three).commits,
        try repo.hasRewrittenHistory
      )
    }
    #expect(subject == "two")
    #expect(history == [three, two, one])
    #expect(warned)
    let git = try GitProgram(environment: repository.environment)
    let count = try await git.run(
      ["rev-list", "--count", three.hex], in: repository.path, as: .reading)
    #expect(count.text == "3")
  }

  @Test func writesConfigurationHereOnly() async throws {
    let repository = try await TemporaryRepository()
    try await repository.store().perform { repo throws(GitError) in
      try repo.setLocalConfiguration("headway.name", to: "x y\"z")
      try repo.setLocalConfiguration("headway.flag", to: true)
      #expect(try repo.configuration("headway.name") == "x y\"z")
      #expect(try repo.configurationFlag("headway.flag") == true)
      #expect(try repo.localConfiguration("headway.absent") == nil)
      try repo.unsetLocalConfiguration("headway.name")
      try repo.unsetLocalConfiguration("headway.name")
    }
    #expect(
      try await repository.git("config", "--local", "--get-regexp", "^headway")
        == "headway.flag true")
  }
}
