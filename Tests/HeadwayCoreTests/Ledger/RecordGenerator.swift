import HeadwayCore
import HeadwayTestSupport

/// Makes records of every shape from a seed; whatever it makes is valid.
struct RecordGenerator {
  var random: SeededGenerator

  init(seed: Int) { random = SeededGenerator(seed: seed) }

  private static let names = ["draft", "a", "x9-", "research-notes"].compactMap { Name($0) }
  private static let runs = ["launch-3f9c2a", "0-000000", "a"].compactMap { RunID($0) }

  mutating func list<Value>(
    _ most: Int = 3, _ make: (inout RecordGenerator) -> Value
  ) -> [Value] {
    let count = random.below(most + 1)
    var values: [Value] = []
    for _ in 0..<count { values.append(make(&self)) }
    return values
  }

  mutating func maybe<Value>(_ make: (inout RecordGenerator) -> Value) -> Value? {
    random.onceIn(2) ? make(&self) : nil
  }

  mutating func text() -> String {
    random.pick([
      "", "plain", "two\nlines\r\n", "tab\t\"quote\" \\", "\u{0}\u{1}\u{7f}", "Grüße 🤖", "e\u{301}",
      "\u{202e}reversed", "Headway-Event: result", "日本",
    ])
  }

  mutating func name() -> Name { random.pick(Self.names) }
  mutating func run() -> RunID { random.pick(Self.runs) }
  mutating func hex(_ count: Int) -> String {
    var text = ""
    for _ in 0..<count { text.append(random.pick(Array("0123456789abcdef"))) }
    return text
  }
  mutating func blob() -> BlobID { BlobID(unchecked: hex(random.pick([40, 64]))) }
  mutating func commit() -> CommitID { CommitID(unchecked: hex(40)) }
  mutating func instant() -> Instant {
    Instant(milliseconds: Int64.random(in: 0...4_000_000_000_000, using: &random))
  }
  mutating func span() -> Span {
    Span(milliseconds: Int64.random(in: 0...3_000_000_000_000, using: &random))
  }
  mutating func money() -> Money {
    Money(micros: Int64.random(in: .min ... .max, using: &random), currency: .usd)
  }
  mutating func path() -> FilePath {
    let texts = ["a", "content/launch.md", "Ünïcode/ü 1.json", "x/.hidden", "d/e/f/g"]
    do { return try FilePath(random.pick(texts)) } catch { preconditionFailure("\(error)") }
  }
  mutating func choice<Value: CaseIterable>(_ type: Value.Type) -> Value {
    random.pick(Array(type.allCases))
  }

  mutating func json(_ depth: Int = 2) -> JSONValue {
    switch random.below(depth > 0 ? 6 : 4) {
    case 0: .string(text())
    case 1: .bool(random.onceIn(2))
    case 2: .integer(Int64.random(in: .min ... .max, using: &random))
    case 3: JSONNumber("-0.5e-7").map { .number($0) } ?? .null
    case 4: .array(list { $0.json(depth - 1) })
    default: .object(fields { $0.json(depth - 1) })
    }
  }

  mutating func fields<Value>(_ make: (inout RecordGenerator) -> Value) -> [String: Value] {
    var fields: [String: Value] = [:]
    for key in list(4, { $0.text() }) { fields[key] = make(&self) }
    return fields
  }

  mutating func byPath<Value>(_ make: (inout RecordGenerator) -> Value) -> [FilePath: Value] {
    var values: [FilePath: Value] = [:]
    for path in list(4, { $0.path() }) { values[path] = make(&self) }
    return values
  }

  mutating func pinned() -> PinnedFile { PinnedFile(path: path(), blob: blob()) }
  mutating func taskID() -> TaskID { TaskID(run: run(), task: name()) }
  mutating func attemptID() -> AttemptID { AttemptID(task: taskID(), number: 1 + random.below(99)) }

  mutating func reason() -> Reason {
    Reason(
      choice(ReasonCode.self), values: fields { $0.json() }, since: instant(),
      clears: random.onceIn(2) ? .at(instant()) : .event(text()))
  }

  mutating func requirement() -> ApprovalRequirement {
    ApprovalRequirement(
      role: name(), count: random.below(4), within: span(),
      distinctFromRequester: random.onceIn(2))
  }

  mutating func input() -> TaskInput {
    switch random.below(3) {
    case 0: .file(path: path(), blob: blob())
    case 1: .recall(query: text(), tokens: random.below(9_000))
    default: .delivered(attemptID(), output: text(), blob: blob())
    }
  }

  mutating func compensation() -> CompensationRule {
    CompensationRule(
      name: name(), executor: name(), effect: choice(Effect.self), intent: text(),
      once: maybe { $0.text() }, risk: choice(Risk.self))
  }

  mutating func specification() -> TaskRecord.Specification {
    .init(
      executor: name(), effect: choice(Effect.self), once: maybe { $0.text() },
      compensation: maybe { $0.compensation() }, intent: text(),
      after: list { $0.name() }, when: choice(JoinRule.self), inputs: list { $0.input() },
      outputs: fields {
        OutputRule(
          checks: $0.list { $0.text() }, schema: $0.maybe { $0.pinned() },
          isOptional: $0.random.onceIn(2), isBinary: $0.random.onceIn(2),
          fields: $0.fields { $0.random.pick([.number, .scalar, .list]) })
      },
      proposal: maybe {
        .init(
          content: $0.list {
            ProposedOutput(task: $0.name(), output: $0.text(), target: $0.path())
          }, requirement: $0.requirement(),
          onReject: $0.maybe { RejectionRule(retry: $0.name(), times: $0.random.below(5)) })
      },
      retry: RetryRule(
        attempts: random.below(9), base: span(), factor: random.below(5), cap: span()),
      timeouts: Timeouts(
        start: maybe { $0.span() }, run: maybe { $0.span() }, finish: maybe { $0.span() },
        grace: span()),
      limits: limits(), onExhausted: choice(ExhaustionRule.self), priority: random.below(101),
      deadline: maybe { $0.instant() }, sla: maybe { $0.span() }, risk: choice(Risk.self),
      estimate: Estimate(duration: maybe { $0.span() }, cost: maybe { $0.money() }),
      item: maybe {
        FanItem(template: $0.name(), instance: $0.text(), value: .string($0.text()))
      },
      condition: maybe { $0.condition() }, fan: maybe { $0.fan() }, fingerprint: hex(64),
      parts: parts())
  }

  mutating func parts() -> WorkParts { WorkParts(fields { $0.text() }) }
  mutating func limits() -> TaskLimits {
    TaskLimits(
      cost: maybe { $0.money() }, concurrency: fields { $0.random.below(9) },
      quotas: list {
        QuotaRule(
          name: $0.name(), key: $0.text(), amount: $0.random.below(9), limit: $0.random.below(9),
          window: $0.random.onceIn(2)
            ? .sliding($0.span()) : .calendar($0.choice(QuotaWindow.CalendarUnit.self), .utc),
          onExceed: $0.choice(ExceedRule.self))
      })
  }

  mutating func quotaClaim() -> QuotaClaim {
    QuotaClaim(name: name(), key: text(), amount: random.below(9), until: instant())
  }

  mutating func claims() -> Claims {
    Claims(
      turn: Turn(number: random.below(9_999), passed: random.below(16)),
      share: ShareClaim(
        band: choice(Band.self), key: text(), from: Int64(random.below(9_999)),
        to: Int64(random.below(9_999))),
      rate: maybe { RateClaim(executor: $0.name(), next: $0.instant()) }, keys: list { $0.text() },
      quotas: list { $0.quotaClaim() }, within: span())
  }

  mutating func outcome() -> TaskRecord.OutcomeKind {
    random.pick([.succeeded, .failed, .cancelled, .lost])
  }

  mutating func warning() -> DeadlineWarning {
    DeadlineWarning(
      code: choice(DeadlineWarning.Code.self), deadline: instant(), since: instant(),
      expected: instant())
  }

  mutating func task() -> TaskRecord {
    var task = TaskRecord(
      run: run(), task: name(), ordinal: random.below(9_999), key: text(),
      revision: random.below(9), specification: specification(), state: choice(TaskState.self),
      reason: maybe { $0.reason() }, accepted: maybe { 1 + $0.random.below(9) },
      results: fields { $0.blob() },
      dispatched: maybe {
        .init(
          attempt: $0.random.below(9), reserved: $0.maybe { $0.money() },
          fingerprint: $0.hex(64), decision: $0.path(), at: $0.instant(),
          effectKey: $0.maybe { $0.hex(64) }, claims: $0.maybe { $0.claims() },
          probes: $0.list { $0.text() })
      },
      attempts: list {
        .init(
          number: $0.random.below(9), outcome: $0.outcome(),
          failure: $0.maybe { $0.choice(FailureClass.self) }, retryAfter: $0.maybe { $0.span() },
          fingerprint: $0.hex(64), at: $0.instant(), cost: $0.maybe { $0.money() })
      },
      settledBefore: random.below(9), feedback: maybe { $0.blob() },
      rejections: random.below(9),
      allowance: maybe { .init(by: $0.text(), reason: $0.text(), at: $0.instant()) },
      registrations: list {
        .init(
          attempt: $0.random.below(9), compensation: $0.compensation(), at: $0.instant(),
          proposed: $0.maybe { $0.run() })
      },
      admitted: instant(), hold: maybe { $0.hold() })
    task.warnings = list { $0.warning() }
    task.edits = list { $0.instant() }
    task.inquiries = list { $0.inquiry() }
    task.listed = maybe { $0.blob() }
    task.holds = list { .init(since: $0.instant(), until: $0.instant()) }
    return task
  }

  mutating func inquiry() -> Inquiry {
    Inquiry(
      attempt: random.below(9),
      answer: maybe { EffectAnswer.allCases[$0.random.below(EffectAnswer.allCases.count)] },
      message: text(), at: instant())
  }

  mutating func pause() -> Pause {
    let asleep = instant()
    return Pause(asleep: asleep, woke: asleep + .seconds(Int64(1 + random.below(99))))
  }

  mutating func hold() -> Hold { Hold(by: text(), reason: text(), at: instant()) }

  mutating func attempt() -> AttemptRecord {
    AttemptRecord(
      id: attemptID(), taskKey: text(), key: hex(64), effect: choice(Effect.self),
      fingerprint: hex(64),
      executor: name(), isolation: "none", model: maybe { $0.text() },
      inputs: list { .init(name: $0.text(), blob: $0.blob(), from: $0.text()) },
      recalled: list { $0.json() }, rendered: maybe { $0.blob() }, started: instant(),
      finished: instant(), outcome: outcome(),
      failure: maybe {
        Failure(
          $0.choice(FailureClass.self), $0.text(),
          retryAfter: $0.maybe {
            Span(milliseconds: Int64.random(in: .min ... .max, using: &$0.random))
          })
      }, outputs: fields { $0.blob() },
      usage: maybe {
        Usage(
          uncachedInput: Int64($0.random.below(9_999)), cacheRead: 1, cacheWrite: 2,
          output: Int64($0.random.below(9_999)), reasoning: 3)
      }, cost: maybe { $0.money() },
      checks: list {
        .init(
          check: $0.text(), pass: $0.random.onceIn(2), finding: $0.text(),
          suspect: $0.maybe { $0.text() })
      },
      confidence: maybe { $0.random.below(1_001) }, decision: path(), runner: text(),
      log: maybe { $0.blob() }, quotas: list { $0.quotaClaim() },
      reconciles: maybe { $0.random.below(9) })
  }

  mutating func runRecord() -> RunRecord {
    RunRecord(
      id: run(), slug: text(),
      cause: .init(
        kind: random.pick([.brief, .paths, .schedule, .run]), path: text(), commit: commit(),
        file: maybe { $0.path() }, parent: maybe { $0.run() }, depth: random.below(5)),
      generation: random.below(9), pipeline: .init(name: name(), path: path(), blob: blob()),
      revisions: [revision()] + list { $0.revision() }, parameters: fields { $0.json() },
      title: text(), priority: random.below(101), due: maybe { $0.instant() },
      budget: maybe { $0.money() }, admitted: instant(), tasks: list { $0.name() },
      state: random.pick([.active, .succeeded, .failed, .cancelled]), hold: maybe { $0.hold() },
      given: maybe {
        .init(
          values: $0.fields { $0.json() }, inputs: $0.list { $0.input() },
          results: $0.list { $0.input() })
      })
  }

  private mutating func intake() -> IntakeRecord {
    IntakeRecord(
      considered: instant(), instants: list { $0.waitingInstant() },
      changes: list {
        .init(
          pipeline: $0.name(), identity: $0.text(),
          file: PinnedFile(path: $0.path(), blob: $0.blob()), first: $0.instant(),
          due: $0.instant(), origin: $0.maybe { .init(run: $0.run(), depth: 2) })
      },
      refused: list { $0.waitingInstant() },
      followers: list { .init(pipeline: $0.name(), run: $0.run(), ended: $0.instant()) })
  }

  private mutating func waitingInstant() -> IntakeRecord.WaitingInstant {
    .init(
      schedule: name(), nominal: instant(), due: instant(), commit: commit(),
      isCatchUp: random.onceIn(2))
  }

  private mutating func revision() -> RunRecord.Revision {
    .init(number: random.below(9), commit: commit(), blob: blob(), at: instant())
  }

  mutating func decisionRecord() -> DecisionRecord {
    var executors: [Name: Int] = [:]
    for name in list(3, { $0.name() }) { executors[name] = random.below(9) - 4 }
    return DecisionRecord(
      planner: random.below(9), main: commit(), ledger: commit(),
      moment: Moment(
        time: instant(), slots: random.below(9), executors: executors,
        runners: list { $0.text() }, skipsSettling: random.onceIn(2), unheard: list { $0.pause() }),
      decisions: list { generator in
        let verdicts: [Decision.Verdict] = [
          .start(attempt: generator.random.below(9), reserved: generator.maybe { $0.money() }),
          .propose(attempt: 1), .wait, .hold, .skip, .expire, .fail, .cancel, .reopen,
          .reuse(attempt: 2), .expand,
        ]
        let verdict = generator.random.pick(verdicts)
        return Decision(
          task: generator.taskID(), verdict: verdict,
          reasons: generator.list { $0.reason() }, policy: generator.list { $0.json() },
          claims: verdict.word == "start" ? generator.claims() : nil)
      }, warnings: list { TaskWarning(task: $0.taskID(), warning: $0.warning()) })
  }

  mutating func main() -> MainRecord {
    var main = MainRecord(
      branch: text(), judged: commit(), observed: instant(),
      trusted: byPath { .init(mode: "100644", blob: $0.blob()) }, rescued: list { $0.commit() },
      freezeFile: random.onceIn(2),
      freeze: maybe { .init(by: $0.text(), reason: $0.text(), at: $0.instant()) },
      acceptedRewrite: maybe { $0.commit() },
      problems: fields { $0.list { $0.text() } })
    main.allowed = fields { .init(by: $0.text(), reason: $0.text(), at: $0.instant()) }
    return main
  }

  mutating func proposal() -> ProposalRecord {
    ProposalRecord(
      attempt: attemptID(), branch: text(), commit: commit(), record: pinned(),
      content: byPath { $0.blob() }, base: byPath { $0.maybe { $0.blob() } },
      risk: choice(Risk.self), requirement: requirement(), proposed: instant(),
      expires: instant())
  }

  mutating func judged() -> JudgementRecord {
    JudgementRecord(
      attempt: attemptID(),
      judgements: list {
        .init(
          from: $0.commit(),
          carrier: $0.random.pick([
            .commit($0.commit()), .statement($0.pinned()), .observation($0.commit()),
          ]), person: $0.maybe { $0.name() },
          decision: $0.random.pick([.approve, .reject, .withdraw, .void, .expire, .landed]),
          at: $0.instant(), whyNot: $0.maybe { $0.text() }, message: $0.maybe { $0.text() })
      })
  }

  mutating func incident() -> IncidentRecord {
    let opened = instant()
    return IncidentRecord(
      id: IncidentRecord.id(at: opened, about: name().text),
      scope: random.pick([
        .all, .executor(name()), .key(text()), .model(.extractive), .commit(commit()),
      ]), reason: text(), answer: text(), opened: opened, rewrite: maybe { $0.commit() },
      breaker: maybe {
        .init(
          kind: $0.choice(FailureClass.self), executors: $0.list { $0.name() },
          keys: $0.list {
            .init(name: $0.text(), ending: $0.maybe { $0.text() }, digest: $0.maybe { $0.text() })
          }, probes: $0.random.below(9), probe: $0.maybe { $0.instant() })
      }, cleared: maybe { .init(by: $0.text(), at: $0.instant(), why: $0.text()) })
  }

  /// One file of each kind, at its own path.
  mutating func files() -> [LedgerFile] {
    let (run, task) = (runRecord(), task())
    let base = "runs/\(run.admitted.hourFolder)"
    func folder(_ id: TaskID, _ ordinal: Int = 0) -> String {
      "\(base)/\(id.run)/\(TaskRecord.folder(ordinal: ordinal, task: id.task))"
    }
    let (attempt, proposal, judged) = (attempt(), proposal(), judged())
    return [
      .opening(LedgerOpening(anchor: commit(), branch: text(), opened: instant())),
      .main(main()), .intake(intake()), .run(run),
      .task(task, folder: folder(task.id, task.ordinal)),
      .attempt(attempt, folder: folder(attempt.id.task)),
      .proposal(proposal, folder: folder(proposal.attempt.task)),
      .judged(judged, folder: folder(judged.attempt.task)), .decision(decisionRecord()),
      .incident(incident()),
    ]
  }
}
