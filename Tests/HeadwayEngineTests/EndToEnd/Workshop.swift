import Git
import HeadwayCore
import HeadwayTestSupport
import Synchronization
import Testing

@testable import HeadwayEngine

/// A repository at home with a small project, people with real keys, a clock turned by hand and
/// scripted executors; its ticks run in this process, everything else is plain git.
final class Workshop: Sendable {
  let repository: TemporaryRepository
  let clock: HandClock
  let staff: Staff
  /// Private keys by person.
  let keys: [String: String]
  let secrets: [String: String]
  /// `nil` where the staff stands in for models too.
  let models: (any Executor)?
  var secretsFile: String { repository.directory + "/secrets" }
  private let told = Mutex<[Progress]>([])

  static let start = Instant(milliseconds: 1_795_600_000_000)

  init(
    people: [String: [String]] = ["dana": ["creator", "admin"]], keys: [String: String]? = nil,
    secrets: [String: String] = [:], adding extra: [String: String] = [:],
    models: (any Executor)? = nil
  ) async throws {
    self.models = models
    repository = try await TemporaryRepository()
    let repository = repository
    clock = HandClock(at: Self.start)
    staff = Staff(recorder: repository.directory + "/recorder")
    self.secrets = secrets.merging(["RECORDER": staff.recorder]) { $1 }
    var made: [String: String] = keys ?? [:]
    for name in people.keys.sorted() where made[name] == nil {
      made[name] = try await repository.makeSSHKey(name)
    }
    self.keys = made
    var files = Project.files
    for (name, roles) in people {
      files["people/\(name).json"] = try Self.person(name, roles, key: try #require(made[name]))
    }
    try await repository.git("config", LocalSettings.homeKey, "test")
    try await repository.git("config", "gpg.format", "ssh")
    try await repository.commit("Start", files.merging(extra) { $1 })
  }

  static func person(
    _ name: String, _ roles: [String], key: String, revoked: String? = nil
  ) throws -> String {
    let words = try read(key + ".pub").split(separator: " ")
    let roles = roles.map { "\"\($0)\"" }.joined(separator: ", ")
    let revoked = revoked.map { ", \"revoked\": \"\($0)\"" } ?? ""
    return """
      { "name": "\(name)", "roles": [\(roles)],
        "keys": [{ "ssh": "\(words[0]) \(words[1])", "from": "2020-01-01T00:00:00Z"\(revoked) }] }

      """
  }

  /// Everything that ticks reported, in order.
  var progress: [Progress] { told.withLock { $0 } }

  func surroundings(
    checkpoint: @escaping Checkpoint = { _ in }
  ) throws -> Scheduler.Surroundings {
    Scheduler.Surroundings(
      adapters: Adapters(command: staff, model: models ?? staff),
      secrets: try SecretStore(environment: secrets, path: secretsFile),
      timekeeper: clock.timekeeper,
      runner: RunnerName(host: "bench", pid: 1), cache: repository.directory + "/cache",
      git: try GitProgram(environment: repository.environment), tools: .system,
      report: { progress in self.told.withLock { $0.append(progress) } }, checkpoint: checkpoint)
  }

  /// A tick that does not stay for due times.
  @discardableResult
  func tick(settled: Bool = true) async throws -> TickReport {
    let site = try await Site.find(from: repository.path)
    var surroundings = try surroundings()
    // It never sleeps for a due time, only for the lock, which a child that another test has
    // forked and not yet executed may hold for a moment.
    surroundings.timekeeper = Timekeeper(
      now: clock.timekeeper.now, sleep: Timekeeper.system.sleep)
    let tick = Tick(
      site: site, options: .init(patience: .zero, skipsSettling: settled),
      surroundings: surroundings)
    guard case .ran(let report) = try await tick.run(.waits) else {
      throw EngineError.notPossible("the tick did not run")
    }
    return report
  }

  /// Commits a brief and lets a tick find it.
  func submit(_ slug: String, _ text: String) async throws {
    try await repository.commit("Brief: \(slug)", ["briefs/\(slug).md": text])
    try await tick()
  }
}

// MARK: what people do

extension Workshop {
  @discardableResult
  func git(_ arguments: String..., adding extra: [String: String] = [:]) async throws -> String {
    try await repository.git(arguments, adding: extra)
  }

  /// Plain git with the key of `person` at hand for `-S`.
  @discardableResult
  func git(as person: String, _ arguments: String...) async throws -> String {
    try await repository.git(
      ["-c", "gpg.format=ssh", "-c", "user.signingkey=\(try #require(keys[person]))"] + arguments)
  }

  /// What the documentation tells people to type.
  func merge(_ branch: String, as person: String = "dana") async throws {
    try await git(as: person, "merge", "--quiet", "--no-ff", "-S", branch)
  }

  /// A signed statement about the proposal that is open for `task`, in a commit that nobody
  /// needs to sign.
  func state(
    _ decision: String, on task: String, as person: String = "dana", message: String = ""
  ) async throws {
    let (board, task) = try await (board(), self.task(task))
    let proposal = try #require(task.proposal)
    let bytes = try await bytes(of: proposal.record.blob)
    let name = Statement.RecordName(
      attempt: proposal.attempt, blob: proposal.record.blob, sha256: Digest(of: bytes).hex)
    let statement = Statement(
      repository: try #require(board.opening?.anchor), target: "main",
      decision: decision == "reject" ? .reject(name, message: message) : .approve(name),
      person: try #require(Name(person)), seen: try #require(board.main?.judged), policies: nil,
      expires: proposal.expires, nonce: Nonce(3, 4))
    let path = statement.place.path.text
    try repository.write(path, statement.bytes)
    _ = try await TemporaryRepository.run(
      [
        "ssh-keygen", "-q", "-Y", "sign", "-n", Statement.namespace, "-f",
        try #require(keys[person]), repository.path + "/" + path,
      ], in: repository.directory, variables: repository.environment)
    try await repository.commit("Say something")
  }

  /// A verb typed at home.
  func type(_ verb: Verb, by person: String = "dana") async throws -> Requests.Answer? {
    let site = try await Site.find(from: repository.path)
    let requests = Requests(folder: site.folders.requests)
    try requests.put(.init(id: "1", verb: verb, by: person, reason: "the test says so"))
    try await tick()
    return try requests.takeAnswer("1")
  }
}

// MARK: what there is to see

extension Workshop {
  /// Every decision so far comes out again, byte for byte.
  func requireReplay() async throws {
    let site = try await Site.find(from: repository.path)
    let report = try await Replay(site, of: nil).report()
    #expect(report.isSame && report.compared > 0, "\(report.differences)")
  }

  /// The whole ledger folded from its tree, finished runs included: no index has a say.
  func board() async throws -> Board { try await Self.board(in: repository) }

  static func board(in repository: TemporaryRepository) async throws -> Board {
    let tip = try await repository.id("headway/ledger")
    return try await repository.store().perform { (git) throws(EngineError) in
      var board = Board()
      do {
        for file in try LedgerReader.changes(from: nil, to: git.commit(tip).tree, in: git) {
          board.fold(file)
        }
      } catch let error as GitError { throw .git(error) } catch let error as EngineError {
        throw error
      } catch { throw .index("\(error)") }
      return board
    }
  }

  /// The newest run of a slug.
  func run(_ slug: String) async throws -> BoardRun {
    let runs = try await board().runs.values.filter { $0.record.slug == slug }
    return try #require(runs.max { $0.record.generation < $1.record.generation })
  }

  /// A task by the slug of its run and its name, `launch/draft`.
  func task(_ text: String) async throws -> BoardTask {
    let parts = text.split(separator: "/")
    let run = try await run(parts[0].description)
    let name = try #require(Name(String(parts[1])))
    return try #require(run.tasks[name])
  }

  /// `succeeded`, or with its reason `held alreadyDone`.
  func state(of task: String) async throws -> String {
    try await self.task(task).record.story
  }

  func id(of task: String) async throws -> TaskID { try await self.task(task).record.id }

  /// The branch of the newest proposal.
  func proposal(_ task: String) async throws -> String {
    try #require(try await self.task(task).proposal).branch
  }

  var effects: [String] {
    get throws { try Self.read(staff.recorder).split(separator: "\n").map(String.init) }
  }

  func snapshot() async throws -> Snapshot {
    Snapshot(try await board(), effects: try effects)
  }

  func bytes(of blob: BlobID) async throws -> [UInt8] {
    try await repository.store().perform { (git) throws(GitError) in
      try git.blob(ObjectID(blob), limit: 1 << 24)
    }
  }

  /// The ledger's commits, oldest first, in one of git's own formats.
  func log(_ format: String) async throws -> [String] {
    try await git("log", "--reverse", "--format=\(format)", "headway/ledger")
      .split(separator: "\n").map(String.init)
  }

  static func read(_ path: String) throws -> String {
    let bytes = try FileBytes.read(path)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension TaskRecord {
  var story: String {
    ([state.rawValue] + (reason.map { [$0.code.rawValue] } ?? [])).joined(separator: " ")
  }
}

/// What must come out the same however often Headway was killed on the way.
struct Snapshot: Equatable, CustomStringConvertible {
  /// State and accepted outputs by `slug.generation/task`.
  var tasks: [String: String]
  /// How often each effect happened, by title.
  var effects: [String: Int]

  init(_ board: Board, effects: [String]) {
    tasks = [:]
    for task in board.tasksInOrder {
      guard let run = board.runs[task.record.run]?.record else { continue }
      let results = task.record.results.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      // A follower's slug holds the other run's id, which no two repositories share.
      let slug = run.cause.kind == .run ? run.pipeline.name.text : run.slug
      tasks["\(slug).\(run.generation)/\(task.record.task)"] =
        ([task.record.story] + results).joined(separator: " ")
    }
    self.effects = [:]
    for line in effects {
      self.effects[line.split(separator: " ").dropFirst().joined(separator: " "), default: 0] += 1
    }
  }

  var description: String {
    (tasks.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
      + effects.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" })
      .joined(separator: "\n")
  }
}
