/// `approvals/<run>/<task>.<attempt>.json`: the exact thing that a person's signature binds.
package struct ApprovalRecord: Hashable, Sendable {
  /// The commit that the repository's trusted state began with: which repository this is.
  package let repository: CommitID
  /// The branch of people's words, without `refs/heads/`.
  package let target: String
  package let attempt: AttemptID
  /// What is to stand on the target branch, as plain files.
  package let content: [FilePath: Content]
  /// Files of the target branch that the work rested on.
  package let readAgainst: [FilePath: BlobID]
  package let risk: Risk
  package let requirement: ApprovalRequirement
  /// The tree of `policies/` in force; `nil` where there is none.
  package let policies: TreeID?
  /// The ledger's file with the decision that led here.
  package let decision: FilePath?
  package let expires: Instant
  package let nonce: Nonce

  package struct Content: Hashable, Sendable {
    package let blob: BlobID
    package let sha256: String

    package init(blob: BlobID, sha256: String) {
      self.blob = blob
      self.sha256 = sha256
    }
  }

  package init(
    repository: CommitID, target: String, attempt: AttemptID, content: [FilePath: Content],
    readAgainst: [FilePath: BlobID], risk: Risk, requirement: ApprovalRequirement,
    policies: TreeID?, decision: FilePath?, expires: Instant, nonce: Nonce
  ) {
    self.repository = repository
    self.target = target
    self.attempt = attempt
    self.content = content
    self.readAgainst = readAgainst
    self.risk = risk
    self.requirement = requirement
    self.policies = policies
    self.decision = decision
    self.expires = expires
    self.nonce = nonce
  }

  package static func path(for attempt: AttemptID) -> FilePath {
    FilePath(unchecked: ApprovalPath.record(attempt).text)
  }

  /// The proposal's branch, without `refs/heads/`.
  package static func branch(for attempt: AttemptID) -> String { "headway/proposals/\(attempt)" }

  /// Larger ones were not written by Headway.
  package static let maximumSize = 256 << 10
}

extension ApprovalRecord {
  package var bytes: [UInt8] { json.canonical }

  /// Reads exactly what `bytes` writes: one meaning, one text.
  package init(bytes: [UInt8]) throws(RecordFault) {
    let json = try JSONValue.canonical(reading: bytes, kind: "approval record")
    try self.init(json: json)
    guard self.bytes == bytes else {
      throw RecordFault(
        kind: "approval record", field: "format", problem: "is not written as Headway writes it")
    }
  }

  private var json: JSONValue {
    [
      "format": 1, "repository": .text(repository), "target": .string(target),
      "run": .text(attempt.task.run), "task": .text(attempt.task.task),
      "attempt": .integer(attempt.number), "over": "output",
      "content": .object(
        Self.keyed(content) {
          ["mode": "100644", "blob": .text($0.blob), "sha256": .string($0.sha256)]
        }), "readAgainst": .object(Self.keyed(readAgainst) { .text($0) }),
      "risk": .string(risk.rawValue),
      "requirements": [
        [
          "role": .text(requirement.role), "count": .integer(requirement.count),
          "within": .text(requirement.within),
          "distinctFrom": requirement.distinctFromRequester ? "requester" : .null,
        ]
      ], "policies": .text(policies), "decision": .text(decision), "expires": .text(expires),
      "nonce": .text(nonce),
    ]
  }

  private init(json: JSONValue) throws(RecordFault) {
    let fields = try RecordFields(json, kind: "approval record", format: 1)
    guard try fields.text("over") == "output" else {
      throw fields.fault("over", "is nothing that this version can judge")
    }
    let requirements = try fields.objects("requirements") { (entry) throws(RecordFault) in
      ApprovalRequirement(
        role: try entry.name("role"), count: try entry.count("count"),
        within: try entry.span("within"),
        distinctFromRequester: try entry.textIfAny("distinctFrom") == "requester")
    }
    guard requirements.count == 1, requirements[0].count >= 1 else {
      throw fields.fault("requirements", "must be one, of at least one person")
    }
    self.init(
      repository: try fields.commit("repository"), target: try fields.text("target"),
      attempt: AttemptID(
        task: TaskID(run: try fields.run("run"), task: try fields.name("task")),
        number: try fields.count("attempt")),
      content: try Self.paths(fields, "content") { value in
        guard value["mode"]?.text == "100644", let sha256 = value["sha256"]?.text else {
          return nil
        }
        return value["blob"]?.text.flatMap { BlobID($0) }.map { Content(blob: $0, sha256: sha256) }
      }, readAgainst: try Self.paths(fields, "readAgainst") { $0.text.flatMap { BlobID($0) } },
      risk: try fields.choice("risk", Risk.self), requirement: requirements[0],
      policies: try fields.optional("policies", "a tree") { $0.text.flatMap { TreeID($0) } },
      decision: try fields.optional("decision", "a path") {
        $0.text.flatMap(FilePath.init(reading:))
      }, expires: try fields.instant("expires"),
      nonce: try fields.required("nonce", "32 hex digits") { $0.text.flatMap { Nonce($0) } })
  }

  private static func keyed<Value>(
    _ values: [FilePath: Value], _ json: (Value) -> JSONValue
  ) -> [String: JSONValue] {
    var fields: [String: JSONValue] = [:]
    for (path, value) in values { fields[path.text] = json(value) }
    return fields
  }

  private static func paths<Value>(
    _ fields: RecordFields, _ key: String, _ read: (JSONValue) -> Value?
  ) throws(RecordFault) -> [FilePath: Value] {
    var result: [FilePath: Value] = [:]
    for (text, value) in try fields.map(key, "an object of paths", read) {
      guard let path = FilePath(reading: text) else {
        throw fields.fault(key, "holds `\(text)`, which is no path")
      }
      result[path] = value
    }
    return result
  }
}

extension JSONValue {
  /// Reads JSON that a signature is to bind; a reading fault becomes a record's.
  static func canonical(reading bytes: [UInt8], kind: String) throws(RecordFault) -> JSONValue {
    do {
      return try JSONReader.read(bytes, maximumSize: ApprovalRecord.maximumSize).json
    } catch {
      throw RecordFault(kind: kind, field: "", problem: error.message)
    }
  }
}
