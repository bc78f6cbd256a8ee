internal import HeadwayCore

/// How far the instances of one template with `each` have come.
struct FanProgress: Sendable {
  let template: Name
  private(set) var counts: [TaskState: Int] = [:]

  /// Those of a run, without what edits took out of it.
  static func all(of run: BoardRun) -> [Name: FanProgress] {
    var fans: [Name: FanProgress] = [:]
    for task in run.tasksInOrder where !task.record.isRemoved {
      guard let template = task.record.specification.item?.template else { continue }
      fans[template, default: FanProgress(template: template)].counts[
        task.record.state, default: 0] += 1
    }
    return fans
  }

  private var total: Int { counts.values.reduce(0, +) }

  /// Few enough to be told one by one.
  var isSmall: Bool { total <= 5 }

  /// `12/40`: those that need nothing more, of all.
  var summary: String {
    let done = counts.filter { $0.key == .succeeded || $0.key == .skipped }.values.reduce(0, +)
    return "\(done)/\(total)"
  }

  /// `3 running, 25 pending`.
  var states: String {
    let others = counts.filter { $0.key != .succeeded }
    return others.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
  }

  var facts: JSONValue {
    .object(
      Dictionary(counts.map { ($0.key.rawValue, JSONValue.integer($0.value)) }) { first, _ in first
      })
  }
}

extension TaskState {
  /// Whether a reader of a long list wants to see the task by itself.
  var asksForAttention: Bool {
    switch self {
    case .running, .waiting, .held, .failed, .expired: true
    case .pending, .succeeded, .skipped, .cancelled: false
    }
  }
}
