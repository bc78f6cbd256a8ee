import Git
import HeadwayTestSupport
import Testing

@Suite struct RepositoryPathTests {
  @Test(
    arguments: [
      ("", PathRule.notEmpty), ("/a", .noEmptyComponent), ("a//b", .noEmptyComponent),
      ("a/", .noEmptyComponent), (".", .noDotComponent), ("a/../b", .noDotComponent),
      ("a\\b", .noBackslash), ("a\nb", .noControlCharacter), ("a\0b", .noControlCharacter),
      ("a\u{7F}", .noControlCharacter), ("a\u{9B}31m", .noControlCharacter),
      (".git", .noGitLookalike), ("a/.GiT/config", .noGitLookalike), (".git.", .noGitLookalike),
      (".git . .", .noGitLookalike), ("GIT~1", .noGitLookalike), ("git~1/hooks", .noGitLookalike),
      (".git::$INDEX_ALLOCATION", .noGitLookalike), (".git:x", .noGitLookalike),
      (".g\u{200C}it", .noGitLookalike), ("\u{FEFF}.git", .noGitLookalike),
      (".G\u{206A}iT/x", .noGitLookalike),
      (String(repeating: "x", count: 1025), .atMost1024Bytes),
      (Array(repeating: "d", count: 33).joined(separator: "/"), .atMost32Deep),
    ])
  func refuses(_ path: String, rule: PathRule) {
    #expect(throws: PathError(path: TreePath(bytes: Array(path.utf8)), rule: rule)) {
      try RepositoryPath(path)
    }
  }

  @Test(arguments: ["a", ".gitignore", ".github/x", "git", "a.git", "git~2", "é/e\u{301}", ".gitx"])
  func accepts(_ path: String) throws {
    #expect(try RepositoryPath(path).text.utf8.elementsEqual(path.utf8))
  }

  @Test func refusesBytesThatAreNoText() {
    #expect(throws: PathError.self) { try RepositoryPath(bytes: [0x61, 0xFF]) }
    #expect(throws: PathError.self) { try RepositoryPath(bytes: [0xC0, 0xAE]) }
  }

  @Test func tellsTwoSpellingsOfOneLetterApart() throws {
    #expect(try RepositoryPath("\u{E9}") != RepositoryPath("e\u{301}"))
    #expect(try ReferenceName("refs/heads/\u{E9}") != ReferenceName("refs/heads/e\u{301}"))
  }

  @Test func liesInFoldersAndNotInTheirNamesakes() throws {
    let folder = try RepositoryPath("policies")
    #expect(try RepositoryPath("policies/a.json").lies(in: folder))
    #expect(try !RepositoryPath("policies-old/a.json").lies(in: folder))
    #expect(try RepositoryPath("a/b/c").parent == RepositoryPath("a/b"))
    #expect(try RepositoryPath("a").parent == nil)
  }
}

@Suite struct ReferenceNameTests {
  /// Git itself is asked about each.
  @Test(
    arguments: [
      "refs/heads/main", "refs/heads/a/b", "refs/heads/.a", "refs/heads/a.lock", "refs/heads/a..b",
      "refs/heads/a b", "refs/heads/a~", "refs/heads/a^", "refs/heads/a:", "refs/heads/a?",
      "refs/heads/a*", "refs/heads/a[", "refs/heads/a\\", "refs/heads//a", "refs/heads/a/",
      "refs/heads/a.", "refs/heads/@{", "refs/heads/@", "refs/heads/a\u{1}", "refs/heads/é",
      "refs/heads/a.lock/b", "refs/heads/-a", "refs/heads/a@", "refs/x", "refs",
    ])
  func agreesWithGit(_ name: String) async throws {
    let repository = try await TemporaryRepository()
    let accepted: Bool
    do {
      try await repository.git("check-ref-format", name)
      accepted = true
    } catch { accepted = false }
    #expect(((try? ReferenceName(name)) != nil) == accepted)
  }

  @Test func takesOnlyGitsOwnNamesOutsideRefs() throws {
    #expect(try ReferenceName("HEAD") == .head)
    for name in ["main", "heads/main", "@", "Head", "../x"] {
      #expect(throws: GitError.self) { try ReferenceName(name) }
    }
  }
}

@Suite struct ObjectIDTests {
  @Test func readsFullIdsOnly() throws {
    let hex = "0123456789abcdef0123456789abcdef01234567"
    #expect(ObjectID(hex: hex)?.hex == hex)
    #expect(ObjectID(hex: hex.uppercased())?.hex == hex)
    #expect(ObjectID(hex: String(repeating: "ab", count: 32))?.hex.count == 64)
    for bad in [
      "", "0123", hex + "0", String(hex.dropLast()) + "g", String(repeating: "0", count: 40),
    ] {
      #expect(ObjectID(hex: bad) == nil)
    }
  }

  @Test func sortsAsItsTextDoes() {
    var random = SeededRandom(7)
    let texts = (0..<100).map { _ in
      (0..<40).map { _ in String(Int.random(in: 0..<16, using: &random), radix: 16) }.joined()
    }
    #expect(texts.compactMap { ObjectID(hex: $0) }.sorted().map(\.hex) == texts.sorted())
  }
}
