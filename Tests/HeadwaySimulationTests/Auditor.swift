import HeadwayCore

/// Says what must not be in a ledger: the invariants, asked of each commit against all before it.
///
/// It knows no git and no engine, so that a test can show that each question finds its fault.
struct Auditor {
  /// Folded commit by commit; unlike the scheduler's it lets go of nothing.
  private(set) var board = Board()
  private(set) var violations: [String] = []
  private(set) var places = Places()
  private var tip: String?
  private var seen: Set<String> = []
  /// How often people allowed that an effect happens again, and how often each happened.
  private(set) var words: [String: Int] = [:]
  private var adoptions: [String: Int] = [:]
  private var successes: [String: Int] = [:]
  private var causes: [String: RunID] = [:]
  private(set) var attempts: [AttemptID: AttemptRecord] = [:]

  /// At which commit of the ledger each thing became true.
  struct Places {
    private(set) var count = 0
    var commits: [String: Int] = ["": -1]
    var starts: [AttemptID: Int] = [:]
    var settlements: [AttemptID: Int] = [:]
    var proposals: [AttemptID: Int] = [:]
    var runs: [RunID: Int] = [:]
    var ends: [RunID: [Int]] = [:]
    var observed: [CommitID: Int] = [:]

    mutating func next(_ commit: String) {
      commits[commit] = count
      count += 1
    }

    var last: Int { count - 1 }
  }

  mutating func take(_ step: LedgerStep) {
    places.next(step.commit)
    checkLine(step)
    for path in step.removed { fault("\(path) was taken away", step) }
    for file in step.files {
      switch file.record {
      case .opening, .main, .intake, .incident, .judged: break
      case .run(let run): check(run, step)
      case .task(let task, _): check(task, step)
      case .attempt(let attempt, _): check(attempt, isChange: file.isChange, step)
      case .proposal(let proposal, _):
        if file.isChange { fault("the proposal \(proposal.attempt) changed", step) }
        places.proposals[proposal.attempt] = places.last
      case .decision(let record): check(record, isChange: file.isChange, step)
      }
    }
    for file in step.files {
      board.fold(file.record)
      guard case .main(let main) = file.record, places.observed[main.judged] == nil else {
        continue
      }
      places.observed[main.judged] = places.last
    }
    tip = step.commit
  }

  mutating func fault(_ what: String, _ step: LedgerStep) {
    let event = step.event?.rawValue ?? "no event"
    violations.append("\(what) (\(event) \(step.commit.prefix(12)))")
  }

  /// Forgets what it has told.
  mutating func takeViolations() -> [String] {
    defer { violations = [] }
    return violations
  }

  private mutating func checkLine(_ step: LedgerStep) {
    if step.parents != (tip.map { [$0] } ?? []) { fault("the ledger is not one line", step) }
    if step.event == nil { fault("a commit without an event", step) }
    if !seen.insert(step.commit).inserted { fault("a commit twice", step) }
  }

  private mutating func check(_ run: RunRecord, _ step: LedgerStep) {
    if places.runs[run.id] == nil { places.runs[run.id] = places.last }
    if run.state != .active { places.ends[run.id, default: []].append(places.last) }
    let cause = "\(run.cause.kind.rawValue) \(run.cause.path) \(run.generation)"
    if let other = causes.updateValue(run.id, forKey: cause), other != run.id {
      fault("\(cause) has two runs, \(other) and \(run.id)", step)
    }
  }
}

// MARK: tasks

extension Auditor {
  private mutating func check(_ task: TaskRecord, _ step: LedgerStep) {
    let numbers = task.attempts.map(\.number)
    if numbers != Array(0..<numbers.count).map({ $0 + 1 }) {
      fault("the attempts of \(task.id) are \(numbers)", step)
    }
    let isOut = task.state == .running || task.state == .waiting
    if (task.dispatched != nil) != isOut {
      fault("\(task.id) is \(task.state.rawValue) and dispatched: \(!isOut)", step)
    }
    if let dispatched = task.dispatched, dispatched.attempt != task.nextAttempt {
      fault("\(task.id) has attempt \(dispatched.attempt) under way", step)
    }
    if (task.accepted != nil) != (task.state == .succeeded) {
      fault("\(task.id) is \(task.state.rawValue) and accepted: \(task.accepted != nil)", step)
    }
    if let accepted = task.accepted,
      task.attempts.first(where: { $0.number == accepted })?.outcome != .succeeded
    {
      fault("\(task.id) accepted attempt \(accepted), which did not succeed", step)
    }
    if let old = board[task.id]?.record { check(task, after: old, step) }
  }

  private mutating func check(_ task: TaskRecord, after old: TaskRecord, _ step: LedgerStep) {
    if Array(task.attempts.prefix(old.attempts.count)) != old.attempts {
      fault("a summary of an attempt of \(task.id) changed", step)
    }
    if task.attempts.count > old.attempts.count + 1 {
      fault("\(task.id) got several attempts at once", step)
    }
    if old.state.isTerminal, task.state != old.state || task.accepted != old.accepted {
      checkReopening(of: task, after: old, step)
    }
    if step.event == .reconciled { checkReconciliation(of: task, after: old, step) }
    if let mine = task.dispatched, let earlier = old.dispatched, mine != earlier {
      fault("what \(task.id) was admitted with changed under way", step)
    }
    if task.allowance != nil, task.allowance != old.allowance, let key = key(of: task) {
      words[key, default: 0] += 1
    }
  }

  /// An answer moves what was in doubt, and only as far as it goes.
  private mutating func checkReconciliation(
    of task: TaskRecord, after old: TaskRecord, _ step: LedgerStep
  ) {
    let wanted: TaskState =
      switch task.inquiries.last?.answer {
      case .done: .succeeded
      case .notDone: .pending
      case .unknown, nil: .held
      }
    if old.state != .held || old.reason?.code != .uncertain || old.hold != nil
      || task.inquiries.count != old.inquiries.count + 1 || task.state != wanted
    {
      fault("an answer made \(task.id) \(task.state.rawValue)", step)
    }
  }

  private mutating func checkReopening(
    of task: TaskRecord, after old: TaskRecord, _ step: LedgerStep
  ) {
    let isReopening: Bool
    switch step.event {
    case .reopened, .rejection, .withdrawn, .verb, .expanded: isReopening = true
    case .decision:
      isReopening = step.files.contains { file in
        guard case .decision(let record) = file.record else { return false }
        return record.decisions.contains {
          $0.task == task.id && $0.verdict == .reopen && !$0.reasons.isEmpty
        }
      }
    default: isReopening = false
    }
    let hasCause = !step.trailers.isDisjoint(with: ["Cause", "Person"])
    if !isReopening || !hasCause {
      fault(
        "\(task.id) left \(old.state.rawValue) for \(task.state.rawValue) without a cause", step)
    }
  }

  private func key(of task: TaskRecord) -> String? {
    board.opening.flatMap { task.effectKey(anchor: $0.anchor) }
  }
}

// MARK: attempts

extension Auditor {
  private mutating func check(_ attempt: AttemptRecord, isChange: Bool, _ step: LedgerStep) {
    if isChange || attempts[attempt.id] != nil {
      fault("the outcome of \(attempt.id) changed", step)
    }
    attempts[attempt.id] = attempt
    places.settlements[attempt.id] = places.last
    let old = board[attempt.id.task]?.record
    if let number = attempt.reconciles {
      let doubted = old?.attempts.first { $0.number == number }
      if step.event != .reconciled || old?.state != .held || old?.reason?.code != .uncertain
        || doubted?.isFateUnknown != true
      {
        fault("\(attempt.id) was found although nobody was in doubt", step)
      }
    } else if attempt.isolation == "person" {
      if attempt.effect == .external { adoptions[attempt.key, default: 0] += 1 }
    } else if let old, old.isFan, old.dispatched == nil {
      // Nothing was executed, so nothing was dispatched. (What an edit made a fan-out of while it
      // was under way settles as what it was.)
      if step.event != .expanded { fault("\(attempt.id) was expanded by no event", step) }
    } else if let old, !old.isPerson {
      if let dispatched = old.dispatched {
        if dispatched.attempt != attempt.id.number || dispatched.decision != attempt.decision
          || dispatched.fingerprint != attempt.fingerprint
        {
          fault("\(attempt.id) is not what was dispatched", step)
        }
      } else {
        fault("\(attempt.id) was never dispatched", step)
      }
    }
    guard attempt.effect == .external, attempt.outcome == .succeeded else { return }
    successes[attempt.key, default: 0] += 1
    let allowed = words[attempt.key, default: 0] + adoptions[attempt.key, default: 0]
    if successes[attempt.key, default: 0] > 1 + allowed {
      fault("the effect of \(attempt.id) happened twice", step)
    }
  }
}

// MARK: decisions

extension Auditor {
  private mutating func check(_ record: DecisionRecord, isChange: Bool, _ step: LedgerStep) {
    if isChange { fault("a decision changed", step) }
    if record.ledger.hex != tip { fault("a decision over another commit", step) }
    if Set(record.decisions.map(\.task)).count != record.decisions.count {
      fault("two decisions about one task", step)
    }
    if record.decisions.contains(where: { $0.reasons.isEmpty }) {
      fault("a decision without a reason", step)
    }
    let starts = record.decisions.compactMap { decision -> (BoardTask, Money?, Int)? in
      guard case .start(let number, let reserved) = decision.verdict,
        let task = board[decision.task]
      else { return nil }
      return (task, reserved, number)
    }
    for (task, _, number) in starts {
      places.starts[AttemptID(task: task.record.id, number: number)] = places.last
      checkStart(of: task.record, number, step)
    }
    if !starts.isEmpty, board.main?.isFrozen == true { fault("started while frozen", step) }
    let busy = starts.compactMap { key(of: $0.0.record) }
    let underWay = board.running.compactMap { $0.record.dispatched?.effectKey }
    if Set(busy + underWay).count != busy.count + underWay.count {
      fault("one effect runs twice at once", step)
    }
    guard let rules = step.rules else { return fault("a decision without settings", step) }
    checkSlots(starts.map(\.0.record), record.moment, rules, step)
    checkBudgets(starts.map { ($0.0.record, $0.1) }, record.moment, rules, step)
  }

  private mutating func checkStart(of task: TaskRecord, _ number: Int, _ step: LedgerStep) {
    if task.state != .pending { fault("\(task.id) was started when \(task.state.rawValue)", step) }
    if number != task.nextAttempt { fault("\(task.id) skipped an attempt", step) }
    let fresh = task.attempts.dropFirst(task.settledBefore)
    let lost = fresh.count { $0.outcome == .lost || $0.outcome == .cancelled }
    if lost > 3 { fault("\(task.id) was started after \(lost) losses", step) }
    let used = fresh.count { summary in
      switch summary.failure {
      // What is the executor's own failure opens its breaker and uses up no retry.
      case .transient, .timeout, .internal: summary.outcome == .failed
      default: false
      }
    }
    if used >= task.specification.retry.attempts {
      fault("\(task.id) was started after \(used) failures", step)
    }
    guard let key = key(of: task) else { return }
    let isKnown =
      board.effects[key].map {
        $0.attempt.task == task.id && task.isKnownNotDone($0.attempt.number)
      } ?? true
    if !isKnown, task.allowance == nil {
      fault("the effect of \(task.id) is started again without a person's word", step)
    }
    if let last = fresh.last, last.isFateUnknown, task.allowance == nil,
      !task.isKnownNotDone(last.number)
    {
      fault("\(task.id), whose fate is unknown, was started without a person", step)
    }
  }

  private mutating func checkSlots(
    _ starts: [TaskRecord], _ moment: Moment, _ rules: Rules, _ step: LedgerStep
  ) {
    let live = board.running.map(\.record)
    if moment.slots > max(0, rules.concurrency - live.count) || starts.count > moment.slots {
      fault("\(starts.count) started with \(live.count) of \(rules.concurrency) slots in use", step)
    }
    for (name, rule) in rules.executors {
      guard let limit = rule.concurrency else { continue }
      let own = starts.count { $0.specification.executor == name }
      let busy = live.count { $0.specification.executor == name }
      if own > 0, own + busy > limit { fault("more started than \(name) takes", step) }
    }
  }

  private mutating func checkBudgets(
    _ starts: [(TaskRecord, Money?)], _ moment: Moment, _ rules: Rules, _ step: LedgerStep
  ) {
    var day = board.spend.days[moment.time.day] ?? 0
    var runs = board.spend.runs
    for task in board.running.map(\.record) {
      let micros = task.dispatched?.reserved?.micros ?? 0
      day += micros
      runs[task.run, default: 0] += micros
    }
    for (task, reserved) in starts {
      guard let reserved, reserved.micros > 0 else { continue }
      day += reserved.micros
      runs[task.run, default: 0] += reserved.micros
      let budget = board.runs[task.run]?.record.budget ?? rules.runCost
      if day > rules.dayCost?.micros ?? 0 { fault("the day's budget is overdrawn", step) }
      if runs[task.run, default: 0] > budget?.micros ?? 0 {
        fault("the budget of \(task.run) is overdrawn", step)
      }
    }
  }
}

extension TaskRecord.AttemptSummary {
  /// Whether nobody can say what it did outside.
  fileprivate var isFateUnknown: Bool {
    switch outcome {
    case .lost, .cancelled: true
    case .failed: [.timeout, .badOutput, .truncated].contains(failure)
    case .succeeded: false
    }
  }
}
