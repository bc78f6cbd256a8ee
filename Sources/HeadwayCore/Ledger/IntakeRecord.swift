/// `intake.json`: what was noticed and has not become a run yet.
package struct IntakeRecord: Hashable, Sendable {
  /// Instants of schedules up to this moment have been noticed.
  package var considered: Instant
  /// In the order in which they are due.
  package var instants: [WaitingInstant]
  /// In the order in which they are due.
  package var changes: [WaitingChange]
  /// Instants that a broken file kept from becoming runs; the last one noticed comes last.
  package var refused: [WaitingInstant]
  /// Follow-up runs that a broken file kept from starting; the last one comes last.
  package var followers: [WaitingFollower]

  /// A nominal instant of a schedule that waits for its jitter, or for an earlier run.
  package struct WaitingInstant: Hashable, Sendable {
    package let schedule: Name
    package let nominal: Instant
    package let due: Instant
    /// The commit of main with the schedule as it stood then.
    package let commit: CommitID
    /// Whether it is made up for, so that it never gives way to a run that is active.
    package let isCatchUp: Bool

    package init(
      schedule: Name, nominal: Instant, due: Instant, commit: CommitID, isCatchUp: Bool = false
    ) {
      self.schedule = schedule
      self.nominal = nominal
      self.due = due
      self.commit = commit
      self.isCatchUp = isCatchUp
    }
  }

  /// A file that changed and has to stand still for a while.
  package struct WaitingChange: Hashable, Sendable {
    package let pipeline: Name
    package let identity: String
    package let file: PinnedFile
    package let first: Instant
    package let due: Instant
    /// The run whose approved proposal brought it in, if that is where it came from.
    package let origin: Origin?

    package struct Origin: Hashable, Sendable {
      package let run: RunID
      package let depth: Int

      package init(run: RunID, depth: Int) {
        self.run = run
        self.depth = depth
      }
    }

    package init(
      pipeline: Name, identity: String, file: PinnedFile, first: Instant, due: Instant,
      origin: Origin? = nil
    ) {
      self.pipeline = pipeline
      self.identity = identity
      self.file = file
      self.first = first
      self.due = due
      self.origin = origin
    }

    /// What the run's identity hangs on.
    package var source: String { "\(pipeline):\(identity)" }
  }

  /// A pipeline that the end of a run may have to set going once its file is mended.
  package struct WaitingFollower: Hashable, Sendable {
    package let pipeline: Name
    package let run: RunID
    package let ended: Instant

    package init(pipeline: Name, run: RunID, ended: Instant) {
      self.pipeline = pipeline
      self.run = run
      self.ended = ended
    }
  }

  package init(
    considered: Instant, instants: [WaitingInstant] = [], changes: [WaitingChange] = [],
    refused: [WaitingInstant] = [], followers: [WaitingFollower] = []
  ) {
    self.considered = considered
    self.instants = instants
    self.changes = changes
    self.refused = refused
    self.followers = followers
  }

  package static let path = "intake.json"

  /// When something that waits here falls due.
  package var dues: [Instant] { instants.map(\.due) + changes.map(\.due) }
}

extension IntakeRecord {
  package var json: JSONValue {
    [
      "format": 1, "considered": .text(considered),
      "instants": .array(instants.map(\.json)), "changes": .array(changes.map(\.json)),
      "refused": .array(refused.map(\.json)), "followers": .array(followers.map(\.json)),
    ]
  }

  package init(json: JSONValue) throws(RecordFault) {
    let fields = try RecordFields(json, kind: "intake", format: 1)
    self.init(
      considered: try fields.instant("considered"),
      instants: try fields.objects("instants", WaitingInstant.init),
      changes: try fields.objects("changes", WaitingChange.init),
      refused: try fields.objects("refused", WaitingInstant.init),
      followers: try fields.objects("followers", WaitingFollower.init))
  }
}

extension IntakeRecord.WaitingInstant {
  var json: JSONValue {
    [
      "schedule": .text(schedule), "nominal": .text(nominal), "due": .text(due),
      "commit": .text(commit), "catchUp": .bool(isCatchUp),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      schedule: try fields.name("schedule"), nominal: try fields.instant("nominal"),
      due: try fields.instant("due"), commit: try fields.commit("commit"),
      isCatchUp: try fields.flag("catchUp"))
  }
}

extension IntakeRecord.WaitingFollower {
  var json: JSONValue {
    ["pipeline": .text(pipeline), "run": .text(run), "ended": .text(ended)]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      pipeline: try fields.name("pipeline"), run: try fields.run("run"),
      ended: try fields.instant("ended"))
  }
}

extension IntakeRecord.WaitingChange {
  var json: JSONValue {
    [
      "pipeline": .text(pipeline), "identity": .string(identity), "path": .text(file.path),
      "blob": .text(file.blob), "first": .text(first), "due": .text(due),
      "origin": origin.map { ["run": .text($0.run), "depth": .integer($0.depth)] } ?? .null,
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      pipeline: try fields.name("pipeline"), identity: try fields.text("identity"),
      file: PinnedFile(path: try fields.path("path"), blob: try fields.blob("blob")),
      first: try fields.instant("first"), due: try fields.instant("due"),
      origin: try fields.objectIfAny("origin") { (origin) throws(RecordFault) in
        Origin(run: try origin.run("run"), depth: try origin.count("depth"))
      })
  }
}

extension LedgerEntry {
  /// Instants and changes were noticed; `notes` says what becomes of them.
  package static func noticed(_ intake: IntakeRecord, notes: [String]) -> LedgerEntry {
    let shown = notes.prefix(50) + (notes.count > 50 ? ["and \(notes.count - 50) more"] : [])
    let waiting = intake.instants.count + intake.changes.count
    let refused = intake.refused.count + intake.followers.count
    let counts = [waiting > 0 ? "\(waiting) waiting" : "", refused > 0 ? "\(refused) refused" : ""]
      .filter { !$0.isEmpty }
    return LedgerEntry(
      .noticed, subject: counts.isEmpty ? "nothing waits" : counts.joined(separator: ", "),
      body: shown.joined(separator: "\n"), files: [.intake(intake)])
  }
}
