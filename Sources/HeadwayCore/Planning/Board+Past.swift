extension Board {
  /// How much of the past stands on a board.
  package enum Reach: Hashable, Sendable {
    /// Everything: it was folded from the ledger's beginning, or from the whole of its tree.
    case whole
    /// What these keys need, which were looked up, and what came after.
    case keys(PastKeys)
  }

  /// The keys by which tasks ask for the past.
  package struct PastKeys: Hashable, Sendable {
    package var effects: Set<String>
    package var durations: Set<String>

    package init(effects: Set<String> = [], durations: Set<String> = []) {
      self.effects = effects
      self.durations = durations
    }

    package var isEmpty: Bool { effects.isEmpty && durations.isEmpty }

    mutating func formUnion(_ other: PastKeys) {
      effects.formUnion(other.effects)
      durations.formUnion(other.durations)
    }
  }

  /// Whether what is known of an effect key is all that there is to know; nothing may be decided
  /// about a task whose key is not.
  package func knows(effect key: String) -> Bool {
    switch reach {
    case .whole: true
    case .keys(let keys): keys.effects.contains(key)
    }
  }

  package func knows(durations key: String) -> Bool {
    switch reach {
    case .whole: true
    case .keys(let keys): keys.durations.contains(key)
    }
  }

  /// What of the past `tasks` ask for and the board does not have yet.
  package func missing(for tasks: some Sequence<TaskRecord>) -> PastKeys {
    guard case .keys(let known) = reach else { return PastKeys() }
    var missing = PastKeys()
    for task in tasks {
      if !known.durations.contains(task.key) { missing.durations.insert(task.key) }
      for key in effectKeys(of: task) where !known.effects.contains(key) {
        missing.effects.insert(key)
      }
    }
    return missing
  }

  /// What the tasks among `files` will ask for once they are folded.
  package func missing(for files: [LedgerFile]) -> PastKeys {
    guard case .keys = reach else { return PastKeys() }
    return missing(for: files.compactMap { if case .task(let task, _) = $0 { task } else { nil } })
  }

  /// Adds what was looked up for `keys`; what the board has folded since then stays.
  package mutating func take(
    effects found: [String: EffectUse], durations: [String: RecentDurations], for keys: PastKeys
  ) {
    for (key, use) in found where effects[key].map(use.outweighs) ?? true { effects[key] = use }
    for (key, recent) in durations {
      for entry in recent.entries { self.durations[key, default: .init()].insert(entry) }
    }
    guard case .keys(var known) = reach else { return }
    known.formUnion(keys)
    reach = .keys(known)
  }

  /// Lets go of all of the past that no task on the board asks for.
  package mutating func narrow() {
    guard missing(for: allTasks).isEmpty else { return }
    var keys = PastKeys()
    for task in allTasks {
      keys.durations.insert(task.key)
      keys.effects.formUnion(effectKeys(of: task))
    }
    effects = effects.filter { keys.effects.contains($0.key) }
    durations = durations.filter { keys.durations.contains($0.key) }
    let first = Self.firstDay(for: latest)
    spend.days = spend.days.filter { $0.key >= first }
    spend.pipelines = spend.pipelines.filter { $0.key >= first }
    spend.runs = spend.runs.filter { runs[$0.key] != nil }
    reach = .keys(keys)
  }

  /// The first day whose spending can still matter: no moment is before the ledger's last instant.
  package static func firstDay(for latest: Instant) -> String { (latest - .days(1)).day }

  private var allTasks: [TaskRecord] { runs.values.flatMap { $0.tasks.values.map(\.record) } }

  /// The effect of the work as it is specified now, and of the attempt under way.
  private func effectKeys(of task: TaskRecord) -> [String] {
    [opening.flatMap { task.effectKey(anchor: $0.anchor) }, task.dispatched?.effectKey]
      .compactMap { $0 }
  }
}
