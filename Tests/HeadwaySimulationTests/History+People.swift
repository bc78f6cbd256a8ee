import Git
import HeadwayCore
import HeadwayTestSupport

@testable import HeadwayEngine

extension History {
  /// What stands on main now.
  var files: [String: String] { home.mainTip.flatMap { trees[$0] } ?? [:] }

  /// Commits `changes` upon `parent`, or upon main's tip.
  mutating func commit(_ changes: [String: String?], upon parent: ObjectID? = nil) async throws {
    var files = (parent ?? home.mainTip).flatMap { trees[$0] } ?? [:]
    for (path, text) in changes { files[path] = text }
    if let made = try await home.commit(changes, upon: parent, at: world.now) {
      trees[made] = files
    }
  }

  /// Somebody edits main, or types a verb, or signs.
  mutating func personActs() async throws {
    // Nor can people commit to a full disk.
    guard obstacle != "objects blocked" else { return }
    if papers.theme.hasApprovals, random.onceIn(3) { return try await sign() }
    if papers.theme.hasTriggers, random.onceIn(3) { return try await editTrigger() }
    switch random.below(20) {
    case 0..<8: try await editBrief()
    case 8: try await editPipeline()
    case 9: try await editSettings()
    case 10: try await rewrite()
    case 11: try await breakOrMend()
    case 12..<16: try sayVerb()
    default:
      if papers.theme.hasApprovals { try await sign() } else { try sayVerb() }
    }
  }

  private mutating func editBrief() async throws {
    let number = random.below(5)
    let path = "briefs/\(random.onceIn(8) ? "sub/" : "")b\(number).md"
    if files[path] != nil, random.onceIn(4) {
      tell("\(path) is deleted")
      count("brief deleted")
      return try await commit([path: String?.none])
    }
    tell("\(path) is written")
    count("brief written")
    try await commit([path: papers.brief(number, &random)])
  }

  /// A file that a pipeline watches, or now and then the schedule.
  private mutating func editTrigger() async throws {
    if random.onceIn(4) {
      tell("the schedule is another now")
      count("schedule edited")
      return try await commit(["schedules/clock.json": papers.schedule(&random)])
    }
    let number = random.below(3)
    let path = "claims/c\(number).json"
    let isGone = files[path] != nil && random.onceIn(4)
    tell("\(path) is \(isGone ? "deleted" : "written")")
    count(isGone ? "claim deleted" : "claim written")
    try await commit([path: isGone ? String?.none : papers.claim(number, &random)])
  }

  private mutating func editPipeline() async throws {
    let name = random.pick(papers.pipelines)
    tell("pipeline \(name) is another now")
    count("pipeline edited")
    try await commit(["pipelines/\(name).json": papers.pipeline(name, &random)])
  }

  private mutating func editSettings() async throws {
    papers.concurrency = 1 + random.below(4)
    papers.dayCost = 30 + random.below(300)
    tell("limits: \(papers.concurrency) at once, \(papers.dayCost) cents a day")
    count("settings edited")
    try await commit(["headway.json": papers.settings])
  }

  /// Main loses commits: by an amended tip, by a reset, or by both and a merge back.
  private mutating func rewrite() async throws {
    let line = try await home.mainLine(limit: 5)
    guard line.count > 2, let tip = line.first else { return }
    wasRewritten = true
    switch random.below(3) {
    case 0:
      tell("the last commit is amended")
      count("amend")
      try await commit(["briefs/b0.md": papers.brief(0, &random)], upon: line[1])
    case 1:
      let target = line[1 + random.below(line.count - 2)]
      tell("main is reset to \(target.hex.prefix(8))")
      count("reset")
      try await home.moveMain(to: target)
    default:
      try await home.moveMain(to: line[1])
      try await commit(["briefs/b1.md": papers.brief(1, &random)])
      let kept = files
      try await home.merge(tip, at: world.now)
      if let merged = home.mainTip { trees[merged] = kept }
      tell("main is merged with \(tip.hex.prefix(8))")
      count("merge")
    }
  }

  private mutating func breakOrMend() async throws {
    let path = "pipelines/\(random.pick(papers.pipelines)).json"
    let name = String(path.dropFirst(10).dropLast(5))
    let isBroken = files[path] == Papers.broken
    tell("\(path) is \(isBroken ? "mended" : "broken")")
    count(isBroken ? "mended" : "broken")
    try await commit([path: isBroken ? papers.pipeline(name, &random) : Papers.broken])
  }

  // MARK: verbs

  private mutating func sayVerb() throws {
    let board = board
    let tasks = board.tasksInOrder.map(\.record)
    guard !tasks.isEmpty else { return }
    let task = random.pick(tasks)
    let held = tasks.filter { $0.state == .held }
    if let incident = board.incidents.keys.sorted().first, random.onceIn(2) {
      return try say(.clear(incident: incident))
    }
    var verbs: [Verb] = [
      .retry(task.id), .cancelTask(task.id), .cancel(task.run), .freeze, .freezeNow, .thaw, .thaw,
      .hold(task.id), .holdRun(task.run), .release(task.id), .releaseRun(task.run),
      .retry((held.isEmpty ? task : random.pick(held)).id),
      .repeatEffect((held.isEmpty ? task : random.pick(held)).id),
      adoption(of: held.isEmpty ? task : random.pick(held)),
      .compensate(task.run, from: random.onceIn(2) ? task.task : nil),
    ]
    if let main = board.main {
      verbs.append(
        .rerun(task.run, from: random.onceIn(2) ? task.task : nil, seen: main.judged))
    }
    try say(random.pick(verbs))
  }

  func adoption(of task: TaskRecord) -> Verb {
    .adopt(
      task.id, outputs: task.specification.outputs.mapValues { _ in Array("By hand.\n".utf8) })
  }

  mutating func say(_ verb: Verb) throws {
    requests += 1
    let id = "request-\(10_000 + requests)"
    tell("dana says \(verb.word): \(verb.subject)")
    count("verb \(verb.word)")
    try Requests(folder: home.caches.path + "/requests").put(
      .init(id: id, verb: verb, by: "dana", reason: "the seed says so"))
  }

  // MARK: signatures

  /// Approves, or now and then rejects, what waits.
  mutating func sign() async throws {
    let board = board
    let waiting = board.tasksInOrder.filter { $0.record.state == .waiting && $0.proposal != nil }
    guard !waiting.isEmpty, let main = board.main, let anchor = board.opening?.anchor,
      let person = Name("dana")
    else { return }
    let task = random.pick(waiting)
    guard let proposal = task.proposal else { return }
    let bytes = try await home.store.perform { (repository) throws(GitError) in
      try repository.blob(ObjectID(proposal.record.blob), limit: 1 << 20)
    }
    let name = Statement.RecordName(
      attempt: proposal.attempt, blob: proposal.record.blob, sha256: Digest(of: bytes).hex)
    let rejects = !isCalm && random.onceIn(3)
    let statement = Statement(
      repository: anchor, target: "main",
      decision: rejects ? .reject(name, message: "Again, please.") : .approve(name),
      person: person, seen: main.judged, policies: nil, expires: proposal.expires,
      nonce: Nonce(UInt64(seed), UInt64(random.below(1_000_000))))
    let place = statement.place
    tell("dana \(rejects ? "rejects" : "approves") \(proposal.attempt)")
    count(rejects ? "rejection" : "approval")
    if !rejects {
      wasApproved = true
      if !isCalm, random.onceIn(2) { world.strike(.crash, at: .beforeTidying) }
    }
    var changes: [String: String?] = [
      place.path.text: String(decoding: statement.bytes, as: UTF8.self),
      place.signaturePath.text: try Pen.sign(statement.bytes, in: Statement.namespace),
    ]
    if !rejects {
      // A statement is about content that stands on main.
      changes[proposal.record.path.text] = String(decoding: bytes, as: UTF8.self)
      for (path, blob) in proposal.content {
        let content = try await home.store.perform { (repository) throws(GitError) in
          try repository.blob(ObjectID(blob), limit: 1 << 20)
        }
        changes[path.text] = String(decoding: content, as: UTF8.self)
      }
    }
    try await commit(changes)
  }
}
