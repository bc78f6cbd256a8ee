import Git
import HeadwayTestSupport
import Testing

@Suite struct TreeTests {
  /// Changes between random trees are the ones `git diff-tree` lists.
  @Test(arguments: [UInt64(11), 12, UInt64.random(in: 13 ... .max)])
  func listsTheChangesThatGitLists(seed: UInt64) async throws {
    var random = SeededRandom(seed)
    let repository = try await TemporaryRepository()
    var trees: [ObjectID] = []
    for round in 0..<6 {
      try await repository.git("read-tree", "--empty")
      var lines = ""
      for name in ["a", "a-", "a.b", "a0", "b", "é"] {
        let blob = try await repository.git("hash-object", "-w", "--stdin", input: "\(round % 3)")
        switch Int.random(in: 0..<4, using: &random) {
        case 0: lines += "100644 \(blob)\t\(name)\n"
        case 1: lines += "100755 \(blob)\t\(name)/x\n100644 \(blob)\t\(name)/y/z\n"
        case 2: lines += "120000 \(blob)\t\(name)/x\n"
        default: break
        }
      }
      try await repository.git("update-index", "--index-info", input: lines)
      trees.append(try #require(ObjectID(hex: try await repository.git("write-tree"))))
    }
    let store = try repository.store()
    for (old, new) in zip(trees, trees.dropFirst()) {
      let git = try await repository.git(
        "diff-tree", "-r", "--no-renames", "--raw", "--abbrev=40", "-z", old.hex, new.hex)
      let nothing = String(repeating: "0", count: 40)
      let ours = try await store.perform { repo throws(GitError) in
        try repo.changes(from: old, to: new)
      }.map { change in
        let (before, after) = (change.old, change.new)
        let letter = before == nil ? "A" : after == nil ? "D" : "M"
        return ":\(before?.mode.text ?? "000000") \(after?.mode.text ?? "000000") "
          + "\(before?.id.hex ?? nothing) \(after?.id.hex ?? nothing) \(letter)\0\(change.path)"
      }
      let fields = git.split(separator: "\0")
      let wanted = stride(from: 0, to: fields.count - 1, by: 2).map { place in
        // A file that becomes a link is a change of type for git, and just a change for us.
        fields[place].replacing(" T", with: " M") + "\0" + fields[place + 1]
      }
      #expect(ours.sorted() == wanted.map { String($0) }.sorted(), "rerun with seed \(seed)")
    }
  }

  @Test func comparesBelowAFolderOnly() async throws {
    let repository = try await TemporaryRepository()
    let one = try await repository.commit("one", ["policies/a": "1", "policies-b": "1", "x": "1"])
    let two = try await repository.commit("two", ["policies/a": "2", "policies-b": "2", "x": "2"])
    let folder = try RepositoryPath("policies")
    let changes = try await repository.store().perform { repo throws(GitError) in
      try repo.changes(from: repo.commit(one).tree, to: repo.commit(two).tree, below: folder)
    }
    #expect(changes.map(\.path.description) == ["policies/a"])
    let created = try await repository.store().perform { repo throws(GitError) in
      try repo.changes(from: nil, to: repo.commit(two).tree)
    }
    #expect(created.map(\.path.description) == ["policies-b", "policies/a", "x"])
  }

  /// Eight objects with ten million paths stop at the limit, not at the end of memory.
  @Test func stopsAtItsLimits() async throws {
    let repository = try await TemporaryRepository()
    let store = try repository.store()
    let (bomb, tower) = try await store.perform { repo throws(GitError) in
      let blob = try repo.writeBlob([])
      var tree = try repo.writeTree(
        (0..<10).map { TreeEntry(name: Array("\($0)".utf8), mode: .blob, id: blob) })
      for _ in 0..<6 {
        let inner = tree
        tree = try repo.writeTree(
          (0..<10).map { TreeEntry(name: Array("\($0)".utf8), mode: .tree, id: inner) })
      }
      var tower = try repo.writeTree([TreeEntry(name: [0x61], mode: .blob, id: blob)])
      for _ in 0..<40 {
        tower = try repo.writeTree([TreeEntry(name: [0x61], mode: .tree, id: tower)])
      }
      return (tree, tower)
    }
    for (tree, limit) in [(bomb, 20_000), (tower, 32)] {
      let error = await #expect(throws: GitError.self) {
        try await store.perform { repo throws(GitError) in try repo.changes(from: nil, to: tree) }
      }
      #expect(error?.reason == .overLimit(limit))
      await #expect(throws: GitError.self) {
        try await store.perform { repo throws(GitError) in try repo.files(in: tree) }
      }
    }
  }

  /// Trees in which two programs could see different things.
  @Test(
    arguments: [
      ["100644 b", "100644 a"], ["100644 a", "100644 a"], ["100644 a", "100644 a-", "40000 a"],
      ["100644 a/b"], ["100644 "], ["777777 a"], ["x a"], ["40000 a", "100644 a0", "100644 a"],
    ])
  func refusesTreesThatGitWouldNotWrite(lines: [String]) async throws {
    let repository = try await TemporaryRepository()
    var bytes: [UInt8] = []
    for line in lines { bytes += Array(line.utf8) + [0] + Array(repeating: 7, count: 20) }
    try repository.write("../tree", bytes)
    let text = try await repository.git(
      "hash-object", "-t", "tree", "--literally", "-w", repository.directory + "/tree")
    let id = try #require(ObjectID(hex: text))
    await #expect(throws: GitError.self) {
      try await repository.store().perform { repo throws(GitError) in try repo.tree(id) }
    }
  }

  @Test func showsHostileNamesWithoutObeyingThem() async throws {
    let repository = try await TemporaryRepository()
    let names: [[UInt8]] = [Array("..".utf8), Array(".git".utf8), [0xFF], Array("a\u{1B}[2J".utf8)]
    let files = try await repository.store().perform { repo throws(GitError) in
      let blob = try repo.writeBlob([])
      let tree = try repo.writeTree(names.map { TreeEntry(name: $0, mode: .blob, id: blob) })
      return try repo.files(in: tree)
    }
    #expect(files.count == 4)
    for file in files {
      #expect(throws: PathError.self) { try file.path.validated() }
      #expect(!file.path.description.contains("\u{1B}"))
    }
  }
}
