import Git
import HeadwayTestSupport
import Testing

@Suite struct RepositoryTests {
  @Test func readsWhatGitWrote() async throws {
    let repository = try await TemporaryRepository()
    let first = try await repository.commit("first", ["a.txt": "one", "dir/b.txt": "two"])
    let second = try await repository.commit("second\n\nbody", ["dir/b.txt": "three"], at: 5)
    let store = try repository.store()
    let path = try RepositoryPath("dir/b.txt")
    let (commit, content, changes, history) = try await store.perform { repo throws(GitError) in
      let commit = try repo.commit(second)
      let old = try repo.commit(first)
      return (
        commit, try repo.file(at: path, in: commit.tree, limit: 100),
        try repo.changes(from: old.tree, to: commit.tree),
        try repo.history(from: second, excluding: [first])
      )
    }
    #expect(commit.subject == "second")
    #expect(commit.parents == [first])
    #expect(commit.author.name == "Ada Author")
    #expect(commit.committer.milliseconds == Int64(TemporaryRepository.epoch + 5) * 1000)
    #expect(content == Array("three".utf8))
    #expect(changes.map(\.path.description) == ["dir/b.txt"])
    #expect(history.commits == [second])
  }

  @Test func refusesABlobOverTheLimitUnread() async throws {
    let repository = try await TemporaryRepository()
    try await repository.commit("big", ["big": String(repeating: "x", count: 1000)])
    let blob = try await repository.id("HEAD:big")
    let store = try repository.store()
    await #expect(throws: GitError.self) {
      try await store.perform { repo throws(GitError) in try repo.blob(blob, limit: 999) }
    }
    let size = try await store.perform { repo throws(GitError) in try repo.blobSize(blob) }
    #expect(size == 1000)
  }
}
