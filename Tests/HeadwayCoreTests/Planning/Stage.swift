import HeadwayCore
import Testing

/// A ledger in memory, moved by the entries of Core alone.
///
/// Every file takes a trip through its canonical JSON before it is folded.
struct Stage {
  static let anchor = CommitID(unchecked: String(repeating: "a", count: 40))
  static let launch = RunID("launch-3f9c2a")

  var board = Board()
  /// The ledger's tree as it now stands.
  var files: [String: LedgerFile] = [:]
  var now = Instant(milliseconds: 1_795_000_000_000)
  var rules: Rules
  var skipsSettling = true
  /// What models would be given, of tasks that may not fit.
  var sizes: [TaskID: Int64] = [:]
  var unheard: [Pause] = []
  /// Every how many entries take a trip through their bytes; lives save the time.
  var tripsEvery = 1
  private var appended = 0
  private(set) var passes = 0

  init(rules: Rules = Stage.rules()) throws {
    self.rules = rules
    let main = MainRecord(
      branch: "main", judged: Self.commit("tip"), observed: now, trusted: [:])
    try append(
      .genesis(LedgerOpening(anchor: Self.anchor, branch: "main", opened: now), main: main))
  }

  init(_ tasks: [PlannedTask], rules: Rules = Stage.rules(), budget: Money? = nil) throws {
    try self.init(rules: rules)
    try admit(tasks, budget: budget)
  }

  static func commit(_ text: String) -> CommitID {
    CommitID(unchecked: String(Digest(of: text.utf8).hex.prefix(40)))
  }

  static func blob(_ text: String) -> BlobID {
    BlobID(unchecked: String(Digest(of: text.utf8).hex.prefix(40)))
  }

  static func usd(_ micros: Int64) -> Money { Money(micros: micros, currency: .usd) }

  static func rules(
    concurrency: Int = 10, runCost: Money? = usd(1_000_000), dayCost: Money? = usd(5_000_000),
    worker: Rules.Cost = .free, limit: Int? = nil
  ) -> Rules {
    var executors: [Name: Rules.ExecutorRule] = [:]
    let all: [(String, Bool, Effect, Int?, Rules.Cost)] = [
      ("worker", false, .none, limit, worker), ("publisher", false, .external, nil, .free),
      ("writer", false, .none, 1, .upTo(usd(100_000))), ("creator", true, .none, nil, .free),
    ]
    for (name, isPerson, effect, limit, cost) in all {
      if let name = Name(name) {
        executors[name] = .init(
          isPerson: isPerson, effect: effect, concurrency: limit, cost: cost)
      }
    }
    return Rules(
      currency: .usd, concurrency: concurrency, runCost: runCost, dayCost: dayCost,
      settle: .seconds(20), executors: executors)
  }

  // MARK: What the ledger takes in

  mutating func append(_ entry: LedgerEntry?) throws {
    let entry = try #require(entry)
    appended += 1
    for file in entry.files {
      let path = file.path
      if appended.isMultiple(of: tripsEvery) {
        let json = try JSONReader.read(file.json.canonical).json
        let read = try #require(try LedgerFile(path: path, json: json))
        try #require(read == file)
      }
      if case .attempt = file { try #require(files[path] == nil, "an outcome changed") }
      if case .task(let task, _) = file { try requireWay(to: task, by: entry.event) }
      files[path] = file
      board.fold(file)
    }
  }

  /// States are left only as the table of the design says, ends only by an event that says why.
  private func requireWay(to task: TaskRecord, by event: LedgerEvent) throws {
    guard let before = board[task.id]?.record.state, before != task.state else { return }
    let allowed: Set<TaskState> =
      switch before {
      // A result that an earlier attempt delivered is taken up without another attempt.
      case .pending where event == .decision && task.accepted != nil: [.succeeded]
      case .pending: [.running, .waiting, .held, .skipped, .expired, .cancelled, .failed]
      case .running: [.succeeded, .pending, .waiting, .held, .failed, .cancelled]
      case .waiting: [.pending, .succeeded, .held, .failed, .expired, .cancelled]
      case .held: [.pending, .succeeded, .failed, .cancelled]
      case .succeeded, .failed, .skipped, .expired, .cancelled:
        switch event {
        case .reopened, .rejection, .decision: [.pending]
        // A withdrawal holds what was approved, and adoption ends what had failed.
        case .withdrawn: [.held]
        case .verb: [.succeeded]
        default: []
        }
      }
    try #require(
      allowed.contains(task.state), "\(task.id) went from \(before) to \(task.state) by \(event)")
  }

  static func plan(
    _ tasks: [PlannedTask], run: RunID?, budget: Money? = nil, generation: Int = 1,
    parameters: [String: JSONValue] = [:]
  ) throws -> RunPlan {
    var occasion = Occasion(
      .brief, source: "briefs/launch.md",
      file: PinnedFile(path: try FilePath("briefs/launch.md"), blob: blob("b")),
      pipeline: try #require(Name("article")), title: "Launch")
    occasion.budget = budget
    occasion.parameters = parameters
    return RunPlan(
      id: try #require(run), slug: "launch", generation: generation, occasion: occasion,
      pipelineFile: PinnedFile(path: try FilePath("pipelines/article.json"), blob: blob("p")),
      tasks: tasks.numbered)
  }

  mutating func admit(
    _ tasks: [PlannedTask], run: RunID? = Stage.launch, budget: Money? = nil,
    parameters: [String: JSONValue] = [:]
  ) throws {
    let plan = try Self.plan(tasks, run: run, budget: budget, parameters: parameters)
    try append(Admission(plan: plan, commit: Self.commit("one"), at: now).entry)
  }

  mutating func revise(
    _ tasks: [PlannedTask], run: RunID? = Stage.launch, budget: Money? = nil
  ) throws {
    let plan = try Self.plan(tasks, run: run, budget: budget)
    try append(board.revising(Admission(plan: plan, commit: Self.commit("two"), at: now)))
  }

  // MARK: Planning

  var moment: Moment {
    let live = board.running.map(\.record)
    var free: [Name: Int] = [:]
    for (name, rule) in rules.executors {
      guard let limit = rule.concurrency else { continue }
      free[name] = limit - live.count { $0.specification.executor == name }
    }
    return Moment(
      time: now, slots: max(0, rules.concurrency - live.count), executors: free,
      runners: ["test/1"], skipsSettling: skipsSettling, unheard: unheard, sizes: sizes)
  }

  func look() -> Planner.Plan { Planner(board: board, rules: rules, moment: moment).plan() }

  /// One pass: what was decided, already on the ledger.
  @discardableResult
  mutating func decide() throws -> [Decision] { try decide(look()) }

  @discardableResult
  mutating func decide(_ plan: Planner.Plan) throws -> [Decision] {
    guard !plan.isEmpty else { return [] }
    passes += 1
    let record = DecisionRecord(
      planner: Planner.version, main: Self.commit("tip"), ledger: Self.commit("\(passes)"),
      moment: moment, decisions: plan.decisions, warnings: plan.warnings)
    try append(board.deciding(record))
    return plan.decisions
  }

  /// Passes until nothing is new; fails when that does not happen.
  mutating func settleDown() throws {
    for _ in 0..<100 where try decide().isEmpty { return }
    Issue.record("planning does not come to rest")
  }

  /// What one pass says of a task, as `start`, `wait backOff`, `hold uncertain` or `- slots`.
  mutating func verdict(_ name: String, run: RunID? = Stage.launch) throws -> String {
    let id = try id(name, run: run)
    let plan = look()
    if let decision = plan.decisions.first(where: { $0.task == id }) {
      let code = decision.reasons.first?.code ?? .ready
      return code == .ready ? decision.verdict.word : "\(decision.verdict.word) \(code)"
    }
    return plan.reasons[id].map { "- \($0.code)" } ?? "settled"
  }

  // MARK: Tasks

  func id(_ name: String, run: RunID? = Stage.launch) throws -> TaskID {
    TaskID(run: try #require(run), task: try #require(Name(name)))
  }

  func task(_ name: String, run: RunID? = Stage.launch) throws -> TaskRecord {
    try #require(board[try id(name, run: run)]).record
  }

  func state(_ name: String, run: RunID? = Stage.launch) throws -> TaskState {
    try task(name, run: run).state
  }

  var runState: RunRecord.State? { Self.launch.flatMap { board.runs[$0]?.record.state } }

  enum End {
    case succeeds(String, cost: Money? = nil)
    case fails(FailureClass, retryAfter: Span? = nil, cost: Money? = nil)
    case lost, cancelled

    static let succeeds = End.succeeds("done")
  }

  func attempt(
    _ name: String, _ end: End, model: String? = nil, run: RunID? = Stage.launch
  ) throws -> AttemptRecord {
    let task = try task(name, run: run)
    let dispatch = try #require(task.dispatched, "\(name) does not run")
    var (outcome, failure) = (TaskRecord.OutcomeKind.succeeded, Failure?.none)
    var (outputs, cost) = ([String: BlobID](), Money?.none)
    switch end {
    case .succeeds(let text, let paid):
      outputs = ["out.md": Self.blob(text)]
      cost = paid
    case .fails(let kind, let retryAfter, let paid):
      failure = Failure(kind, "no", retryAfter: retryAfter)
      (outcome, cost) = (.failed, paid)
    case .lost: outcome = .lost
    case .cancelled:
      outcome = .cancelled
      failure = Failure(.cancelled, "stopped")
    }
    return AttemptRecord(
      id: AttemptID(task: task.id, number: dispatch.attempt), taskKey: task.key,
      key: task.idempotencyKey(anchor: Self.anchor, fingerprint: dispatch.fingerprint),
      effect: task.effectUnderWay, fingerprint: dispatch.fingerprint,
      executor: task.specification.executor, isolation: "none", model: model, inputs: [],
      recalled: [], rendered: nil, started: dispatch.at, finished: now, outcome: outcome,
      failure: failure, outputs: outputs, usage: nil, cost: cost, checks: [], confidence: nil,
      decision: dispatch.decision, runner: "test/1", log: nil,
      quotas: dispatch.claims?.quotas ?? [])
  }

  /// Without `outages` the executor's own failures are about the executor as a whole.
  mutating func settle(
    _ name: String, _ end: End = .succeeds, outages: [Outage]? = nil, model: String? = nil,
    run: RunID? = Stage.launch
  ) throws {
    let attempt = try attempt(name, end, model: model, run: run)
    var text = ""
    if case .succeeds(let delivered, _) = end { text = delivered }
    let dispatch = try #require(try task(name, run: run).dispatched)
    let met = attempt.failure.flatMap { failure in
      failure.kind.isOfExecutor
        ? Outage(scope: .executor(attempt.executor), kind: failure.kind, cause: "down") : nil
    }
    let settlement = Settlement(
      attempt: attempt, outputs: attempt.outputs.mapValues { _ in Array(text.utf8) },
      cause: Self.commit("one"), policies: nil, outages: outages ?? [met].compactMap { $0 })
    let breaking = board.breaking(after: settlement, dispatch: dispatch, rules: rules, at: now)
    try append(board.settling(settlement))
    for entry in breaking { try append(entry) }
  }

  /// Starts the task, which must be ready, and ends its attempt.
  mutating func perform(_ name: String, _ end: End = .succeeds, run: RunID? = Stage.launch) throws {
    try settleDown()
    try settle(name, end, run: run)
  }

  // MARK: People

  mutating func propose(_ name: String, run: RunID? = Stage.launch) throws {
    let task = try task(name, run: run)
    let number = try #require(task.dispatched, "\(name) was not to be proposed").attempt
    let rule = try #require(task.specification.proposal)
    var content: [FilePath: BlobID] = [:]
    for part in rule.content { content[part.target] = Self.blob("content") }
    let attempt = AttemptID(task: task.id, number: number)
    let proposal = ProposalRecord(
      attempt: attempt, branch: "headway/proposals/\(attempt)",
      commit: Self.commit("\(attempt)"),
      record: PinnedFile(
        path: try FilePath("approvals/\(attempt).json"), blob: Self.blob("\(attempt)")),
      content: content, base: content.mapValues { _ in nil }, risk: .medium,
      requirement: rule.requirement, proposed: now, expires: now + rule.requirement.within)
    try append(board.proposing(proposal, cause: Self.commit("one")))
  }

  /// Judges the open proposal; `nil` where Core has nothing to say.
  func judgement(
    _ name: String, _ status: ProposalStatus, by person: String? = "dana",
    run: RunID? = Stage.launch
  ) throws -> LedgerEntry? {
    let task = try #require(board[try id(name, run: run)])
    let proposal = try #require(task.proposal)
    let decision: JudgementRecord.Decision =
      switch status {
      case .open, .approved: .approve
      case .rejected: .reject
      case .void: .void
      case .expired: .expire
      case .withdrawn: .withdraw
      }
    var judged = task.judged ?? JudgementRecord(attempt: proposal.attempt, judgements: [])
    judged.judgements.append(
      .init(
        from: Self.commit("tip"), carrier: .commit(Self.commit("merge")),
        person: person.flatMap { Name($0) }, decision: decision, at: now, whyNot: nil))
    let message = "Shorter, please: \(judged.judgements.count).\(proposal.attempt)"
    return board.judging(
      judged, status: status, feedback: (Self.blob(message), Array(message.utf8)),
      runner: "test/1", at: now)
  }

  mutating func judge(
    _ name: String, _ status: ProposalStatus, run: RunID? = Stage.launch
  ) throws {
    try append(try judgement(name, status, run: run))
  }

  mutating func approve(_ name: String, run: RunID? = Stage.launch) throws {
    let content = try #require(board[try id(name, run: run)]?.proposal?.content)
    try judge(name, .approved(content: content), run: run)
  }

  mutating func reject(_ name: String, run: RunID? = Stage.launch) throws {
    try judge(
      name, .rejected(by: try #require(Name("dana")), message: "Shorter, please."), run: run)
  }

  mutating func say(_ verb: Verb, blobs: [String: BlobID] = [:]) throws {
    let cause = VerbCause(by: "dana", reason: "because", at: now, runner: "test/1")
    try append(try board.carryingOut(verb, cause, blobs: blobs))
  }

  mutating func wait(_ span: Span) { now = now + span }
}
