/// One file of the ledger whose content the board is a fold of.
package enum LedgerFile: Hashable, Sendable {
  case opening(LedgerOpening)
  case main(MainRecord)
  case intake(IntakeRecord)
  case run(RunRecord)
  case task(TaskRecord, folder: String)
  case attempt(AttemptRecord, folder: String)
  case proposal(ProposalRecord, folder: String)
  case judged(JudgementRecord, folder: String)
  case decision(DecisionRecord)
  case incident(IncidentRecord)

  /// Where the file lies below the ledger's root.
  package var path: String {
    switch self {
    case .opening: LedgerOpening.path
    case .main: MainRecord.path
    case .intake: IntakeRecord.path
    case .run(let run): "\(run.folder)/run.json"
    case .task(_, let folder): "\(folder)/task.json"
    case .attempt(let attempt, let folder): "\(folder)/attempt-\(attempt.id.number).json"
    case .proposal(let proposal, let folder):
      "\(folder)/proposal-\(proposal.attempt.number).json"
    case .judged(let judged, let folder): "\(folder)/judged-\(judged.attempt.number).json"
    case .decision(let decision): decision.path.text
    case .incident(let incident): incident.path
    }
  }

  package var json: JSONValue {
    switch self {
    case .opening(let opening): opening.json
    case .main(let main): main.json
    case .intake(let intake): intake.json
    case .run(let run): run.json
    case .task(let task, _): task.json
    case .attempt(let attempt, _): attempt.json
    case .proposal(let proposal, _): proposal.json
    case .judged(let judged, _): judged.json
    case .decision(let decision): decision.json
    case .incident(let incident): incident.json
    }
  }

  /// The latest instant that the file stands for; time never runs backwards from it.
  package var instant: Instant? {
    switch self {
    case .opening(let opening): opening.opened
    case .main(let main): main.observed
    case .intake(let intake): intake.considered
    case .run(let run): run.revisions.last?.at ?? run.admitted
    case .task(let task, _): task.dispatched?.at ?? task.reason?.since ?? task.admitted
    case .attempt(let attempt, _): attempt.finished
    case .proposal(let proposal, _): proposal.proposed
    case .judged(let judged, _): judged.judgements.last?.at
    case .decision(let decision): decision.moment.time
    case .incident(let incident): incident.cleared?.at ?? incident.opened
    }
  }

  /// Whether a path of the ledger's tree holds a record that the board folds; briefs, outputs
  /// and memory do not.
  package static func isRecord(_ path: String) -> Bool { kind(of: path) != nil }

  private enum Kind {
    case opening, main, intake, run, task, attempt, proposal, judged, decision, incident
  }

  private static func kind(of path: String) -> Kind? {
    guard path.hasSuffix(".json") else { return nil }
    if path == LedgerOpening.path { return .opening }
    if path == MainRecord.path { return .main }
    if path == IntakeRecord.path { return .intake }
    if path.hasPrefix("decisions/") { return .decision }
    if path.hasPrefix("incidents/") { return .incident }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.first == "runs" else { return nil }
    // runs/YYYY/MM/DD/HH/<run>/run.json and runs/…/<run>/tasks/NN/<task>/<file>
    if parts.count == 7, parts[6] == "run.json" { return .run }
    guard parts.count == 10, parts[6] == "tasks" else { return nil }
    if parts[9] == "task.json" { return .task }
    if parts[9].hasPrefix("attempt-") { return .attempt }
    if parts[9].hasPrefix("proposal-") { return .proposal }
    return parts[9].hasPrefix("judged-") ? .judged : nil
  }

  /// Reads a record; `nil` for a path that holds none.
  package init?(path: String, json: JSONValue) throws(RecordFault) {
    let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    switch Self.kind(of: path) {
    case nil: return nil
    case .opening: self = .opening(try LedgerOpening(json: json))
    case .main: self = .main(try MainRecord(json: json))
    case .intake: self = .intake(try IntakeRecord(json: json))
    case .run: self = .run(try RunRecord(json: json))
    case .task: self = .task(try TaskRecord(json: json), folder: folder)
    case .attempt: self = .attempt(try AttemptRecord(json: json), folder: folder)
    case .proposal: self = .proposal(try ProposalRecord(json: json), folder: folder)
    case .judged: self = .judged(try JudgementRecord(json: json), folder: folder)
    case .decision: self = .decision(try DecisionRecord(json: json))
    case .incident: self = .incident(try IncidentRecord(json: json))
    }
    guard self.path == path else {
      throw RecordFault(kind: "record", field: path, problem: "belongs at `\(self.path)`")
    }
    try requireFolder(of: path)
  }

  /// A task's records know their run and name, and a record in another task's folder is refused.
  private func requireFolder(of path: String) throws(RecordFault) {
    let id: TaskID
    var ordinal: Int?
    switch self {
    case .task(let task, _): (id, ordinal) = (task.id, task.ordinal)
    case .attempt(let attempt, _): id = attempt.id.task
    case .proposal(let proposal, _): id = proposal.attempt.task
    case .judged(let judged, _): id = judged.attempt.task
    case .opening, .main, .intake, .run, .decision, .incident: return
    }
    let parts = path.split(separator: "/")
    let shelf = ordinal.map { TaskRecord.shelf(of: $0) }
    guard parts.count == 10, parts[5] == id.run.text, parts[8] == id.task.text,
      shelf.map({ $0 == parts[7] }) ?? true
    else { throw RecordFault(kind: "record", field: path, problem: "is not of \(id)") }
  }
}

/// `ledger.json`: what this ledger belongs to; written once, by `genesis`.
package struct LedgerOpening: Hashable, Sendable {
  /// The commit that the trusted state began with.
  package let anchor: CommitID
  /// The branch of people's words, without `refs/heads/`.
  package let branch: String
  package let opened: Instant

  package init(anchor: CommitID, branch: String, opened: Instant) {
    self.anchor = anchor
    self.branch = branch
    self.opened = opened
  }

  package static let path = "ledger.json"

  package var json: JSONValue {
    [
      "format": 1, "anchor": .text(anchor), "branch": .string(branch), "opened": .text(opened),
    ]
  }

  package init(json: JSONValue) throws(RecordFault) {
    let fields = try RecordFields(json, kind: "ledger", format: 1)
    self.init(
      anchor: try fields.commit("anchor"), branch: try fields.text("branch"),
      opened: try fields.instant("opened"))
  }
}
