/// `incidents/…json`: something that stops dispatch until it is answered.
package struct IncidentRecord: Hashable, Sendable {
  /// The file's path below `incidents/`, without `.json`; what `headway clear` takes.
  package let id: String
  package let scope: Scope
  package let reason: String
  /// The command that answers it.
  package let answer: String
  package let opened: Instant
  /// For a rewrite of main: the tip that clearing the incident accepts.
  package let rewrite: CommitID?
  /// What an executor's failure made of it; `nil` for incidents of another kind.
  package var breaker: Breaker?
  package var cleared: Clearing?

  package enum Scope: Hashable, Sendable {
    case all
    case executor(Name)
    /// Every executor that works with the secret of that name.
    case key(String)
    case model(ModelName)
    case commit(CommitID)
  }

  package struct Clearing: Hashable, Sendable {
    package let by: String
    package let at: Instant
    /// What was said with it, or what had changed.
    package let why: String

    package init(by: String, at: Instant, why: String = "") {
      self.by = by
      self.at = at
      self.why = why
    }
  }

  package init(
    id: String, scope: Scope, reason: String, answer: String, opened: Instant,
    rewrite: CommitID? = nil, breaker: Breaker? = nil, cleared: Clearing? = nil
  ) {
    self.id = id
    self.scope = scope
    self.reason = reason
    self.answer = answer
    self.opened = opened
    self.rewrite = rewrite
    self.breaker = breaker
    self.cleared = cleared
  }

  /// `2026/11/23/101530-writer`: by the day and second that opened it.
  package static func id(at time: Instant, about subject: String) -> String {
    let at = time.fields
    return "\(at.year.padded(4))/\(at.month.padded(2))/\(at.day.padded(2))"
      + "/\(at.hour.padded(2))\(at.minute.padded(2))\(at.second.padded(2))-\(subject)"
  }

  package var path: String { "incidents/\(id).json" }
}

extension IncidentRecord {
  package var json: JSONValue {
    let scopeValue: JSONValue =
      switch scope {
      case .all: "all"
      case .executor(let name): ["executor": .text(name)]
      case .key(let name): ["key": .string(name)]
      case .model(let name): ["model": .text(name)]
      case .commit(let id): ["commit": .text(id)]
      }
    return [
      "format": 1, "id": .string(id), "scope": scopeValue, "reason": .string(reason),
      "answer": .string(answer), "opened": .text(opened),
      "rewrite": .text(rewrite), "breaker": breaker?.json ?? .null,
      "cleared": cleared.map {
        ["by": .string($0.by), "at": .text($0.at), "why": .string($0.why)]
      } ?? .null,
    ]
  }

  package init(json: JSONValue) throws(RecordFault) {
    let fields = try RecordFields(json, kind: "incident", format: 1)
    self.init(
      id: try fields.text("id"),
      scope: try fields.required("scope", "a scope") { value in
        if value.text == "all" { return .all }
        if let name = value["executor"]?.text.flatMap(Name.init) { return .executor(name) }
        if let name = value["key"]?.text { return .key(name) }
        if let name = value["model"]?.text.flatMap(ModelName.init) { return .model(name) }
        return value["commit"]?.text.flatMap { CommitID($0) }.map(Scope.commit)
      }, reason: try fields.text("reason"), answer: try fields.text("answer"),
      opened: try fields.instant("opened"),
      rewrite: try fields.commitIfAny("rewrite"),
      breaker: try fields.objectIfAny("breaker", Breaker.init),
      cleared: try fields.objectIfAny("cleared") { (clearing) throws(RecordFault) in
        Clearing(
          by: try clearing.text("by"), at: try clearing.instant("at"),
          why: try clearing.text("why"))
      })
  }
}
