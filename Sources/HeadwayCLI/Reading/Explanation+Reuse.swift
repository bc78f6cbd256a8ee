internal import HeadwayCore

/// Whether what a task did before serves what is asked of it now, and if not, why not.
struct Reuse: Sendable {
  /// The latest attempt that delivered something, and what it worked on.
  let attempt: AttemptRecord
  /// What is other now; empty where nothing that it reads has changed.
  let changes: [WorkParts.Change]
  /// Whether its outputs are what stands.
  let stands: Bool

  /// `nil` before anything was delivered.
  init?(of task: TaskRecord, in run: BoardRun, among attempts: [AttemptRecord]) {
    let done = attempts.filter { $0.outcome == .succeeded }
    guard let last = done.first(where: { $0.id.number == task.accepted }) ?? done.last,
      !last.parts.values.isEmpty
    else { return nil }
    attempt = last
    changes = last.parts.changes(to: run.parts(of: task))
    stands = task.accepted == last.id.number
  }

  var sentence: String {
    let number = attempt.id.number
    if changes.isEmpty {
      return stands
        ? "Nothing that it reads has changed since attempt \(number), so that result is reused."
        : "Nothing that it reads has changed since attempt \(number)."
    }
    let list = changes.map(\.description).joined(separator: "; ")
    return "Attempt \(number) is not reused, because it worked on something else: \(list)."
  }

  var facts: JSONValue {
    [
      "attempt": .integer(attempt.id.number), "stands": .bool(stands),
      "changes": .array(changes.map(\.facts)),
    ]
  }
}

extension WorkParts.Change {
  var facts: JSONValue {
    ["part": .string(part), "old": .optional(old), "new": .optional(new)]
  }
}

extension Explanation {
  /// What makes an attempt other work than the one before it; `nil` where that is not known.
  func changes(before attempt: AttemptRecord) -> [WorkParts.Change]? {
    guard
      let earlier = attempts.last(where: { $0.record.id.number < attempt.id.number })?.record,
      !earlier.parts.values.isEmpty, !attempt.parts.values.isEmpty
    else { return nil }
    return earlier.parts.changes(to: attempt.parts)
  }

  func againSentence(_ attempt: AttemptRecord) -> String? {
    guard let changes = changes(before: attempt) else { return nil }
    guard !changes.isEmpty else { return "It is the same work as the attempt before, once more." }
    return "It is other work than the attempt before: "
      + changes.map(\.description).joined(separator: "; ") + "."
  }
}
