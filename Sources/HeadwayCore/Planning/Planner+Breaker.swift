/// What open breakers leave of an executor.
enum Standing: Hashable, Sendable {
  /// It works; an attempt may find out by the way whether models of its chain do again.
  case serves(probing: [String])
  /// It does not, and one attempt may find out whether it does again.
  case halfOpen(IncidentRecord, probing: [String])
  case stopped(IncidentRecord)
}

extension Planner {
  /// Where each executor stands that an incident concerns.
  static func standings(of board: Board, _ rules: Rules, at time: Instant) -> [Name: Standing] {
    let incidents = board.incidents.values.sorted { $0.id < $1.id }
    guard !incidents.isEmpty else { return [:] }
    let underWay = Set(board.running.flatMap { $0.record.dispatched?.probes ?? [] })
    let due = Set(
      incidents.filter { incident in
        guard let probe = incident.breaker?.probe else { return false }
        return probe <= time && !underWay.contains(incident.id)
      }.map(\.id))
    var standings: [Name: Standing] = [:]
    for (name, rule) in rules.executors {
      standings[name] = standing(of: name, rule, incidents, due)
    }
    return standings
  }

  private static func standing(
    of name: Name, _ rule: Rules.ExecutorRule, _ incidents: [IncidentRecord], _ due: Set<String>
  ) -> Standing? {
    if let own = incidents.first(where: { $0.scope == .executor(name) }) {
      return due.contains(own.id) ? .halfOpen(own, probing: [own.id]) : .stopped(own)
    }
    var (probing, closed) = ([String](), IncidentRecord?.none)
    for route in rule.routes {
      let found = incidents.filter { $0.concerns(route) }
      guard let first = found.first else { return .serves(probing: probing) }
      closed = closed ?? first
      if found.allSatisfy({ due.contains($0.id) }) {
        probing += found.map(\.id)
      } else if found.contains(where: { $0.breaker?.kind == .authentication }) {
        // Nobody shops for another model where a person has to see to a key.
        break
      }
    }
    guard let closed else { return nil }
    return probing.isEmpty ? .stopped(closed) : .halfOpen(closed, probing: probing)
  }

  /// Why a task waits for the executor's breaker; derived, since forty tasks may wait for one.
  func breakerWait(_ incident: IncidentRecord) -> Reason {
    guard incident.breaker != nil else {
      return reason(
        .incident, ["incident": .string(incident.id)], clears: .event(incident.clearing))
    }
    return reason(
      .breaker, ["incident": .string(incident.id)], clears: .event(incident.clearing),
      since: min(incident.opened, moment.time))
  }

  /// When the next breaker may be looked at, for the tasks that wait for it.
  func nextProbe(for task: TaskRecord, _ reason: Reason) -> Instant? {
    guard reason.code == .breaker,
      case .stopped(let incident)? = standings[task.specification.executor]
    else { return nil }
    return incident.breaker?.probe.flatMap { $0 > moment.time ? $0 : nil }
  }

  /// The reasons of a start that finds out whether incidents are over.
  func probeReasons(_ incidents: [String]) -> [Reason] {
    incidents.map { reason(.probe, ["incident": .string($0)], clears: .event("its result")) }
  }
}

extension Board {
  /// Models that an attempt of `rule` leaves out, because their breaker is open and another
  /// attempt finds out about them.
  package func resting(_ rule: Rules.ExecutorRule, probing: [String]) -> Set<ModelName> {
    let open = incidents.values.filter { !probing.contains($0.id) }
    return Set(
      rule.routes.compactMap { route in
        open.contains { $0.concerns(route) } ? route.model : nil
      })
  }
}
