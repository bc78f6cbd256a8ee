import Git
import HeadwayTestSupport
import Testing

@Suite struct HistoryTests {
  @Test func walksAsGitWalks() async throws {
    let repository = try await TemporaryRepository()
    try await repository.commit("base", at: 0)
    try await repository.git("checkout", "-q", "-b", "side")
    try await repository.commit("side 1", ["s": "1"], at: 1)
    let side = try await repository.commit("side 2", ["s": "2"], at: 3)
    try await repository.git("checkout", "-q", "main")
    let main = try await repository.commit("main 1", ["m": "1"], at: 2)
    try await repository.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    let tip = try await repository.id("HEAD")
    let base = try await repository.id("main~2")
    try await repository.store().perform { repo throws in
      #expect(try repo.mergeBase(of: main, and: side) == base)
      #expect(try repo.isAncestor(base, of: side))
      #expect(try repo.isAncestor(side, of: side))
      #expect(try !repo.isAncestor(main, of: side))
      #expect(try repo.distance(from: main, to: side) == (ahead: 2, behind: 1))
      #expect(try repo.history(from: tip, limit: 2).isTruncated)
      #expect(try !repo.history(from: tip, limit: 5).isTruncated)
      #expect(try repo.history(from: tip, limit: 0) == History(commits: [], isTruncated: true))
    }
    for (options, order, firstParentOnly) in [
      (["--topo-order"], History.Order.newestFirst, false),
      (["--first-parent"], .newestFirst, true),
      (["--first-parent", "--reverse"], .oldestFirst, true),
    ] {
      let ours = try await repository.store().perform { repo throws(GitError) in
        try repo.history(
          from: tip, excluding: [base], order: order, firstParentOnly: firstParentOnly)
      }.commits
      let gits = try await repository.git(["rev-list"] + options + ["HEAD", "^\(base)"])
        .split(separator: "\n").compactMap { ObjectID(hex: $0) }
      if firstParentOnly { #expect(ours == gits) } else { #expect(Set(ours) == Set(gits)) }
      #expect(ours.count == gits.count)
    }
    for limit in [2, 100] {
      let ours = try await repository.store().perform { repo throws(GitError) in
        try repo.history(from: tip, firstParentOnly: true, limit: limit)
      }
      let gits = try await repository.git("rev-list", "--first-parent", "-n", "\(limit)", "HEAD")
        .split(separator: "\n").compactMap { ObjectID(hex: $0) }
      #expect(ours == History(commits: gits, isTruncated: limit == 2))
    }
  }

  @Test func findsNoBaseOfUnrelatedHistories() async throws {
    let repository = try await TemporaryRepository()
    let one = try await repository.commit("one")
    try await repository.git("checkout", "-q", "--orphan", "other")
    let other = try await repository.commit("other", at: 9)
    let base = try await repository.store().perform { repo throws(GitError) in
      try repo.mergeBase(of: one, and: other)
    }
    #expect(base == nil)
  }

  @Test func decodesMessagesByTheirEncodingAndSaysWhenItCannot() async throws {
    let repository = try await TemporaryRepository()
    let tree = try await repository.git("mktree")
    let id = try #require(ObjectID(hex: tree))
    let stamp = Stamp(name: "A", email: "a@b", milliseconds: 1_000)
    let head = "tree \(id)\nauthor \("A <a@b> 1 +0000")\ncommitter A <a@b> 1 +0000\n"
    let cases: [(String, [UInt8], String, Bool)] = [
      ("", [0xC3, 0xA9], "é", false), ("", [0xE9], "\u{FFFD}", true),
      ("encoding ISO-8859-1\n", [0xE9], "é", false),
      ("encoding EUC-KR\n", [0xE9], "\u{FFFD}", true),
    ]
    for (encoding, message, text, isLossy) in cases {
      let bytes = Array((head + encoding + "\n").utf8) + message
      try repository.write("../commit", bytes)
      let written = try await repository.git(
        "hash-object", "-t", "commit", "-w", repository.directory + "/commit")
      let commitID = try #require(ObjectID(hex: written))
      let commit = try await repository.store().perform { repo throws(GitError) in
        try repo.commit(commitID)
      }
      #expect(commit.message == text)
      #expect(commit.isMessageLossy == isLossy)
      #expect(commit.author == stamp)
    }
  }

  @Test func writesCommitsThatGitAccepts() async throws {
    let repository = try await TemporaryRepository()
    let stamp = Stamp(
      name: " <Eve>\n.", email: "eve@x>\nauthor", milliseconds: -1_500, offsetMinutes: -90)
    #expect(stamp.name == "Eve")
    let commit = try await repository.store().perform { repo throws(GitError) in
      let blob = try repo.writeBlob([1, 2, 3])
      let tree = try repo.writeTree([
        TreeEntry(name: Array("b".utf8), mode: .blob, id: blob),
        TreeEntry(name: Array("a".utf8), mode: .executable, id: blob),
      ])
      let now = Stamp(name: "R", email: "r@e", milliseconds: 1_700_000_000_999, offsetMinutes: 330)
      return try repo.writeCommit(
        CommitDraft(tree: tree, parents: [], author: now, committer: now, message: "m\0n"))
    }
    try await repository.git("fsck", "--strict")
    let shown = try await repository.git("log", "-1", "--format=%ad %B", "--date=raw", commit.hex)
    #expect(shown == "1700000000 +0530 mn\n")
  }
}
