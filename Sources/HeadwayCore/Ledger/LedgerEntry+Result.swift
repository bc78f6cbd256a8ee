/// What the engine knows when an attempt has ended and its outputs were checked.
package struct Settlement: Sendable {
  package let attempt: AttemptRecord
  /// The bytes of accepted outputs, by name.
  package let outputs: [String: [UInt8]]
  /// What else the attempt's record names, kept beside it: its prompt and its log.
  package let kept: [String: [UInt8]]
  /// The commit on main that set this going.
  package let cause: CommitID
  /// The tree of `policies/` in force, if there is one.
  package let policies: TreeID?
  /// What could not serve on the way, whether or not something else did.
  package let outages: [Outage]

  package init(
    attempt: AttemptRecord, outputs: [String: [UInt8]], kept: [String: [UInt8]] = [:],
    cause: CommitID, policies: TreeID?, outages: [Outage] = []
  ) {
    self.attempt = attempt
    self.outputs = outputs
    self.kept = kept
    self.cause = cause
    self.policies = policies
    self.outages = outages
  }
}

extension Board {
  /// The `result` event of an attempt: its record, its outputs where they are accepted, and the
  /// states that follow.
  package func settling(_ settlement: Settlement) -> LedgerEntry? {
    let attempt = settlement.attempt
    guard let run = runs[attempt.id.task.run], var task = run.tasks[attempt.id.task.task] else {
      return nil
    }
    task.record.settle(
      attempt, runIsActive: run.record.state == .active, outputs: settlement.outputs)
    var files: [LedgerFile] = []
    if run.record.state == .active, let ending = run.ending(with: task) {
      var record = run.record
      record.state = ending
      files.append(.run(record))
    }
    files.append(.attempt(attempt, folder: task.folder))
    files.append(.task(task.record, folder: task.folder))
    return LedgerEntry(
      .result, subject: "\(attempt.id.task) \(attempt.outcome.rawValue)",
      body: Self.sentence(about: attempt, outputs: settlement.outputs),
      trailers: Self.trailers(of: settlement, state: task.record.state), files: files,
      attachments: Self.attachments(of: settlement, in: task.folder, before: self[attempt.id.task]))
  }

  private static func attachments(
    of settlement: Settlement, in folder: String, before: BoardTask?
  ) -> [LedgerEntry.Attachment] {
    var files: [LedgerEntry.Attachment] = []
    for (name, bytes) in settlement.kept.sorted(by: { $0.key < $1.key }) {
      let path = FilePath(unchecked: "\(folder)/attempt-\(settlement.attempt.id.number).\(name)")
      files.append(.init(path: path, content: .bytes(bytes)))
    }
    if let findings = settlement.attempt.findings {
      let path = FilePath(
        unchecked: "\(folder)/\(TaskRecord.findings(of: settlement.attempt.id.number))")
      files.append(.init(path: path, content: .bytes(Array(findings.utf8))))
    }
    guard settlement.attempt.outcome == .succeeded else { return files }
    for (name, bytes) in settlement.outputs.sorted(by: { $0.key < $1.key }) {
      guard let path = FilePath(reading: "\(folder)/out/\(name)") else { continue }
      files.append(.init(path: path, content: .bytes(bytes)))
    }
    // Outputs of an earlier attempt that this one did not make again would look accepted.
    for name in (before?.record.results ?? [:]).keys.sorted()
    where settlement.outputs[name] == nil {
      guard let path = FilePath(reading: "\(folder)/out/\(name)") else { continue }
      files.append(.init(path: path, content: .removed))
    }
    return files
  }

  private static func trailers(
    of settlement: Settlement, state: TaskState
  ) -> [LedgerTrailer] {
    let attempt = settlement.attempt
    var trailers: [LedgerTrailer] = [
      .init(.cause, settlement.cause), .init(.run, attempt.id.task.run),
      .init(.task, attempt.id.task.task), .init(.attempt, attempt.id.number),
      .init(.state, attempt.outcome == .succeeded ? state.rawValue : attempt.outcome.rawValue),
      .init(.decision, attempt.decision),
    ]
    trailers += attempt.inputs.map { LedgerTrailer(.input, "\($0.name) \($0.blob)") }
    if let policies = settlement.policies { trailers.append(.init(.policy, policies)) }
    trailers.append(.init(.executor, attempt.executor))
    if let model = attempt.model { trailers.append(.init(.model, model)) }
    if let usage = attempt.usage {
      trailers.append(
        .init(
          .tokens,
          "in=\(usage.totalInput) cached=\(usage.cacheRead) out=\(usage.output)"))
    }
    if let cost = attempt.cost { trailers.append(.init(.cost, cost)) }
    if attempt.effect == .external { trailers.append(.init(.effect, attempt.key)) }
    if let confidence = attempt.confidence {
      trailers.append(.init(.confidence, Thousandths(confidence)))
    }
    trailers.append(.init(.duration, Seconds(attempt.finished - attempt.started)))
    trailers.append(.init(.runner, attempt.runner))
    return trailers
  }

  private static func sentence(
    about attempt: AttemptRecord, outputs: [String: [UInt8]]
  ) -> String {
    let who = attempt.model ?? attempt.executor.text
    let time = Seconds(attempt.finished - attempt.started)
    let price = attempt.cost.map { " for \($0)" } ?? ""
    if let failure = attempt.failure {
      return "\(who), after \(time)\(price): \(failure.kind.rawValue): \(failure.message)"
    }
    if attempt.outcome == .lost {
      return "Nobody knows how it ended: Headway was gone before \(who) had finished."
    }
    let words = outputs.values.reduce(0) { sum, bytes in
      sum + bytes.split { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 }.count
    }
    let amount = outputs.isEmpty ? "Done" : "\(words) words"
    return "\(amount) by \(who) in \(time)\(price)."
  }
}

/// A duration as a decimal number of seconds, `12.4s`.
package struct Seconds: CustomStringConvertible {
  private let tenths: Int64

  package init(_ span: Span) { tenths = max(0, span.milliseconds + 50) / 100 }

  package var description: String { "\(tenths / 10).\(tenths % 10)s" }
}

/// A share as `0.91`.
package struct Thousandths: CustomStringConvertible {
  private let value: Int

  package init(_ value: Int) { self.value = min(1_000, max(0, value)) }

  package var description: String {
    let hundredths = (value + 5) / 10
    return "\(hundredths / 100).\(Int64(hundredths % 100).padded(2))"
  }
}

extension TaskRecord {
  /// Takes in how an attempt ended; what that leads to is the planner's to decide.
  mutating func settle(
    _ attempt: AttemptRecord, runIsActive: Bool, outputs: [String: [UInt8]] = [:]
  ) {
    closeHold(at: attempt.finished)
    var read: [String: [String: JSONValue]] = [:]
    for (name, bytes) in outputs where attempt.outcome == .succeeded {
      let values = specification.outputs[name]?.values(in: bytes) ?? [:]
      if !values.isEmpty { read[name] = values }
    }
    attempts.append(attempt.summary(reading: read))
    dispatched = nil
    guard attempt.outcome == .succeeded else {
      if !isEnding { reason = nil }
      state = runIsActive && !isEnding ? .pending : .cancelled
      return
    }
    if !isRemoved { reason = nil }
    state = .succeeded
    accepted = attempt.id.number
    results = attempt.outputs
  }
}
