internal import HeadwayCore
internal import HeadwayEngine

extension Situation {
  /// Complete: every unfinished task with its state, the code and values of its reason, and what
  /// clears it.
  var facts: JSONValue {
    [
      "at": .string(now.description), "past": .bool(isPast), "ledger": .string(tip.hex),
      "home": .bool(isHome),
      "scheduler": .optional(scheduler), "me": .optional(me?.name.text),
      "approvals": .string(isAdvisory ? "advisory" : "binding"), "main": mainFacts,
      "waits": .array(waits.map(\.facts)), "tasks": .array(tasks.map(\.facts)),
      "groups": .array(
        [TaskState.held, .pending].flatMap { StandingGroup.all(standings($0)) }.map(\.facts)),
      "problems": .object(
        (board.main?.problems ?? [:]).mapValues { .array($0.map(JSONValue.string)) }),
      "incidents": .array(
        board.incidents.values.sorted { $0.id < $1.id }.map { incident in
          guard case .object(var fields) = incident.json else { return incident.json }
          fields["waiting"] = .integer(waitingCount(incident))
          return .object(fields)
        }),
      "frozen": freezeFacts, "spent": spentFacts, "finished": finished.facts,
      "intake": board.intake?.json ?? .null, "schedules": scheduleFacts,
      "wake": wakeUp.facts,
    ]
  }

  private var scheduleFacts: JSONValue {
    .array(
      upcoming.map { next in
        [
          "schedule": .string(next.schedule.name.text),
          "timeZone": .string(next.schedule.zone.identifier),
          "nominal": .string(next.nominal.description), "due": .string(next.due.description),
        ]
      })
  }

  private var mainFacts: JSONValue {
    guard let main = board.main else { return .null }
    return [
      "branch": .string(main.branch), "judged": .string(main.judged.hex),
      "observed": .string(main.observed.description),
    ]
  }

  private var freezeFacts: JSONValue {
    guard let main = board.main, main.isFrozen else { return .null }
    return [
      "file": .bool(main.freezeFile), "by": .optional(main.freeze?.by),
      "reason": .optional(main.freeze?.reason), "at": .optional(main.freeze?.at.description),
    ]
  }

  private var spentFacts: JSONValue {
    [
      "day": .string(now.day), "today": spentToday.json,
      "cap": settings?.limits.dayCost.json ?? .null,
      "runs": .array(
        spentPerRun.map { run, spent, budget in
          ["run": .string(run.text), "spent": spent.json, "budget": budget?.json ?? .null]
        }),
    ]
  }
}

extension Situation.Finished {
  fileprivate var facts: JSONValue {
    [
      "since": .optional(since?.description),
      "runs": .array(
        runs.map { record, cost in
          [
            "run": .string(record.id.text), "title": .string(record.title),
            "state": .string(record.state.rawValue), "cost": cost?.json ?? .null,
          ]
        }),
      "attempts": .object(
        Dictionary(
          uniqueKeysWithValues: attempts.map { ($0.key.rawValue, .integer($0.value)) })),
    ]
  }
}
