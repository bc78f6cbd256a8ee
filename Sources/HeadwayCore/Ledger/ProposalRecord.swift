/// `proposal-<n>.json`: what was put before people, written with the `proposal` event.
package struct ProposalRecord: Hashable, Sendable {
  package let attempt: AttemptID
  /// Without `refs/heads/`.
  package let branch: String
  package let commit: CommitID
  /// The approval record's place on main and its exact bytes' id.
  package let record: PinnedFile
  /// The content at its final paths; mode is always a plain file's.
  package let content: [FilePath: BlobID]
  /// What stood at the content's paths on main when this was proposed; `nil` for a new file.
  package let base: [FilePath: BlobID?]
  package let risk: Risk
  package let requirement: ApprovalRequirement
  package let proposed: Instant
  package let expires: Instant

  package init(
    attempt: AttemptID, branch: String, commit: CommitID, record: PinnedFile,
    content: [FilePath: BlobID], base: [FilePath: BlobID?], risk: Risk,
    requirement: ApprovalRequirement, proposed: Instant, expires: Instant
  ) {
    self.attempt = attempt
    self.branch = branch
    self.commit = commit
    self.record = record
    self.content = content
    self.base = base
    self.risk = risk
    self.requirement = requirement
    self.proposed = proposed
    self.expires = expires
  }
}

extension ProposalRecord {
  package var json: JSONValue {
    [
      "format": 1, "run": .text(attempt.task.run), "task": .text(attempt.task.task),
      "attempt": .integer(attempt.number), "branch": .string(branch), "commit": .text(commit),
      "record": ["path": .text(record.path), "blob": .text(record.blob)], "over": "output",
      "content": .keyed(content.mapValues { .text($0) }),
      "base": .keyed(base.mapValues { .text($0) }),
      "risk": .string(risk.rawValue), "role": .text(requirement.role),
      "count": .integer(requirement.count), "within": .text(requirement.within),
      "distinctFromRequester": .bool(requirement.distinctFromRequester),
      "proposed": .text(proposed), "expires": .text(expires),
    ]
  }

  package init(json: JSONValue) throws(RecordFault) {
    let fields = try RecordFields(json, kind: "proposal", format: 1)
    let over = try fields.text("over")
    guard over == "output" else { throw fields.fault("over", "is `\(over)`, not `output`") }
    self.init(
      attempt: AttemptID(
        task: TaskID(run: try fields.run("run"), task: try fields.name("task")),
        number: try fields.count("attempt")), branch: try fields.text("branch"),
      commit: try fields.commit("commit"),
      record: try fields.object("record") { (file) throws(RecordFault) in
        PinnedFile(path: try file.path("path"), blob: try file.blob("blob"))
      },
      content: try Self.paths(fields, "content") { $0.text.flatMap { BlobID($0) } },
      base: try Self.paths(fields, "base") { value -> BlobID?? in
        value == .null ? .some(nil) : value.text.flatMap { BlobID($0) }.map(Optional.some)
      }, risk: try fields.choice("risk", Risk.self),
      requirement: ApprovalRequirement(
        role: try fields.name("role"), count: try fields.count("count"),
        within: try fields.span("within"),
        distinctFromRequester: try fields.flag("distinctFromRequester")),
      proposed: try fields.instant("proposed"), expires: try fields.instant("expires"))
  }

  private static func paths<Value>(
    _ fields: RecordFields, _ key: String, _ read: (JSONValue) -> Value?
  ) throws(RecordFault) -> [FilePath: Value] {
    let texts = try fields.map(key, "an object of paths", read)
    var result: [FilePath: Value] = [:]
    for (text, value) in texts {
      guard let path = FilePath(reading: text) else {
        throw fields.fault(key, "holds `\(text)`, which is no path")
      }
      result[path] = value
    }
    return result
  }
}
