internal import HeadwayCore

/// Tasks that stand still for the same kind of reason, told together where they are many.
struct StandingGroup: Sendable {
  let members: [TaskStanding]

  /// As many are named one by one.
  static let named = 5

  /// By the code of their reason, in the order in which each comes first.
  static func all(_ standings: [TaskStanding]) -> [StandingGroup] {
    var (order, groups): ([ReasonCode?], [ReasonCode?: [TaskStanding]]) = ([], [:])
    for standing in standings {
      let code = standing.reason?.code
      if groups[code, default: []].isEmpty { order.append(code) }
      groups[code, default: []].append(standing)
    }
    return order.compactMap { groups[$0] }.map(StandingGroup.init)
  }

  var isMany: Bool { members.count > Self.named }

  var code: ReasonCode? { members.first?.reason?.code }

  /// The first of them says why, for all where it is the same.
  var sentence: String {
    let sentences = Set(members.map(\.sentence))
    guard let first = members.first?.sentence else { return "" }
    return sentences.count == 1 ? first : "\(code?.rawValue ?? ""), such as: \(first)"
  }

  /// The earliest time at which one of them goes on by itself.
  var earliest: Instant? {
    members.compactMap { standing in
      if case .at(let instant) = standing.reason?.clears { instant } else { nil }
    }.min()
  }

  var clearing: String {
    if let earliest { return "the first at \(earliest.second)" }
    if Set(members.map(\.clearing)).count == 1 { return members.first?.clearing ?? "" }
    guard members.first?.task.record.state == .held, let code else {
      return "each when its own is there"
    }
    return "headway \(Self.verb(for: code)) --held --because \(code.rawValue)"
  }

  private static func verb(for code: ReasonCode) -> String {
    switch code {
    case .alreadyDone: "repeat"
    case .uncertain: "adopt"
    default: code.isReleasable ? "release" : "retry"
    }
  }

  var facts: JSONValue {
    [
      "state": .optional(members.first?.task.record.state.rawValue),
      "code": .optional(code?.rawValue), "count": .integer(members.count),
      "why": .string(sentence), "clears": .string(clearing),
      "earliest": .optional(earliest?.description),
    ]
  }
}
