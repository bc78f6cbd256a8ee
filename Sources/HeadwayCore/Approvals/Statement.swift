/// A signed file in which a person says something about one record, or about one version of the
/// protected paths.
///
/// Its signature lies beside it, in a namespace of Headway's own: git makes none by accident.
package struct Statement: Hashable, Sendable {
  /// The commit that the repository's trusted state began with: which repository this is.
  package let repository: CommitID
  package let target: String
  package let decision: Decision
  package let person: Name
  /// The tip of main that the person saw.
  package let seen: CommitID
  package let policies: TreeID?
  package let expires: Instant
  package let nonce: Nonce

  package enum Decision: Hashable, Sendable {
    case approve(RecordName)
    case reject(RecordName, message: String)
    case override(RecordName)
    /// The digests of the protected paths in force and of those that are to be.
    case accept(from: String, to: String)
  }

  /// Names a record by its bytes, twice: git's own hash alone would leave us with SHA-1.
  package struct RecordName: Hashable, Sendable {
    package let attempt: AttemptID
    package let blob: BlobID
    package let sha256: String

    package init(attempt: AttemptID, blob: BlobID, sha256: String) {
      self.attempt = attempt
      self.blob = blob
      self.sha256 = sha256
    }
  }

  /// What `ssh-keygen -Y sign -n` is given; git signs in the namespace `git`.
  package static let namespace = "headway-approval@v1"
  package static let maximumMessageSize = 64 << 10

  package init(
    repository: CommitID, target: String, decision: Decision, person: Name, seen: CommitID,
    policies: TreeID?, expires: Instant, nonce: Nonce
  ) {
    self.repository = repository
    self.target = target
    self.decision = decision
    self.person = person
    self.seen = seen
    self.policies = policies
    self.expires = expires
    self.nonce = nonce
  }

  /// Where the statement has to stand to be heard.
  package var place: StatementPath {
    switch decision {
    case .approve(let record), .reject(let record, _): .about(record.attempt, by: person)
    case .override(let record): .override(record.attempt, by: person)
    case .accept(_, let set): .accept(set: String(set.prefix(12)), by: person)
    }
  }
}

extension Statement {
  package var bytes: [UInt8] { json.canonical }

  /// Reads exactly what `bytes` writes.
  package init(bytes: [UInt8]) throws(RecordFault) {
    try self.init(json: try JSONValue.canonical(reading: bytes, kind: "statement"))
    guard self.bytes == bytes else {
      throw RecordFault(
        kind: "statement", field: "format", problem: "is not written as Headway writes it")
    }
  }

  private var json: JSONValue {
    var fields: [String: JSONValue] = [
      "format": 1, "repository": .text(repository), "target": .string(target),
      "person": .text(person), "seen": .text(seen), "policies": .text(policies),
      "expires": .text(expires), "nonce": .text(nonce),
    ]
    switch decision {
    case .approve(let record): (fields["decision"], fields["record"]) = ("approve", record.json)
    case .override(let record): (fields["decision"], fields["record"]) = ("override", record.json)
    case .reject(let record, let message):
      (fields["decision"], fields["record"]) = ("reject", record.json)
      fields["message"] = .string(message)
    case .accept(let old, let new):
      fields["decision"] = "accept"
      fields["protected"] = ["from": .string(old), "to": .string(new)]
    }
    return .object(fields)
  }

  private init(json: JSONValue) throws(RecordFault) {
    let fields = try RecordFields(json, kind: "statement", format: 1)
    self.init(
      repository: try fields.commit("repository"), target: try fields.text("target"),
      decision: try Self.decision(fields), person: try fields.name("person"),
      seen: try fields.commit("seen"),
      policies: try fields.optional("policies", "a tree") { $0.text.flatMap { TreeID($0) } },
      expires: try fields.instant("expires"),
      nonce: try fields.required("nonce", "32 hex digits") { $0.text.flatMap { Nonce($0) } })
  }

  private static func decision(_ fields: RecordFields) throws(RecordFault) -> Decision {
    switch try fields.text("decision") {
    case "approve": return .approve(try fields.object("record", RecordName.init))
    case "override": return .override(try fields.object("record", RecordName.init))
    case "reject":
      let message = try fields.text("message")
      guard message.utf8.count <= maximumMessageSize else {
        throw fields.fault("message", "is longer than \(maximumMessageSize) bytes")
      }
      return .reject(try fields.object("record", RecordName.init), message: message)
    case "accept":
      return try fields.object("protected") { (sets) throws(RecordFault) in
        .accept(from: try sets.text("from"), to: try sets.text("to"))
      }
    default: throw fields.fault("decision", "is none of approve, reject, override and accept")
    }
  }
}

extension Statement.RecordName {
  var json: JSONValue {
    [
      "run": .text(attempt.task.run), "task": .text(attempt.task.task),
      "attempt": .integer(attempt.number), "blob": .text(blob), "sha256": .string(sha256),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      attempt: AttemptID(
        task: TaskID(run: try fields.run("run"), task: try fields.name("task")),
        number: try fields.count("attempt")), blob: try fields.blob("blob"),
      sha256: try fields.text("sha256"))
  }
}
