import Git
import HeadwayTestSupport
import Testing

@Suite struct CommitQueueTests {
  private static let stamp = Stamp(
    name: "Runner", email: "runner@example.org", milliseconds: 1_700_000_000_000)

  private static func append(
    _ changes: [String: FileChange], to queue: CommitQueue, in repo: borrowing Repository,
    message: String = "event"
  ) throws -> ObjectID? {
    var checked: [RepositoryPath: FileChange] = [:]
    for (path, change) in changes { checked[try RepositoryPath(path)] = change }
    return try queue.append(
      checked, message: message, author: stamp, committer: stamp, in: repo)
  }

  private static func refuses(
    _ changes: [String: FileChange], _ queue: CommitQueue, _ repo: borrowing Repository
  ) -> Bool {
    do {
      _ = try append(changes, to: queue, in: repo)
      return false
    } catch { return error is GitError }
  }

  /// `commits` flushed at once must leave a repository that git finds without fault.
  @Test(arguments: [1, 3, 40, 300], [Durability.process, .power])
  func leavesNothingForFsckToFind(commits: Int, durability: Durability) async throws {
    let repository = try await TemporaryRepository()
    let start = try await repository.commit("start", ["kept/file": "kept"])
    let store = try repository.store()
    let ledger = try ReferenceName("refs/heads/headway/ledger")
    let tip = try await store.perform { repo in
      let queue = try CommitQueue(over: start, in: repo)
      for number in 0..<commits {
        let made = try Self.append(
          ["runs/2026/11/\(number % 7)/\(number).json": .write(Array("{\"n\":\(number)}".utf8))],
          to: queue, in: repo)
        #expect(made == queue.tip)
      }
      // The branch is new, so the queue over another branch's commit loses, and says so.
      let early = try queue.flush(to: ledger, durability: durability, log: "x", in: repo)
      #expect(early == .lost(current: nil))
      #expect(try repo.move(ledger, from: nil, to: start, log: "start") == .moved)
      let move = try queue.flush(to: ledger, durability: durability, log: "x", in: repo)
      #expect(move == .moved)
      #expect(queue.waitingCommits == 0)
      return queue.tip
    }
    #expect(try await repository.id(ledger.rawValue) == tip)
    #expect(try await repository.git("rev-list", "--count", ledger.rawValue) == "\(commits + 1)")
    try await repository.git("fsck", "--strict", "--full", "--no-dangling")
    for pack in try await repository.git("count-objects", "-v").split(separator: "\n")
    where pack.hasPrefix("garbage") {
      #expect(pack == "garbage: 0")
    }
    // Every tree and blob can be read by git itself.
    try await repository.git("archive", "--format=tar", "-o", "/dev/null", ledger.rawValue)
    try await repository.git("repack", "-adq")
    try await repository.git("fsck", "--strict", "--full", "--no-dangling")
  }

  /// One store flushes while another appends; nothing is lost and nothing is written twice.
  @Test func takesMoreWhileItWrites() async throws {
    let repository = try await TemporaryRepository()
    let start = try await repository.commit("start", ["a": "1"])
    let (appending, flushing) = (try repository.store(), try repository.store())
    let queue = try await appending.perform { repo in try CommitQueue(over: start, in: repo) }
    let main = try ReferenceName(branch: "main")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for number in 0..<200 {
          try await appending.perform { repo in
            _ = try Self.append(["d/\(number)": .write([UInt8(number)])], to: queue, in: repo)
          }
        }
      }
      group.addTask {
        for _ in 0..<40 {
          let move = try await flushing.perform { repo in
            try queue.flush(to: main, durability: .process, log: "", in: repo)
          }
          #expect(move == .moved)
        }
      }
      try await group.waitForAll()
    }
    let move = try await flushing.perform { repo in
      try queue.flush(to: main, durability: .process, log: "", in: repo)
    }
    #expect(move == .moved)
    #expect(try await repository.git("rev-list", "--count", "main") == "201")
    #expect(try await repository.id("main") == queue.tip)
    try await repository.git("fsck", "--strict", "--no-dangling")
  }

  /// Of several queues over one tip, each in a store of its own, one writes the branch.
  @Test func losesToAnotherWriterWithoutHarm() async throws {
    let repository = try await TemporaryRepository()
    let start = try await repository.commit("start", ["a": "1"])
    let main = try ReferenceName(branch: "main")
    let outcomes = try await withThrowingTaskGroup(of: (ObjectID?, ReferenceMove).self) { group in
      for number in 0..<5 {
        let store = try repository.store()
        group.addTask {
          try await store.perform { repo in
            let queue = try CommitQueue(over: start, in: repo)
            _ = try Self.append(["by/\(number)": .write([UInt8(number)])], to: queue, in: repo)
            let move = try queue.flush(to: main, durability: .power, log: "", in: repo)
            return (queue.tip, move)
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let winners = outcomes.filter { $0.1 == .moved }
    #expect(winners.count == 1)
    let tip = try await repository.id("main")
    #expect(winners.first?.0 == tip)
    for outcome in outcomes where outcome.1 != .moved {
      #expect(outcome.1 == .lost(current: tip))
    }
  }

  @Test func readsWhatIsNotWrittenYet() async throws {
    let repository = try await TemporaryRepository()
    let start = try await repository.commit("start", ["a": "1"])
    let path = try RepositoryPath("deep/er/b")
    try await repository.store().perform { repo in
      let queue = try CommitQueue(over: start, in: repo)
      let made = try Self.append(["deep/er/b": .write(Array("two".utf8))], to: queue, in: repo)
      let id = try #require(made)
      let found = try queue.entry(at: path, in: repo)
      let entry = try #require(found)
      let content = try queue.blob(entry.id, limit: 3, in: repo)
      #expect(content == Array("two".utf8))
      let commit = try queue.commit(id, in: repo)
      #expect(commit.parents == [start])
      let isWritten = repo.contains(id)
      #expect(!isWritten)
      let again = try Self.append(["c": .existing(entry.id)], to: queue, in: repo)
      #expect(again != nil)
    }
  }

  @Test func makesNoCommitThatChangesNothing() async throws {
    let repository = try await TemporaryRepository()
    let start = try await repository.commit("start", ["a": "1"])
    try await repository.store().perform { repo in
      let queue = try CommitQueue(over: start, in: repo)
      let same = try Self.append(["a": .write(Array("1".utf8))], to: queue, in: repo)
      #expect(same == nil)
      let absent = try Self.append(["nothing/here": .delete], to: queue, in: repo)
      #expect(absent == nil)
      let empty = try Self.append([:], to: queue, in: repo)
      #expect(empty == nil)
      #expect(queue.tip == start)
      let branch = try ReferenceName("refs/heads/main")
      let move = try queue.flush(to: branch, durability: .process, log: "", in: repo)
      #expect(move == .moved)
    }
  }

  @Test func refusesAFileThatIsAFolderToo() async throws {
    let repository = try await TemporaryRepository()
    let start = try await repository.commit("start", ["a": "1", "b/c": "2"])
    try await repository.store().perform { repo in
      let queue = try CommitQueue(over: start, in: repo)
      let text = FileChange.write(Array("x".utf8))
      for bad in [["a/d": text], ["b": text], ["n": text, "n/m": text]] {
        let isRefused = Self.refuses(bad, queue, repo)
        #expect(isRefused)
      }
      #expect(queue.tip == start && queue.waitingCommits == 0)
      // Made room for in the same commit, both ways round.
      let folder = try Self.append(["a": .delete, "a/d": text], to: queue, in: repo)
      #expect(folder != nil)
      let asFile = try Self.append(["b/c": .delete, "b": text], to: queue, in: repo)
      #expect(asFile != nil)
    }
  }

  @Test func refusesABlobThatIsNone() async throws {
    let repository = try await TemporaryRepository()
    let start = try await repository.commit("start", ["a": "1"])
    try await repository.store().perform { repo in
      let queue = try CommitQueue(over: start, in: repo)
      let isRefused = Self.refuses(["x": .existing(start)], queue, repo)
      #expect(isRefused)
    }
  }

  @Test func startsAHistoryFromNothing() async throws {
    let repository = try await TemporaryRepository(bare: true)
    let ledger = try ReferenceName("refs/heads/headway/ledger")
    let tip = try await repository.store().perform { repo in
      let queue = try CommitQueue(over: nil, in: repo)
      _ = try Self.append(["genesis.json": .write([0x7B, 0x7D])], to: queue, in: repo)
      let move = try queue.flush(to: ledger, durability: .process, log: "genesis", in: repo)
      #expect(move == .moved)
      return queue.tip
    }
    #expect(try await repository.git("rev-list", "--count", ledger.rawValue) == "1")
    #expect(try await repository.id(ledger.rawValue) == tip)
  }

  /// Random edits make the same trees as git's own index does.
  @Test(arguments: [UInt64(1), 2, 3, UInt64.random(in: 4 ... .max)])
  func buildsTheTreesThatGitBuilds(seed: UInt64) async throws {
    let rerun = Comment("rerun with seed \(seed)")
    var random = SeededRandom(seed)
    let repository = try await TemporaryRepository()
    let store = try repository.store()
    var (tip, files): (ObjectID?, [String: String]) = (nil, [:])
    for round in 0..<12 {
      var edits: [String: FileChange] = [:]
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let path = Self.path(using: &random)
        let below = files.keys.filter { $0.hasPrefix(path + "/") }
        if Bool.random(using: &random),
          let victim = files.keys.sorted().randomElement(using: &random)
        {
          if edits[victim] == nil { edits[victim] = .delete }
        } else if below.isEmpty, !Self.hasFileAbove(path, files),
          !edits.keys.contains(where: { $0.hasPrefix(path + "/") || path.hasPrefix($0 + "/") })
        {
          edits[path] = .write(Array("\(seed) \(round) \(path)".utf8))
        }
      }
      for (path, change) in edits {
        files[path] = change == .delete ? nil : "\(seed) \(round) \(path)"
      }
      let (base, wanted) = (tip, edits)
      let made = try await store.perform { repo -> (ObjectID, ObjectID)? in
        let queue = try CommitQueue(over: base, in: repo)
        guard let made = try Self.append(wanted, to: queue, in: repo) else { return nil }
        let scratch = try ReferenceName("refs/test/\(round)")
        if let base { _ = try repo.move(scratch, from: nil, to: base, log: "") }
        _ = try queue.flush(to: scratch, durability: .process, log: "", in: repo)
        return (made, try repo.commit(made).tree)
      }
      guard let made else { continue }
      tip = made.0
      let tree = try await Self.treeByGit(files, in: repository)
      #expect(made.1 == tree, rerun)
    }
    try await repository.git("fsck", "--strict", "--no-dangling")
  }

  private static func path(using random: inout SeededRandom) -> String {
    // Names that sort differently as files and as folders.
    let names = ["a", "a-", "a.b", "a0", "ab", "é", "b"]
    return (0..<Int.random(in: 1...3, using: &random)).map { _ in
      names.randomElement(using: &random) ?? "a"
    }.joined(separator: "/")
  }

  private static func hasFileAbove(_ path: String, _ files: [String: String]) -> Bool {
    files.keys.contains { path.hasPrefix($0 + "/") }
  }

  private static func treeByGit(
    _ files: [String: String], in repository: TemporaryRepository
  ) async throws -> ObjectID {
    let index = ["GIT_INDEX_FILE": repository.directory + "/scratch-index"]
    try await repository.git("read-tree", "--empty", adding: index)
    var lines = ""
    for (path, content) in files.sorted(by: { $0.key < $1.key }) {
      let blob = try Repository.id(of: Array(content.utf8))
      lines += "100644 \(blob)\t\(path)\n"
    }
    try await repository.git("update-index", "--index-info", input: lines, adding: index)
    let text = try await repository.git("write-tree", "--missing-ok", adding: index)
    return try #require(ObjectID(hex: text))
  }

  @Test func leavesTheUsersIndexAlone() async throws {
    let repository = try await TemporaryRepository()
    let start = try await repository.commit("start", ["a": "1"])
    try repository.write("a", "edited")
    try repository.write("staged", "s")
    try await repository.git("add", "staged")
    let before = try await repository.git("status", "--porcelain")
    let ledger = try ReferenceName("refs/heads/ledger")
    try await repository.store().perform { repo in
      _ = try repo.move(ledger, from: nil, to: start, log: "")
      let queue = try CommitQueue(over: start, in: repo)
      for number in 0..<50 {
        _ = try Self.append(["f\(number)": .write([UInt8(number)])], to: queue, in: repo)
      }
      _ = try queue.flush(to: ledger, durability: .process, log: "", in: repo)
    }
    #expect(try await repository.git("status", "--porcelain") == before)
  }

  @Test func signsWhatItAppends() async throws {
    let repository = try await TemporaryRepository()
    let start = try await repository.commit("start", ["a": "1"])
    let armored = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----"
    let path = try RepositoryPath("b")
    try await repository.store().perform { repo in
      let queue = try CommitQueue(over: start, in: repo)
      let id = try queue.append(
        [path: .write([1])], message: "m", author: Self.stamp, committer: Self.stamp, in: repo,
        signedBy: { payload throws(GitError) in
          #expect(String(decoding: payload, as: UTF8.self).hasPrefix("tree "))
          return armored
        })
      let branch = try ReferenceName("refs/heads/main")
      let move = try queue.flush(to: branch, durability: .process, log: "", in: repo)
      #expect(move == .moved)
      let raw = try repo.rawCommit(try #require(id))
      guard case .signed(.ssh, _, let found) = raw.signature else {
        Issue.record("unsigned: \(raw.signature)")
        return
      }
      #expect(found == armored)
    }
    try await repository.git("fsck", "--strict", "--no-dangling")
  }
}

/// SplitMix64, so that a failure can be run again.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
