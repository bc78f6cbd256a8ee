extension IncidentRecord {
  /// An executor's breaker, open as long as its incident is: what failed, and when somebody looks
  /// whether it still does.
  package struct Breaker: Hashable, Sendable {
    package let kind: FailureClass
    /// Who was stopped when it opened, in the order of their names.
    package let executors: [Name]
    /// The secrets that were used; another value of one of them closes the breaker.
    package let keys: [Key]
    /// Probes that came to nothing.
    package var probes: Int
    /// From when on one task is let through to find out; `nil` where only people can mend it.
    package var probe: Instant?

    package init(
      kind: FailureClass, executors: [Name], keys: [Key], probes: Int = 0, probe: Instant?
    ) {
      self.kind = kind
      self.executors = executors
      self.keys = keys
      self.probes = probes
      self.probe = probe
    }

    /// How long to wait before looking again: an unreachable service after a minute and then
    /// twice as long, up to an hour; an empty account by the hour; a dead key never by itself.
    static func pause(after probes: Int, of kind: FailureClass) -> Span? {
      switch kind {
      case .unavailable: min(.hours(1), Span(milliseconds: 60_000 << Int64(min(probes, 6))))
      case .budgetExhausted: .hours(1)
      default: nil
      }
    }
  }

  /// A secret as an incident may know it.
  package struct Key: Hashable, Sendable {
    package let name: String
    /// Its last three characters; `nil` for a secret so short that they would tell something.
    package let ending: String?
    /// A digest under a key that only this machine has; `nil` while the secret is not set.
    package let digest: String?

    /// Shorter ones are guessed too easily to show anything of them.
    private static let shownFrom = 20

    package init(name: String, ending: String?, digest: String?) {
      self.name = name
      self.ending = ending
      self.digest = digest
    }

    /// `machineKey` must be random and never leave the machine.
    package init(name: String, value: String?, machineKey: [UInt8]) {
      self.name = name
      digest = value.map { Digest(of: $0.utf8, under: machineKey).prefix(32) }
      ending = value.flatMap { value in
        let isPlain = value.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isPlain && value.utf8.count >= Self.shownFrom ? String(value.suffix(3)) : nil
      }
    }

    var phrase: String { "key \(name)" + (ending.map { " ends …\($0)" } ?? "") }
  }

  func concerns(_ route: Rules.Route) -> Bool { scope.concerns(route) }

  /// What ends it besides a person's `headway clear`.
  var clearing: String {
    guard let breaker else { return "headway clear \(id)" }
    let keys = breaker.keys.map { "a new value of \($0.name)" }
    let probe = breaker.probe == nil ? [] : ["a probe that succeeds"]
    return (keys + probe + ["headway clear \(id)"]).joined(separator: ", or ")
  }
}

extension IncidentRecord.Scope {
  /// Whether it stops an executor that could work by `route`.
  func concerns(_ route: Rules.Route) -> Bool {
    switch self {
    case .key(let name): route.keys.contains(name)
    case .model(let name): route.model == name
    case .all, .executor, .commit: false
    }
  }
}

extension IncidentRecord.Breaker {
  var json: JSONValue {
    [
      "class": .string(kind.rawValue), "executors": .texts(executors),
      "keys": .array(
        keys.map {
          [
            "name": .string($0.name), "ending": .optional($0.ending),
            "digest": .optional($0.digest),
          ]
        }), "probes": .integer(probes), "probe": .text(probe),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      kind: try fields.choice("class", FailureClass.self), executors: try fields.names("executors"),
      keys: try fields.objects("keys") { (key) throws(RecordFault) in
        IncidentRecord.Key(
          name: try key.text("name"), ending: try key.textIfAny("ending"),
          digest: try key.textIfAny("digest"))
      }, probes: try fields.count("probes"), probe: try fields.instantIfAny("probe"))
  }
}
