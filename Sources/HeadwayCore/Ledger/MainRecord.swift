/// `main.json`: how far main has been judged, what is in force, and whether dispatch is stopped.
package struct MainRecord: Hashable, Sendable {
  /// Without `refs/heads/`.
  package var branch: String
  /// The tip up to which main has been judged (L).
  package var judged: CommitID
  /// When that tip was observed.
  package var observed: Instant
  /// The trusted state (S): every protected file in force.
  package var trusted: [FilePath: TrustedFile]
  /// Tips that a rewind dropped, kept under `refs/headway/rescued/`.
  package var rescued: [CommitID]
  /// Whether a file `FREEZE` stands in main's tip.
  package var freezeFile: Bool
  /// What `headway freeze` typed at home said; `nil` when thawed.
  package var freeze: Freeze?
  /// The rewritten tip that a person accepted by clearing its incident; gone once it is judged.
  package var acceptedRewrite: CommitID?
  /// Files of main that could not be read or expanded, with what is wrong; a brief among them
  /// is tried again with every change of main.
  package var problems: [String: [String]]

  /// Texts that look like secrets and that a person allowed, by the beginning of their digest.
  package var allowed: [String: Allowance] = [:]

  /// Who allowed a finding, and why.
  package typealias Allowance = TaskRecord.Allowance

  package struct TrustedFile: Hashable, Sendable {
    package let mode: String
    package let blob: BlobID

    package init(mode: String, blob: BlobID) {
      self.mode = mode
      self.blob = blob
    }
  }

  package struct Freeze: Hashable, Sendable {
    package let by: String
    package let reason: String
    package let at: Instant

    package init(by: String, reason: String, at: Instant) {
      self.by = by
      self.reason = reason
      self.at = at
    }
  }

  package init(
    branch: String, judged: CommitID, observed: Instant, trusted: [FilePath: TrustedFile],
    rescued: [CommitID] = [], freezeFile: Bool = false, freeze: Freeze? = nil,
    acceptedRewrite: CommitID? = nil, problems: [String: [String]] = [:]
  ) {
    self.branch = branch
    self.judged = judged
    self.observed = observed
    self.trusted = trusted
    self.rescued = rescued
    self.freezeFile = freezeFile
    self.freeze = freeze
    self.acceptedRewrite = acceptedRewrite
    self.problems = problems
  }

  package var isFrozen: Bool { freezeFile || freeze != nil }

  package static let path = "main.json"
}

extension MainRecord {
  package var json: JSONValue {
    [
      "format": 1, "branch": .string(branch), "judged": .text(judged), "observed": .text(observed),
      "trusted": .keyed(
        trusted.mapValues { ["mode": .string($0.mode), "blob": .text($0.blob)] }),
      "rescued": .texts(rescued), "freezeFile": .bool(freezeFile),
      "freeze": freeze.map {
        ["by": .string($0.by), "reason": .string($0.reason), "at": .text($0.at)]
      } ?? .null, "acceptedRewrite": .text(acceptedRewrite),
      "problems": .object(problems.mapValues { .texts($0) }),
      "allowed": .object(allowed.mapValues(\.json)),
    ]
  }

  package init(json: JSONValue) throws(RecordFault) {
    let fields = try RecordFields(json, kind: "main", format: 1)
    var trusted: [FilePath: TrustedFile] = [:]
    for (text, value) in try fields.map("trusted", "an object", { $0 }) {
      guard let path = FilePath(reading: text), let mode = value["mode"]?.text,
        let blob = value["blob"]?.text.flatMap({ BlobID($0) })
      else { throw fields.fault("trusted", "holds no file at `\(text)`") }
      trusted[path] = TrustedFile(mode: mode, blob: blob)
    }
    self.init(
      branch: try fields.text("branch"), judged: try fields.commit("judged"),
      observed: try fields.instant("observed"), trusted: trusted,
      rescued: try fields.list("rescued", "a list of commits") {
        $0.text.flatMap { CommitID($0) }
      }, freezeFile: try fields.flag("freezeFile"),
      freeze: try fields.objectIfAny("freeze") { (freeze) throws(RecordFault) in
        Freeze(
          by: try freeze.text("by"), reason: try freeze.text("reason"),
          at: try freeze.instant("at"))
      }, acceptedRewrite: try fields.commitIfAny("acceptedRewrite"),
      problems: try fields.map("problems", "an object of lists") { $0.allTexts })
    for name in try fields.map("allowed", "an object", { $0 }).keys {
      allowed[name] = try fields.object("allowed") { (all) throws(RecordFault) in
        try all.object(name, Allowance.init)
      }
    }
  }
}
