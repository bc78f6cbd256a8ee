internal import HeadwayCore

extension Scheduler {
  /// How often a command that yields a secret is asked whether it yields another one.
  private static let commandPause = Span.minutes(1)

  /// The incidents that the end of an attempt opens, lengthens or closes.
  func breaking(
    after settlement: Settlement, on board: Board
  ) async throws(EngineError) -> [LedgerEntry] {
    guard let dispatch = board[settlement.attempt.id.task]?.record.dispatched,
      !settlement.outages.isEmpty || !dispatch.probes.isEmpty, let main = board.main
    else { return [] }
    let now = await moment()
    let snapshot = try await reader.snapshot(main.judged, briefs: .only([]))
    guard let rules = Rules(snapshot.project, at: now) else { return [] }
    var stale: Set<IncidentRecord.Scope> = []
    for outage in settlement.outages where try await hasChanged(outage.keys) {
      stale.insert(outage.scope)
    }
    return board.breaking(
      after: settlement, dispatch: dispatch, rules: rules, stale: stale, at: now)
  }

  /// Closes the breakers whose secret has another value now; whether there was one.
  func closeMendedBreakers() async throws(EngineError) -> Bool {
    let open = await ledger.board.incidents.values.filter { $0.breaker?.keys.isEmpty == false }
    guard !open.isEmpty else { return false }
    let now = await moment()
    let asksCommands = lastSecretCommands.map { now - $0 >= Self.commandPause } ?? true
    if asksCommands { lastSecretCommands = now }
    var moved = false
    for incident in open.sorted(by: { $0.id < $1.id }) {
      let keys = (incident.breaker?.keys ?? []).filter {
        asksCommands || secrets.origin(of: $0.name) != .command
      }
      guard try await hasChanged(keys) else { continue }
      let names = keys.map(\.name).joined(separator: ", ")
      try await append(
        .answered(incident, at: now, why: "secret changed (\(names))"), at: now)
      announce(.verb("\(incident.id) is over: \(names) has another value"))
      moved = true
    }
    return moved
  }

  /// Whether one of the secrets is set and is not what it was; one that went missing is worse, not
  /// better.
  private func hasChanged(_ keys: [IncidentRecord.Key]) async throws(EngineError) -> Bool {
    for key in keys {
      let current = IncidentRecord.Key(
        name: key.name, value: await secrets.value(of: key.name), machineKey: redactionKey.bytes)
      if let digest = current.digest, digest != key.digest { return true }
    }
    return false
  }
}
