import Git
import Glibc
import HeadwayCore
import HeadwayTestSupport
import Subprocess
import Testing

@testable import HeadwayEngine

/// The process dies by SIGKILL at a write point; what it leaves is made whole by the next tick.
@Suite(.timeLimit(.minutes(10))) struct CrashTests {
  /// What is under way when the tick dies.
  enum Scene: String, CaseIterable {
    /// Two tasks without effects, from the ledger's very first commit on.
    case pure
    /// An effect that nobody has to approve.
    case external
    /// The main job up to its proposal, as one tick.
    case proposal
    /// The approving merge and the publication.
    case approval
    /// An amended brief.
    case rewind
    /// A verb that a person typed.
    case verb
    /// Several runs side by side, whose results may share a flush.
    case several
    /// A missed instant of a schedule, a changed file, and what follows the run of that file.
    case triggers
    /// A list that becomes tasks.
    case list
  }

  @Test(arguments: WritePoint.allCases, [1, 2])
  func theNextTickMakesItWhole(_ point: WritePoint, _ hit: Int) async throws {
    var reached: [Scene] = []
    for scene in Scene.allCases {
      if try await play(scene, dyingAt: "\(point.rawValue):\(hit)") { reached.append(scene) }
    }
    #expect(hit > 1 || !reached.isEmpty, "no scene reaches \(point)")
  }

  /// Whether the process died there.
  private func play(_ scene: Scene, dyingAt place: String) async throws -> Bool {
    let stage = try await Stage(scene)
    let death = try await stage.tick(dyingAt: place)
    guard death.wasKilled else {
      #expect(death.code == 0, "\(scene) \(place): \(death)")
      return false
    }
    let next = try await stage.tick()
    #expect(next.code == 0, "\(scene) \(place): \(next)")
    try await stage.answerUncertain()
    let control = try await Stage(scene)
    let undisturbed = try await control.tick()
    #expect(undisturbed.code == 0, "\(scene): \(undisturbed)")
    #expect(
      try await stage.snapshot() == control.snapshot(), "\(scene) died at \(place)")
    #expect(try await stage.ledgerIsSound(), "\(scene) died at \(place)")
    #expect(try await stage.hasPinnedAnchor(), "\(scene) died at \(place)")
    let replay = try await stage.shop.process("replay", "--all")
    #expect(replay.code == 0, "\(scene) died at \(place): \(replay)")
    return true
  }

  @Test func anOrphanIsEndedAndAnEffectInFlightIsUncertain() async throws {
    let stage = try await Stage(.external)
    let fifo = stage.shop.repository.directory + "/fifo"
    #expect(mkfifo(fifo, 0o600) == 0)
    try await stage.shop.repository.commit(
      "A publisher that takes its time",
      [
        "executors/publish.sh": """
        echo "$HEADWAY_KEY published" >>"$RECORDER"; echo $$ >\(fifo); exec sleep 1000

        """
      ])
    let shop = stage.shop
    let orphan = Orphan()
    let ending = try await Program.run(
      "headway-crash", in: shop.repository.path, variables: stage.variables
    ) { pid in
      // Returns once the publisher runs and has said who it is.
      let text = try await TemporaryRepository.run(
        ["timeout", "30", "cat", fifo], in: shop.repository.directory,
        variables: shop.repository.environment)
      await orphan.set(Int32(text) ?? 0)
      kill(pid, SIGKILL)
    }
    #expect(ending == .signaled(9))
    let pid = await orphan.pid
    #expect(pid > 1 && kill(pid, 0) == 0)
    #expect(try await stage.tick().code == 0)
    #expect(!Orphan.runs(pid))
    #expect(try await shop.state(of: "n/publish") == "held uncertain")
    #expect(try shop.effects.count == 1)
    // However often: nobody but a person starts it again.
    #expect(try await stage.tick().code == 0)
    #expect(try shop.effects.count == 1)
  }

  private actor Orphan {
    var pid: Int32 = 0
    func set(_ pid: Int32) { self.pid = pid }

    /// A zombie that waits for its new parent does not run.
    static func runs(_ pid: Int32) -> Bool {
      do {
        let stat = String(decoding: try FileBytes.read("/proc/\(pid)/stat"), as: UTF8.self)
        return !stat.isEmpty && !stat.contains(") Z ")
      } catch { return false }
    }
  }
}

/// A repository that stands right before the tick that is to die, with programs that really run.
struct Stage {
  let shop: Workshop
  let scene: CrashTests.Scene
  let variables: [String: String]

  init(_ scene: CrashTests.Scene) async throws {
    let shop = try await Workshop()
    self.shop = shop
    self.scene = scene
    variables = shop.processVariables
    switch scene {
    case .triggers:
      try await shop.repository.commit("Triggers", Self.triggers)
      let ending = try await Program.run(
        "headway-crash", in: shop.repository.path,
        variables: variables.merging(["HEADWAY_NOW": "2026-11-25T10:00:00Z"]) { $1 })
      #expect(ending.code == 0, "\(ending)")
      try await shop.repository.commit("Claim", ["claims/a.json": #"{ "id": 1 }"#])
    case .list:
      try await shop.repository.commit("Lists", Self.lists)
      try await commit("n", Project.brief("list", "List"))
    case .pure: try await commit("n", Project.brief("note", "Note"))
    case .external: try await commit("n", Project.brief("announce", "News"))
    case .proposal: try await commit("launch", Project.brief("article", "Launch"))
    case .approval:
      try await reachProposal()
      try await shop.merge(try await shop.proposal("launch/approve"))
    case .rewind:
      try await reachProposal()
      try await shop.repository.commit(
        "Brief", ["briefs/launch.md": Project.brief("article", "Launch", "Amended.")],
        options: ["--amend"])
    case .several:
      for slug in ["a", "b", "c"] { try await commit(slug, Project.brief("note", slug)) }
    case .verb:
      try await reachProposal()
      let site = try await Site.find(from: shop.repository.path)
      let run = try await shop.run("launch").record.id
      try Requests(folder: site.folders.requests).put(
        .init(id: "1", verb: .cancel(run), by: "dana", reason: "no need"))
    }
  }

  private static let lists = [
    "executors/plain.json":
      #"{ "name": "plain", "kind": "command", "run": ["sh", "executors/plain.sh"] }"#,
    "executors/plain.sh": """
    case $HEADWAY_TASK in triage) echo '["a", "b"]' >"$HEADWAY_OUTPUT/claims.json" ;;
    *) echo done >"$HEADWAY_OUTPUT/note.md" ;; esac

    """,
    "pipelines/list.json": """
    { "name": "list", "tasks": {
        "triage": { "executor": "plain", "outputs": { "claims.json": {} } },
        "answer": { "each": { "output": "triage/claims.json" }, "executor": "plain",
                    "outputs": { "note.md": {} } },
        "report": { "after": ["answer"], "executor": "plain", "outputs": { "note.md": {} } } } }
    """,
  ]

  /// Pipelines whose one task is a program that needs no brief.
  private static let triggers = {
    var files = [
      "schedules/daily.json":
        #"{ "name": "daily", "cron": "0 9 * * *", "timeZone": "Europe/London" }"#,
      "executors/plain.json":
        #"{ "name": "plain", "kind": "command", "run": ["sh", "executors/plain.sh"] }"#,
      "executors/plain.sh": "echo done >\"$HEADWAY_OUTPUT/note.md\"\n",
    ]
    for (name, trigger) in [
      ("report", #"{ "schedule": "daily" }"#), ("after", #"{ "run": "claim" }"#),
      ("claim", #"{ "paths": "claims/*.json", "identity": "{{json.id}}" }"#),
    ] {
      files["pipelines/\(name).json"] = TriggerTests.pipeline(name, on: trigger)
        .replacing("\"writer\"", with: "\"plain\"")
    }
    return files
  }()

  private func commit(_ slug: String, _ text: String) async throws {
    try await shop.repository.commit("Brief", ["briefs/\(slug).md": text])
  }

  private func reachProposal() async throws {
    try await commit("launch", Project.brief("article", "Launch"))
    let ending = try await tick()
    #expect(ending.code == 0, "\(ending)")
  }

  func tick(dyingAt place: String? = nil) async throws -> Program.Ending {
    var variables = variables
    variables["HEADWAY_CRASH"] = place
    if scene == .triggers { variables["HEADWAY_NOW"] = "2026-11-26T12:00:00Z" }
    return try await Program.run(
      "headway-crash", in: shop.repository.path, variables: variables)
  }

  /// What a person does about an effect of unknown fate: looks whether it happened.
  func answerUncertain() async throws {
    let uncertain = try await shop.board().tasksInOrder.filter {
      $0.record.reason?.code == .uncertain
    }
    let site = try await Site.find(from: shop.repository.path)
    for task in uncertain {
      #expect(task.record.specification.effect == .external)
      let id = task.record.id
      let happened = try !shop.effects.isEmpty
      let verb: Verb =
        happened
        ? .adopt(id, outputs: ["receipt.json": Array("{ \"done\": true }\n".utf8)]) : .retry(id)
      try Requests(folder: site.folders.requests).put(
        .init(id: "2", verb: verb, by: "dana", reason: "looked it up"))
      let ending = try await tick()
      #expect(ending.code == 0, "\(ending)")
    }
  }

  func snapshot() async throws -> Snapshot { try await shop.snapshot() }

  /// One line of commits, dense attempts, no mark of a process left.
  func ledgerIsSound() async throws -> Bool {
    let roots = try await shop.git("rev-list", "--max-parents=0", "headway/ledger")
    let merges = try await shop.git("rev-list", "--min-parents=2", "headway/ledger")
    let marks = try await TemporaryRepository.run(
      ["find", ".git/headway", "-path", "*/running/*"], in: shop.repository.path,
      variables: shop.repository.environment)
    let attempts = try await shop.board().tasksInOrder.allSatisfy { task in
      task.record.attempts.map(\.number)
        == Array(1...max(1, task.record.attempts.count))
        .prefix(task.record.attempts.count).map { $0 }
    }
    return roots.count == 40 && merges.isEmpty && marks.isEmpty && attempts
  }

  func hasPinnedAnchor() async throws -> Bool {
    try await Site.find(from: shop.repository.path).settings.anchor
      == shop.board().opening?.anchor
  }
}

extension Workshop {
  /// The world as a process of this package sees it.
  var processVariables: [String: String] {
    repository.environment.merging([
      "RECORDER": staff.recorder, "XDG_CACHE_HOME": repository.directory + "/cache",
    ]) { $1 }
  }
}
