/// Room that is left while one pass hands it out; counted from live attempts, never stored.
struct Room {
  private(set) var slots: Int
  private(set) var executors: [Name: Int]
  /// When an executor's next start would come if starts came evenly.
  private(set) var rates: [Name: Instant]
  private(set) var effects: [String: TaskID]
  /// Incidents that an attempt of this pass finds out about.
  var probes: Set<String> = []
  private(set) var committed: Committed
  /// Attempts under way by key.
  private(set) var live: [String: Int] = [:]
  private(set) var taken: [QuotaKey: [QuotaClaim]] = [:]
  private let anchor: CommitID?

  struct QuotaKey: Hashable {
    let name: Name
    let key: String
  }

  /// Spent or set aside, in millionths.
  struct Committed {
    var day: Int64
    var runs: [RunID: Int64]
    var pipelines: [String: Int64]

    mutating func add(_ micros: Int64, of run: RunRecord) {
      day += micros
      runs[run.id, default: 0] += micros
      pipelines[run.pipeline.name.text, default: 0] += micros
    }
  }

  init(_ planner: Planner) {
    let (board, moment) = (planner.board, planner.moment)
    slots = moment.slots
    executors = moment.executors
    rates = board.dispatches.rates
    effects = planner.busyEffects
    anchor = board.opening?.anchor
    let today = moment.time.day
    committed = Committed(
      day: board.spend.days[today] ?? 0, runs: board.spend.runs,
      pipelines: board.spend.pipelines[today] ?? [:])
    for use in board.quotas.uses where use.claim.until > moment.time {
      taken[QuotaKey(name: use.claim.name, key: use.claim.key), default: []].append(use.claim)
    }
    for task in planner.running {
      guard let run = board.runs[task.record.run]?.record, let dispatch = task.record.dispatched
      else { continue }
      if let reserved = dispatch.reserved { committed.add(reserved.micros, of: run) }
      guard let claims = dispatch.claims else { continue }
      take(claims, keys: planner.keys(of: task.record, in: run, own: claims.keys))
    }
  }

  mutating func take(
    _ candidate: Planner.Candidate, reserved: Money?, claims: Claims, keys: [String]
  ) {
    slots -= 1
    executors[candidate.record.specification.executor]? -= 1
    if let reserved { committed.add(reserved.micros, of: candidate.run.record) }
    if let rate = claims.rate { rates[rate.executor] = rate.next }
    if let key = anchor.flatMap({ candidate.record.effectKey(anchor: $0) }) {
      effects[key] = candidate.record.id
    }
    take(claims, keys: keys)
  }

  private mutating func take(_ claims: Claims, keys: [String]) {
    for key in keys { live[key, default: 0] += 1 }
    for claim in claims.quotas {
      taken[QuotaKey(name: claim.name, key: claim.key), default: []].append(claim)
    }
  }
}

extension Planner {
  /// The keys under which an attempt of `task` counts, those that nobody limits left out.
  func keys(of task: TaskRecord, in run: RunRecord, own: [String]) -> [String] {
    guard !rules.keys.isEmpty || !own.isEmpty else { return [] }
    var keys = Set(own)
    let executor = task.specification.executor
    keys.insert("executor:\(executor)")
    keys.insert("pipeline:\(run.pipeline.name)")
    for model in rules.executors[executor]?.routes.compactMap(\.model) ?? [] {
      keys.insert("model:\(model)")
      if let provider = model.provider { keys.insert("provider:\(provider)") }
    }
    return keys.sorted()
  }

  func keys(of candidate: Candidate, _ own: [String]) -> [String] {
    keys(of: candidate.record, in: candidate.run.record, own: own)
  }
}

extension ModelName {
  /// The part before the first slash.
  var provider: Substring? {
    let parts = text.split(separator: "/", maxSplits: 1)
    return parts.count == 2 ? parts.first : nil
  }
}
