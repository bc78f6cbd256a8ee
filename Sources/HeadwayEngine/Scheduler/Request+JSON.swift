internal import HeadwayCore

extension Requests.Request {
  var json: JSONValue {
    ["verbs": .array(verbs.map(\.json)), "by": .string(by), "reason": .string(reason)]
  }

  init?(json: JSONValue, id: String) {
    guard let by = json["by"]?.text, let reason = json["reason"]?.text,
      let elements = json["verbs"]?.elements
    else { return nil }
    let verbs = elements.compactMap(Verb.init)
    guard verbs.count == elements.count, !verbs.isEmpty else { return nil }
    self.init(id: id, verbs: verbs, by: by, reason: reason)
  }
}

extension Verb {
  var json: JSONValue {
    var fields: [String: JSONValue] = ["verb": .string(word)]
    switch subject {
    case .task(let id): fields["task"] = .string(id.description)
    case .run(let id): fields["run"] = .string(id.text)
    case .incident(let id): fields["incident"] = .string(id)
    case .finding(let id): fields["finding"] = .string(id)
    case .everything: fields["now"] = .bool(self == .freezeNow)
    }
    if case .adopt(_, let outputs) = self {
      fields["outputs"] = .object(outputs.mapValues { .array($0.map { .integer($0) }) })
    }
    if case .compensate(_, let from) = self { fields["from"] = .optional(from?.text) }
    if case .rerun(_, let from, let seen) = self {
      fields["from"] = .optional(from?.text)
      fields["seen"] = .string(seen.hex)
    }
    return .object(fields)
  }

  init?(json: JSONValue) {
    let task = json["task"]?.text.flatMap { TaskID($0) }
    let run = json["run"]?.text.flatMap { RunID($0) }
    switch (json["verb"]?.text, task, run) {
    case ("retry", let task?, _): self = .retry(task)
    case ("cancel", let task?, _): self = .cancelTask(task)
    case ("cancel", _, let run?): self = .cancel(run)
    case ("hold", let task?, _): self = .hold(task)
    case ("hold", _, let run?): self = .holdRun(run)
    case ("release", let task?, _): self = .release(task)
    case ("release", _, let run?): self = .releaseRun(run)
    case ("repeat", let task?, _): self = .repeatEffect(task)
    case ("adopt", let task?, _):
      let outputs = json["outputs"]?.fields?.mapValues { value in
        (value.elements ?? []).compactMap { $0.integer.flatMap(UInt8.init(exactly:)) }
      }
      self = .adopt(task, outputs: outputs ?? [:])
    case ("compensate", _, let run?):
      let from = json["from"]?.text
      guard from.map({ Name($0) != nil }) ?? true else { return nil }
      self = .compensate(run, from: from.flatMap { Name($0) })
    case ("rerun", _, let run?):
      let from = json["from"]?.text
      guard from.map({ Name($0) != nil }) ?? true,
        let seen = json["seen"]?.text.flatMap({ CommitID($0) })
      else { return nil }
      self = .rerun(run, from: from.flatMap { Name($0) }, seen: seen)
    case ("clear", _, _):
      guard let incident = json["incident"]?.text else { return nil }
      self = .clear(incident: incident)
    case ("allow", _, _):
      guard let finding = json["finding"]?.text else { return nil }
      self = .allow(finding: finding)
    case ("freeze", _, _): self = json["now"]?.flag == true ? .freezeNow : .freeze
    case ("thaw", _, _): self = .thaw
    default: return nil
    }
  }
}
