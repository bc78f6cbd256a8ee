/// One planning pass that decided something new: its whole input besides the two commits, and
/// what it decided; `replay` computes it again and compares bytes.
package struct DecisionRecord: Hashable, Sendable {
  /// The planner's version.
  package let planner: Int
  package let main: CommitID
  /// The parent of the ledger commit that carries this file.
  package let ledger: CommitID
  package let moment: Moment
  package let decisions: [Decision]
  package let warnings: [TaskWarning]
  /// `decisions/<hour>/<minute and second>-<hash>.json`; the hash tells passes of a second apart.
  package let path: FilePath

  package init(
    planner: Int, main: CommitID, ledger: CommitID, moment: Moment, decisions: [Decision],
    warnings: [TaskWarning] = []
  ) {
    self.planner = planner
    self.main = main
    self.ledger = ledger
    self.moment = moment
    self.decisions = decisions
    self.warnings = warnings
    let json = Self.json(planner, main, ledger, moment, decisions, warnings)
    let at = moment.time.fields
    let digest = Digest(of: json.canonical)
    path = FilePath(
      unchecked: "decisions/\(moment.time.hourFolder)/\(at.minute.padded(2))"
        + "\(at.second.padded(2))-\(digest.prefix(8)).json")
  }
}

/// The planner's whole input besides the two commits.
package struct Moment: Hashable, Sendable {
  package let time: Instant
  /// How many more attempts may run at once.
  package let slots: Int
  /// The same for each executor that has a limit of its own.
  package let executors: [Name: Int]
  /// Runners that are alive; one until leases exist.
  package let runners: [String]
  /// Whether a person asked not to wait for the pause after a commit.
  package let skipsSettling: Bool
  /// When nobody looked, as far as a limit may have to be longer for it; in order.
  package let unheard: [Pause]
  /// Bytes that models would be given, of tasks that may not fit; what is missing fits.
  package var sizes: [TaskID: Int64]

  package init(
    time: Instant, slots: Int, executors: [Name: Int], runners: [String], skipsSettling: Bool,
    unheard: [Pause] = [], sizes: [TaskID: Int64] = [:]
  ) {
    self.sizes = sizes
    self.time = time
    self.slots = slots
    self.executors = executors
    self.runners = runners
    self.skipsSettling = skipsSettling
    self.unheard = unheard
  }
}

extension Moment {
  /// The room that what is under way on `board` leaves at `time`.
  package init(
    on board: Board, under rules: Rules, at time: Instant, runners: [String],
    skipsSettling: Bool, unheard: [Pause] = [], isDispatching: Bool = true
  ) {
    let live = board.running.map(\.record.specification.executor)
    var free: [Name: Int] = [:]
    for (name, rule) in rules.executors {
      guard let limit = rule.concurrency else { continue }
      free[name] = limit - live.count { $0 == name }
    }
    self.init(
      time: time, slots: isDispatching ? max(0, rules.concurrency - live.count) : 0,
      executors: free, runners: runners, skipsSettling: skipsSettling, unheard: unheard)
  }
}

/// What the planner chose for one task, with every reason that led to it.
package struct Decision: Hashable, Sendable {
  package let task: TaskID
  package let verdict: Verdict
  /// In the order in which they were found; the first one is the task's stored reason.
  package let reasons: [Reason]
  /// What policy said; empty until policies exist.
  package let policy: [JSONValue]
  /// What a start takes; only a start has any.
  package let claims: Claims?

  package enum Verdict: Hashable, Sendable {
    /// Run this attempt; at most `reserved` may be spent on it.
    case start(attempt: Int, reserved: Money?)
    case propose(attempt: Int)
    case wait
    case hold
    case skip
    case expire
    case fail
    case cancel
    /// Its accepted result rests on inputs that have changed.
    case reopen
    /// This earlier attempt did the very same work: its outputs stand again.
    case reuse(attempt: Int)
    /// The list that it waited for is there: tasks are made of its items.
    case expand
  }

  package init(
    task: TaskID, verdict: Verdict, reasons: [Reason], policy: [JSONValue] = [],
    claims: Claims? = nil
  ) {
    self.task = task
    self.verdict = verdict
    self.reasons = reasons
    self.policy = policy
    self.claims = claims
  }
}

extension Decision.Verdict {
  package var word: String {
    switch self {
    case .start: "start"
    case .propose: "propose"
    case .wait: "wait"
    case .hold: "hold"
    case .skip: "skip"
    case .expire: "expire"
    case .fail: "fail"
    case .cancel: "cancel"
    case .reopen: "reopen"
    case .reuse: "reuse"
    case .expand: "expand"
    }
  }
}

extension DecisionRecord {
  package var json: JSONValue { Self.json(planner, main, ledger, moment, decisions, warnings) }

  private static func json(
    _ planner: Int, _ main: CommitID, _ ledger: CommitID, _ moment: Moment, _ decisions: [Decision],
    _ warnings: [TaskWarning]
  ) -> JSONValue {
    [
      "format": 1, "planner": .integer(planner), "main": .text(main), "ledger": .text(ledger),
      "moment": moment.json, "decisions": .array(decisions.map(\.json)),
      "warnings": .array(warnings.map(\.json)),
    ]
  }

  package init(json: JSONValue) throws(RecordFault) {
    let fields = try RecordFields(json, kind: "decision", format: 1)
    self.init(
      planner: try fields.count("planner"), main: try fields.commit("main"),
      ledger: try fields.commit("ledger"), moment: try fields.object("moment", Moment.init),
      decisions: try fields.objects("decisions", Decision.init),
      warnings: try fields.objects("warnings", TaskWarning.init))
  }
}

extension Moment {
  var json: JSONValue {
    [
      "time": .text(time), "slots": .integer(slots),
      "executors": .object(
        Dictionary(uniqueKeysWithValues: executors.map { ($0.key.text, .integer($0.value)) })),
      "runners": .texts(runners), "skipsSettling": .bool(skipsSettling),
      "unheard": .array(unheard.map(\.json)),
      "sizes": .object(
        Dictionary(uniqueKeysWithValues: sizes.map { ($0.key.description, .integer($0.value)) })),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    var executors: [Name: Int] = [:]
    for (text, value) in try fields.map("executors", "an object of counts", { $0.integer }) {
      guard let name = Name(text) else { throw fields.fault("executors", "names `\(text)`") }
      executors[name] = Int(value)
    }
    var sizes: [TaskID: Int64] = [:]
    for (text, size) in try fields.map("sizes", "an object of counts", { $0.integer }) {
      guard let task = TaskID(text) else { throw fields.fault("sizes", "names `\(text)`") }
      sizes[task] = size
    }
    self.init(
      time: try fields.instant("time"), slots: try fields.count("slots"), executors: executors,
      runners: try fields.list("runners", "a list of texts") { $0.text },
      skipsSettling: try fields.flag("skipsSettling"),
      unheard: try fields.list("unheard", "a list of pauses", Pause.init(json:)), sizes: sizes)
  }
}

extension Decision {
  var json: JSONValue {
    var fields: [String: JSONValue] = [
      "run": .text(task.run), "task": .text(task.task), "verdict": .string(verdict.word),
      "reasons": .array(reasons.map(\.json)), "policy": .array(policy),
    ]
    switch verdict {
    case .start(let attempt, let reserved):
      fields["attempt"] = .integer(attempt)
      fields["reserved"] = reserved?.json ?? .null
      fields["claims"] = claims?.json ?? .null
    case .propose(let attempt), .reuse(let attempt): fields["attempt"] = .integer(attempt)
    case .wait, .hold, .skip, .expire, .fail, .cancel, .reopen, .expand: break
    }
    return .object(fields)
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    let verdict: Verdict
    switch try fields.text("verdict") {
    case "start":
      verdict = .start(
        attempt: try fields.count("attempt"), reserved: try fields.moneyIfAny("reserved"))
    case "propose": verdict = .propose(attempt: try fields.count("attempt"))
    case "wait": verdict = .wait
    case "hold": verdict = .hold
    case "skip": verdict = .skip
    case "expire": verdict = .expire
    case "fail": verdict = .fail
    case "cancel": verdict = .cancel
    case "reopen": verdict = .reopen
    case "reuse": verdict = .reuse(attempt: try fields.count("attempt"))
    case "expand": verdict = .expand
    case let word: throw fields.fault("verdict", "is `\(word)`")
    }
    self.init(
      task: TaskID(run: try fields.run("run"), task: try fields.name("task")), verdict: verdict,
      reasons: try fields.objects("reasons", Reason.init),
      policy: try fields.list("policy", "a list") { $0 },
      claims: try fields.objectIfAny("claims", Claims.init))
  }
}
