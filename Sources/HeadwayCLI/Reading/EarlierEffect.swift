internal import HeadwayCore
internal import HeadwayEngine

/// Why an external effect counts as done: the attempt that did it, and how what would be sent
/// now differs from what was sent then.
struct EarlierEffect: Sendable {
  let attempt: AttemptRecord
  let differences: [Difference]

  /// One input that is not the same in both.
  struct Difference: Hashable, Sendable {
    let name: String
    /// `nil`: it was not there.
    let then: BlobID?
    let now: BlobID?
  }

  /// `nil` unless the task is held because its effect was done already.
  init?(of task: BoardTask, in run: BoardRun, in view: LedgerView) async throws {
    guard let reason = task.record.reason, reason.code == .alreadyDone,
      let id = reason.values["by"]?.text.flatMap({ AttemptID($0) })
    else { return nil }
    let (_, other) = try await view.task(id.task.description)
    guard let attempt = try await view.attempts(of: other).first(where: { $0.id == id }) else {
      return nil
    }
    self.attempt = attempt
    let now = run.inputs(of: task.record)
    let then = Dictionary(attempt.inputs.map { ($0.name, $0.blob) }) { _, last in last }
    differences = Set(now.keys).union(then.keys).sorted().compactMap { name in
      now[name] == then[name] ? nil : Difference(name: name, then: then[name], now: now[name])
    }
  }

  /// What differs, in words.
  var sentences: [String] {
    guard !differences.isEmpty else { return ["What it would work on now is the same as then."] }
    return differences.map { difference in
      switch (difference.then, difference.now) {
      case (let then?, let now?):
        "\(difference.name) was \(then.short) then and is \(now.short) now."
      case (let then?, nil): "\(difference.name) (\(then.short)) is not there any more."
      case (nil, let now?): "\(difference.name) (\(now.short)) is new."
      case (nil, nil): "\(difference.name) differs."
      }
    }
  }

  var facts: JSONValue {
    [
      "by": .string(attempt.id.description), "on": .string(attempt.finished.description),
      "key": .string(attempt.key),
      "differences": .array(
        differences.map {
          [
            "name": .string($0.name), "then": .optional($0.then?.hex),
            "now": .optional($0.now?.hex),
          ]
        }),
    ]
  }
}

extension BoardRun {
  /// What an attempt of `task` started now would be given, by the names that attempts record.
  fileprivate func inputs(of task: TaskRecord) -> [String: BlobID] {
    var inputs: [String: BlobID] = [:]
    inputs["brief.md"] = record.revisions.last?.blob
    for name in task.specification.after {
      guard let earlier = tasks[name]?.record else { continue }
      for (output, blob) in earlier.results {
        inputs["\(earlier.inputFolder)/\(output)"] = blob
      }
    }
    for case .file(let path, let blob) in task.specification.inputs {
      inputs["files/\(path)"] = blob
    }
    inputs["feedback.md"] = task.feedback
    return inputs
  }
}
