internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// A watcher that gets one brief after another; each is timed from the commit's landing on main to
/// its last durable result.
struct Watching: Sendable {
  let scratch: ScratchRepository
  let workload: Workload

  func median() async throws -> Usage.Spent {
    let (finished, finish) = AsyncStream.makeStream(of: RunRecord.State.self)
    let site = try await Site.find(from: scratch.path)
    let watch = Watch(
      site: site, skipsSettling: true,
      surroundings: try scratch.surroundings(workload) { progress in
        if case .finished(_, let state) = progress { finish.yield(state) }
      })
    let (schedulers, ready) = AsyncStream.makeStream(of: Scheduler.self)
    async let end = watch.run { ready.yield($0) }
    var all: [Usage.Spent] = []
    for await scheduler in schedulers {
      do { all = try await pipelines(finished) } catch {
        scheduler.stop()
        throw error
      }
      scheduler.stop()
      break
    }
    guard case .stopped = try await end else { throw Failure.wrong("the watcher did not run") }
    let (cpu, wall) = (all.map(\.cpu).sorted(), all.map(\.wall).sorted())
    return Usage.Spent(cpu: cpu[cpu.count / 2], wall: wall[wall.count / 2])
  }

  private func pipelines(
    _ finished: AsyncStream<RunRecord.State>
  ) async throws -> [Usage.Spent] {
    var ends = finished.makeAsyncIterator()
    var all: [Usage.Spent] = []
    // A store of its own, so that landing a commit does not wait for the engine.
    let store = try GitStore(.exactly(scratch.path))
    for number in 0..<workload.runs {
      let landing = try await Landing(Workload.brief(number), in: store)
      let start = Usage.now()
      try await landing.land(in: store)
      guard await ends.next() == .succeeded else { throw Failure.wrong("run \(number) failed") }
      all.append(Usage.now().spent(since: start))
    }
    return all
  }
}

/// A commit on main that is made and lacks only its reference.
private struct Landing: Sendable {
  private static let main = "refs/heads/main"
  private let base: ObjectID
  private let commit: ObjectID

  init(_ brief: (path: String, text: String), in store: GitStore) async throws {
    (base, commit) = try await store.perform { (repository) throws(GitError) in
      let name = try ReferenceName(Self.main)
      guard let base = try repository.resolve(name) else {
        throw GitError(unreadableName: Self.main)
      }
      let root = try repository.commit(base).tree
      var briefs: [TreeEntry] = []
      let parts = brief.path.split(separator: "/").map { Array($0.utf8) }
      var entries = try repository.tree(root)
      if let folder = entries.first(where: { $0.name == parts[0] }) {
        briefs = try repository.tree(folder.id)
        entries.removeAll { $0.name == parts[0] }
      }
      let blob = try repository.writeBlob(Array(brief.text.utf8))
      briefs.append(TreeEntry(name: parts[1], mode: .blob, id: blob))
      let folder = try repository.writeTree(briefs)
      entries.append(TreeEntry(name: parts[0], mode: .tree, id: folder))
      let stamp = Stamp(
        name: "Bench", email: "bench@example.org",
        milliseconds: Timekeeper.system.now().milliseconds)
      let commit = try repository.writeCommit(
        CommitDraft(
          tree: repository.writeTree(entries), parents: [base], author: stamp, committer: stamp,
          message: "Brief\n"))
      return (base, commit)
    }
  }

  func land(in store: GitStore) async throws {
    let (base, commit) = (base, commit)
    let move = try await store.perform { (repository) throws(GitError) in
      try repository.move(ReferenceName(Self.main), from: base, to: commit, log: "bench")
    }
    guard move == .moved else { throw Failure.wrong("main moved by itself") }
  }
}
