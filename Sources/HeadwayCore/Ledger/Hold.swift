/// A person's word that nothing goes past a task or a run until it is released.
package struct Hold: Hashable, Sendable {
  package let by: String
  package let reason: String
  package let at: Instant

  package init(by: String, reason: String, at: Instant) {
    self.by = by
    self.reason = reason
    self.at = at
  }

  /// Why a task of the held `subject` does not go on.
  func reason(releasing subject: String, since: Instant) -> Reason {
    Reason(
      .byPerson,
      values: ["by": .string(by), "reason": .string(reason), "at": .string(subject)],
      since: since, clears: .event("headway release \(subject)"))
  }
}

extension Hold {
  var json: JSONValue { ["by": .string(by), "reason": .string(reason), "at": .text(at)] }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      by: try fields.text("by"), reason: try fields.text("reason"), at: try fields.instant("at"))
  }
}

extension ReasonCode {
  /// Whether `headway release` answers it: nothing went wrong, somebody only said no so far.
  package var isReleasable: Bool {
    switch self {
    case .byPerson, .denied, .edited: true
    default: false
    }
  }
}

extension TaskRecord {
  /// Whether `headway release` has anything to take away.
  package var isReleasable: Bool {
    hold != nil || (state == .held && reason?.code.isReleasable == true)
  }

  fileprivate mutating func release(at time: Instant) {
    hold = nil
    guard state == .held, reason?.code.isReleasable == true else { return }
    closeHold(at: time)
    state = .pending
    reason = nil
    edits = []
    // A limit on the whole time does not count what people kept back.
    admitted = time
  }
}

extension Board {
  func holding(_ id: TaskID, _ cause: VerbCause) throws(VerbRefusal) -> LedgerEntry {
    var task = try task(id)
    guard !task.record.state.isTerminal else {
      throw VerbRefusal("\(id) has \(task.record.state.rawValue) already; hold what follows it")
    }
    guard task.record.hold == nil else {
      throw VerbRefusal("\(id) is held already", isSoAlready: true)
    }
    let hold = Hold(by: cause.by, reason: cause.reason, at: cause.at)
    task.record.hold = hold
    if task.record.state == .pending {
      task.record.state = .held
      task.record.reason = hold.reason(releasing: id.description, since: cause.at)
    }
    return entry(
      .verb, "\(id) held by \(cause.by)", cause, verb: "hold", task: id,
      files: [.task(task.record, folder: task.folder)])
  }

  func holding(_ id: RunID, _ cause: VerbCause) throws(VerbRefusal) -> LedgerEntry {
    guard var run = runs[id]?.record, run.state == .active else {
      throw VerbRefusal("there is no active run \(id)")
    }
    guard run.hold == nil else {
      throw VerbRefusal("\(id) is held already", isSoAlready: true)
    }
    run.hold = Hold(by: cause.by, reason: cause.reason, at: cause.at)
    return entry(
      .verb, "\(id) held by \(cause.by)", cause, verb: "hold", run: id, files: [.run(run)])
  }

  func releasing(_ id: TaskID, _ cause: VerbCause) throws(VerbRefusal) -> LedgerEntry {
    var task = try task(id)
    guard task.record.isReleasable else {
      guard task.record.state == .held else {
        let isBehind = runs[id.run]?.record.hold != nil
        throw VerbRefusal(
          isBehind ? "all of \(id.run) is held; headway release \(id.run)" : "\(id) is not held",
          isSoAlready: !isBehind)
      }
      throw VerbRefusal(
        "\(id) is held because something went wrong, which a release would not mend")
    }
    task.record.release(at: cause.at)
    return entry(
      .verb, "\(id) released by \(cause.by)", cause, verb: "release", task: id,
      files: [.task(task.record, folder: task.folder)])
  }

  /// Releases the run and every task of it.
  func releasing(_ id: RunID, _ cause: VerbCause) throws(VerbRefusal) -> LedgerEntry {
    guard var run = runs[id] else { throw VerbRefusal("there is no unfinished run \(id)") }
    let held = run.tasksInOrder.filter(\.record.isReleasable)
    guard run.record.hold != nil || !held.isEmpty else {
      throw VerbRefusal("nothing holds \(id)", isSoAlready: true)
    }
    run.record.hold = nil
    let tasks = held.map { task -> LedgerFile in
      var task = task
      task.record.release(at: cause.at)
      return .task(task.record, folder: task.folder)
    }
    return entry(
      .verb, "\(id) released by \(cause.by)", cause, verb: "release", run: id,
      files: [.run(run.record)] + tasks)
  }
}
