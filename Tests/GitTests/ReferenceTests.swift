import Git
import HeadwayTestSupport
import Testing

@Suite struct ReferenceTests {
  @Test func movesOnlyFromWhereItStands() async throws {
    let repository = try await TemporaryRepository()
    let one = try await repository.commit("one")
    let two = try await repository.commit("two", at: 1)
    let name = try ReferenceName("refs/headway/leases/x")
    try await repository.store().perform { repo throws(GitError) in
      #expect(try repo.move(name, from: one, to: two, log: "") == .lost(current: nil))
      #expect(try repo.move(name, from: nil, to: one, log: "") == .moved)
      #expect(try repo.move(name, from: nil, to: two, log: "") == .lost(current: one))
      #expect(try repo.move(name, from: two, to: two, log: "") == .lost(current: one))
      #expect(try repo.move(name, from: one, to: two, log: "") == .moved)
      #expect(try repo.references(in: "refs/headway").map(\.name) == [name])
      #expect(try repo.references(in: "refs/head").isEmpty)
      #expect(try repo.delete(name, expecting: one) == .lost(current: two))
      #expect(try repo.delete(name, expecting: two) == .moved)
      #expect(try repo.delete(name, expecting: two) == .lost(current: nil))
      #expect(try repo.resolve(name) == nil)
    }
  }

  @Test func refusesToPointAtNothing() async throws {
    let repository = try await TemporaryRepository()
    let absent = try #require(ObjectID(hex: String(repeating: "ab", count: 20)))
    let name = try ReferenceName("refs/x")
    let error = await #expect(throws: GitError.self) {
      try await repository.store().perform { repo throws(GitError) in
        try repo.move(name, from: nil, to: absent, log: "")
      }
    }
    #expect(error?.reason == .notFound)
  }

  @Test func reportsANameInsideAnotherAsAFailureNotALostRace() async throws {
    let repository = try await TemporaryRepository()
    let one = try await repository.commit("one")
    let (outer, inner) = (try ReferenceName("refs/x/a"), try ReferenceName("refs/x/a/b"))
    try await repository.store().perform { repo throws(GitError) in
      #expect(try repo.move(outer, from: nil, to: one, log: "") == .moved)
    }
    await #expect(throws: GitError.self) {
      try await repository.store().perform { repo throws(GitError) in
        try repo.move(inner, from: nil, to: one, log: "")
      }
    }
  }

  /// Several stores, each with its own libgit2 repository, and git itself race for new references.
  @Test func hasExactlyOneWinner() async throws {
    let repository = try await TemporaryRepository()
    var commits: [ObjectID] = []
    for number in 0..<6 { commits.append(try await repository.commit("\(number)", at: number)) }
    let contenders = commits
    let stores = try contenders.map { _ in try repository.store() }
    let nothing = String(repeating: "0", count: 40)
    for round in 0..<100 {
      let name = try ReferenceName("refs/headway/leases/\(round)")
      let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
        for (store, commit) in zip(stores, contenders) {
          group.addTask {
            try await store.perform { repo throws(GitError) in
              try repo.move(name, from: nil, to: commit, log: "claim") == .moved
            }
          }
        }
        // Another process, and another implementation, plays by the same rules.
        group.addTask {
          do {
            try await repository.git("update-ref", name.rawValue, contenders[0].hex, nothing)
            return true
          } catch is TemporaryRepository.Failure { return false }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(wins == 1)
    }
  }

  @Test func waitsForALockAndThenSaysThatItIsLocked() async throws {
    let repository = try await TemporaryRepository()
    let one = try await repository.commit("one")
    try repository.write(".git/refs/heads/held.lock", "")
    let name = try ReferenceName(branch: "held")
    let error = await #expect(throws: GitError.self) {
      try await repository.store().perform { repo throws(GitError) in
        try repo.move(name, from: nil, to: one, log: "")
      }
    }
    #expect(error?.reason == .locked)
  }

  @Test func knowsWhatEveryWorkingTreeHasCheckedOut() async throws {
    let repository = try await TemporaryRepository()
    let one = try await repository.commit("one")
    try await repository.git("worktree", "add", "-q", "-b", "side", repository.directory + "/side")
    try await repository.git("worktree", "add", "-q", "--detach", repository.directory + "/loose")
    let linked = try GitStore(.discovered(from: repository.directory + "/side"))
    for store in [try repository.store(), linked] {
      let (checkouts, head, common) = try await store.perform { repo throws(GitError) in
        (
          try repo.checkedOutBranches(), try repo.resolve(.head), repo.commonDirectory
        )
      }
      #expect(checkouts.compactMap(\.branch.branch).sorted() == ["main", "side"])
      #expect(
        checkouts.compactMap(\.workingDirectory).sorted()
          == [repository.path, repository.directory + "/side"])
      #expect(head == one)
      #expect(common == repository.path + "/.git")
    }
    let (target, isLinked) = try await linked.perform { repo throws(GitError) in
      (try repo.symbolicTarget(of: .head), repo.isLinkedWorkingTree)
    }
    #expect(target?.branch == "side")
    #expect(isLinked)
  }

  @Test func sayNothingIsCheckedOutInABareRepository() async throws {
    let repository = try await TemporaryRepository(bare: true)
    let (checkouts, isBare, top) = try await repository.store().perform { repo throws(GitError) in
      (try repo.checkedOutBranches(), repo.isBare, repo.workingDirectory)
    }
    #expect(checkouts.isEmpty && isBare && top == nil)
  }
}
