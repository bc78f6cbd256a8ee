import HeadwayCore
import Testing

/// What was done is not done again, and what has changed is.
@Suite struct ReuseTests {
  static func tasks(_ work: String) throws -> [PlannedTask] {
    [
      try .named("a", work: work), try .named("b", after: ["a"]),
      try .named("open", "creator", after: ["a"]),
    ]
  }

  @Test func goingBackTakesUpWhatWasDoneBefore() throws {
    var stage = try Stage(Self.tasks("A"))
    try stage.perform("a", .succeeds("of A"))
    try stage.perform("b", .succeeds("after A"))
    try stage.revise(Self.tasks("B"))
    try stage.perform("a", .succeeds("of B"))
    try stage.perform("b", .succeeds("after B"))
    try stage.revise(Self.tasks("A"))
    try stage.settleDown()
    for (name, text) in [("a", "of A"), ("b", "after A")] {
      let task = try stage.task(name)
      #expect(task.state == .succeeded && task.accepted == 1)
      #expect(task.results == ["out.md": Stage.blob(text)])
      #expect(task.attempts.count == 2)
    }
  }

  @Test func aReusedResultStandsInTheTree() throws {
    var stage = try Stage(Self.tasks("A"))
    try stage.perform("a", .succeeds("of A"))
    try stage.revise(Self.tasks("B"))
    try stage.perform("a", .succeeds("of B"))
    try stage.revise(Self.tasks("A"))
    let plan = stage.look()
    let id = try stage.id("a")
    let decision = try #require(plan.decisions.first { $0.task == id })
    #expect(decision.verdict == .reuse(attempt: 1))
    #expect(decision.reasons.map(\.code) == [.reused])
    let entry = stage.board.deciding(
      DecisionRecord(
        planner: Planner.version, main: Stage.commit("tip"), ledger: Stage.commit("1"),
        moment: stage.moment, decisions: plan.decisions))
    #expect(
      entry.attachments.map(\.content) == [.blob(Stage.blob("of A"))])
    #expect(entry.attachments.first?.path.text.hasSuffix("/a/out/out.md") == true)
  }

  /// Found by seed 264 of the simulation, where a list was expanded once more.
  @Test func aDecisionThatChangesNoTaskTouchesNoFileButItsOwn() throws {
    var stage = try Stage([.named("a"), .named("b", after: ["a"])].numbered)
    let id = try stage.id("b")
    let waits = Decision(
      task: id, verdict: .wait,
      reasons: [Reason(.dependencies, since: stage.now, clears: .event("they have ended"))])
    let record = DecisionRecord(
      planner: Planner.version, main: Stage.commit("tip"), ledger: Stage.commit("1"),
      moment: stage.moment, decisions: [waits])
    #expect(stage.board.changes(of: record).count == 1)
    try stage.append(stage.board.deciding(record))
    #expect(stage.board.changes(of: record).isEmpty)
  }

  @Test func whatAPersonWantsAgainIsDoneAgain() throws {
    var stage = try Stage(Self.tasks("A"))
    try stage.perform("a")
    try stage.say(.retry(stage.id("a")))
    try stage.settleDown()
    #expect(try stage.state("a") == .running)
  }

  @Test func anEffectIsNeverTakenUp() throws {
    func tasks(_ work: String) throws -> [PlannedTask] {
      [try .named("a", "publisher", work: work, once: work), try .named("b", "creator")]
    }
    var stage = try Stage(try tasks("one"))
    try stage.perform("a")
    try stage.revise(try tasks("two"))
    try stage.perform("a")
    try stage.revise(try tasks("one"))
    #expect(try stage.verdict("a") == "hold alreadyDone")
  }

  @Test func anEditSaysWhatItMakesOtherWork() throws {
    func tasks(_ words: String, _ source: String) throws -> [PlannedTask] {
      let fingerprint = Fingerprint(
        intent: "Do it.", body: Digest(of: []),
        inputs: [.file(path: try FilePath("s.md"), blob: Stage.blob(source))],
        executorFile: Stage.blob("writer"), parameters: ["words": .string(words)])
      let task = try PlannedTask.named("a")
      return [
        PlannedTask(
          name: task.name, ordinal: 0, key: task.key, executor: task.executor,
          fingerprint: fingerprint.digest, parts: fingerprint.parts)
      ]
    }
    func entry(_ words: String, _ source: String) throws -> LedgerEntry? {
      var stage = try Stage(rules: Stage.rules())
      let first = RunPlan(numbering: try tasks("100", "one"), try Stage.plan([], run: Stage.launch))
      try stage.append(Admission(plan: first, commit: Stage.commit("one"), at: stage.now).entry)
      let next = RunPlan(
        numbering: try tasks(words, source), try Stage.plan([], run: Stage.launch))
      return stage.board.revising(
        Admission(plan: next, commit: Stage.commit("two"), at: stage.now))
    }
    let old = Stage.blob("one").hex.prefix(7)
    let new = Stage.blob("two").hex.prefix(7)
    #expect(try entry("100", "one")?.body == "No task's work changed.")
    #expect(
      try entry("200", "two")?.body
        == "reopened a: file s.md \(old) → \(new), parameter words \"100\" → \"200\"")
  }
}

extension RunPlan {
  /// The same plan with other tasks.
  init(numbering tasks: [PlannedTask], _ plan: RunPlan) {
    self.init(
      id: plan.id, slug: plan.slug, generation: plan.generation, occasion: plan.occasion,
      pipelineFile: plan.pipelineFile, tasks: tasks)
  }
}
