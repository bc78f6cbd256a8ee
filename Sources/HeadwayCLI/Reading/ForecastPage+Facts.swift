internal import HeadwayCore

extension ForecastPage {
  var facts: JSONValue {
    [
      "at": .string(usual.from.description), "ledger": .string(ledger.hex),
      "complete": .bool(isComplete),
      "assumes": .array(assumptions.map(JSONValue.string)),
      "runs": .array(runs.map(\.facts)), "tasks": .array(lines.map(\.facts)),
      "people": .array(asks.map { facts(ofAsk: $0) }),
      "notCounted": .array(
        upcoming.map { next in
          [
            "schedule": .string(next.schedule.name.text), "due": .string(next.due.description),
          ]
        }),
    ]
  }

  private func facts(ofAsk line: Line) -> JSONValue {
    let requirement = board[line.id]?.record.specification.proposal?.requirement
    return [
      "task": .string(line.id.description), "role": .optional(requirement?.role.text),
      "count": requirement.map { .integer($0.count) } ?? .null,
      "asked": .optional(line.usual.begins?.description),
      "signed": .optional(line.usual.finish?.description),
      "assumed": .string(line.usual.basis.word),
    ]
  }
}

extension ForecastPage.RunLine {
  fileprivate var facts: JSONValue {
    [
      "run": .string(record.id.text), "title": .string(record.title),
      "due": .optional(record.due?.description),
      "finish": pair(usual.finish, slow.finish), "late": .optional(delay?.description),
      "cost": ["usual": usual.cost.json, "slow": slow.cost.json], "spent": spent.json,
    ]
  }
}

extension ForecastPage.Line {
  fileprivate var facts: JSONValue {
    var fields: [String: JSONValue] = [
      "task": .string(id.description), "person": .bool(usual.isPerson),
      "deadline": .optional(usual.deadline?.description),
      "begins": pair(usual.begins, slow.begins), "finish": pair(usual.finish, slow.finish),
      "late": [
        "usual": .optional(usual.delay?.description), "slow": .optional(slow.delay?.description),
      ],
      "cost": ["usual": usual.cost.json, "slow": slow.cost.json],
      "basis": .string(usual.basis.word),
    ]
    switch usual.end {
    case .succeeds:
      fields["end"] = "succeeded"
    case .ends(let state, let at, let reason):
      fields["end"] = .string(state.rawValue)
      fields["ended"] = .string(at.description)
      fields["reason"] = reason?.json ?? .null
    case .stands(let state, let reason):
      fields["stands"] = .string(state.rawValue)
      fields["reason"] = reason?.json ?? .null
      let sentence = reason.map { ReasonSentence($0, of: id) }
      fields["why"] = .optional(sentence?.text)
      fields["clears"] = .optional(sentence?.clearing)
    case .open(let state): fields["open"] = .string(state.rawValue)
    }
    return .object(fields)
  }
}

private func pair(_ usual: Instant?, _ slow: Instant?) -> JSONValue {
  ["usual": .optional(usual?.description), "slow": .optional(slow?.description)]
}

extension Forecast.Basis {
  var word: String {
    switch self {
    case .learned: "learned"
    case .estimate: "estimate"
    case .standard: "standard"
    case .given: "given"
    }
  }

  /// On what an expected length rests.
  var sentence: String {
    switch self {
    case .learned(1): "as the last one"
    case .learned(let count): "as the last \(count)"
    case .estimate: "as its pipeline estimates"
    case .standard: "nobody has measured it"
    case .given: "as you say"
    }
  }
}
