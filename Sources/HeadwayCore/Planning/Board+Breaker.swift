extension Board {
  /// What the end of an attempt that ran under `dispatch` means for breakers: incidents that open,
  /// go on or close, each an event of its own.
  ///
  /// `stale` names scopes whose secret has changed since the attempt began: what it met is no
  /// more so.
  package func breaking(
    after settlement: Settlement, dispatch: TaskRecord.Dispatch, rules: Rules,
    stale: Set<IncidentRecord.Scope> = [], at time: Instant
  ) -> [LedgerEntry] {
    let open = incidents.values.filter { $0.breaker != nil }.sorted { $0.id < $1.id }
    var entries: [LedgerEntry] = []
    for outage in settlement.outages where outage.kind.isOfExecutor {
      if let incident = open.first(where: { $0.scope == outage.scope }) {
        // Attempts that were under way when it opened say nothing new.
        guard dispatch.probes.contains(incident.id) else { continue }
        entries.append(.probed(incident.goingOn(after: outage, at: time)))
      } else if !stale.contains(outage.scope) {
        entries.append(
          .incident(IncidentRecord(outage, met: settlement.attempt.executor, rules, at: time)))
      }
    }
    for incident in open where dispatch.probes.contains(incident.id) {
      guard !settlement.outages.contains(where: { $0.scope == incident.scope }),
        settlement.attempt.answers(incident, rules)
      else { continue }
      entries.append(.answered(incident, at: time, why: "a probe succeeded"))
    }
    return entries
  }
}

extension AttemptRecord {
  /// Whether it shows that what `incident` is about works again.
  fileprivate func answers(_ incident: IncidentRecord, _ rules: Rules) -> Bool {
    switch (outcome, failure?.kind) {
    case (.succeeded, _), (.failed, .rateLimited), (.failed, .refused), (.failed, .truncated),
      (.failed, .badOutput), (.failed, .invalidRequest):
      break
    default: return false
    }
    switch incident.scope {
    case .executor(let name): return name == executor
    case .key, .model:
      guard let routes = rules.executors[executor]?.routes else { return false }
      // A fallback's answer says nothing of the models before it.
      let used = routes.filter { $0.model?.text == model }
      return used.contains(where: incident.concerns)
    case .all, .commit: return false
    }
  }
}

extension IncidentRecord {
  fileprivate init(_ outage: Outage, met executor: Name, _ rules: Rules, at time: Instant) {
    let stopped = Self.stopped(by: outage.scope, rules).union([executor]).sorted()
    let names = stopped.prefix(3).map(\.text).joined(separator: ", ")
    let more = stopped.count > 3 ? " and \(stopped.count - 3) more" : ""
    let clock = time.fields
    let keys = outage.keys.map { ", \($0.phrase)" }.joined()
    let pause = Breaker.pause(after: 0, of: outage.kind)
    let mend = outage.keys.map { "a new value of \($0.name) (headway doctor)" }
    self.init(
      id: Self.id(at: time, about: Self.subject(of: outage.scope)), scope: outage.scope,
      reason: "\(names)\(more): \(outage.cause) since \(clock.hour.padded(2)):"
        + "\(clock.minute.padded(2)) UTC\(keys)",
      answer: (mend + ["headway clear \(executor)"]).joined(separator: ", or "), opened: time,
      breaker: Breaker(
        kind: outage.kind, executors: stopped, keys: outage.keys,
        probe: pause.map { time + max($0, outage.retryAfter ?? .zero) }))
  }

  private static func stopped(by scope: Scope, _ rules: Rules) -> Set<Name> {
    Set(rules.executors.filter { $0.value.routes.contains(where: scope.concerns) }.keys)
  }

  /// What stands in the id: letters, digits and hyphens only.
  private static func subject(of scope: Scope) -> String {
    let text =
      switch scope {
      case .all: "all"
      case .executor(let name): name.text
      case .key(let name): name
      case .model(let name): name.text
      case .commit(let id): id.short
      }
    return String(
      text.lowercased().prefix(48).map { (character: Character) -> Character in
        character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
      })
  }

  fileprivate func goingOn(after outage: Outage, at time: Instant) -> IncidentRecord {
    var incident = self
    guard let breaker else { return incident }
    incident.breaker?.probes += 1
    incident.breaker?.probe = Breaker.pause(after: breaker.probes + 1, of: breaker.kind).map {
      time + max($0, outage.retryAfter ?? .zero)
    }
    return incident
  }
}
