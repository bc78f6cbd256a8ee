internal import HeadwayCore

/// A reason in words, with what will clear it; the only place where the codes become prose.
struct ReasonSentence {
  let reason: Reason
  let task: TaskID

  init(_ reason: Reason, of task: TaskID) {
    self.reason = reason
    self.task = task
  }

  /// Why, without what clears it.
  var text: String {
    switch reason.code {
    case .ready: "ready"
    case .reused: "attempt \(number("attempt")) did the same work already"
    case .dependencies: "after \(list("tasks"))"
    case .backOff: "attempt \(number("attempt")) failed; the next one comes later"
    case .rateLimited: "the other side asked for a pause"
    case .settling: "paid work waits a little after a commit, so that an amended typo is free"
    case .slots: "all places are taken"
    case .executorBusy: "`\(word("executor"))` is busy"
    case .keyBusy: "`\(word("key"))` has all its \(number("limit")) places taken"
    case .rate: "`\(word("executor"))` takes \(number("count")) starts in \(word("per"))"
    case .quota: quota
    case .pipelineBudget:
      "today's budget of \(money("budget")) for the pipeline \(word("pipeline")) is used up"
    case .effectBusy: "the same effect is under way in \(word("task"))"
    case .dayBudget: "today's budget of \(money("budget")) is used up"
    case .frozen: "dispatch is frozen"
    case .incident: "incident \(word("incident")) stops it"
    case .noSettings: "headway.json cannot be read, so nothing is planned"
    case .breaker: "its executor cannot work: incident \(word("incident"))"
    case .probe: "it finds out whether incident \(word("incident")) is over"
    case .approval: approval
    case .exhausted: "\(number("attempts")) attempts failed"
    case .refused: "the executor refused"
    case .badOutput: "its output failed its checks \(number("attempts")) times"
    case .invalidRequest: "the executor says that what was asked makes no sense"
    case .rejected: "rejected by \(word("by"))"
    case .uncertain: uncertain
    case .alreadyDone: "its effect was already done by \(word("by")) on \(word("on"))"
    case .taskBudget:
      "needs \(money("needs")), and it has used \(money("committed")) of its own \(money("budget"))"
    case .runBudget:
      "needs \(money("needs")), and \(money("committed")) of \(money("budget")) are used"
    case .noBudget: "paid work needs a run and a day budget in the project's currency"
    case .unknownCost: "nobody has written down what it may cost"
    case .denied: "denied: \(word("code"))"
    case .byPerson: byPerson
    case .secret: "its output holds what may be a secret: \(list("findings"))"
    case .approvalExpired: "nobody decided in time"
    case .withdrawn: "its approval record was removed from main"
    case .executorMissing: "there is no executor `\(word("executor"))` in force"
    case .compensation: "it undoes an effect, and a person has to want that: \(word("why"))"
    case .edited: "edits asked \(number("times")) times within an hour for paid work again"
    case .tooManyItems: tooManyItems
    case .badItems: "the items of \(word("list")) cannot become tasks: \(word("message"))"
    case .tooLarge:
      "its input of about \(number("tokens")) tokens does not fit into what `\(word("executor"))` "
        + "can take, \(number("room"))"
    case .upstream: "\(list("tasks")) did not succeed"
    case .condition: condition
    case .startTimeout: "it was not started within \(word("limit")) of being ready"
    case .finishTimeout: finishTimeout
    case .briefDeleted: "its brief was deleted"
    case .fileDeleted: "no file on main has its identity any more"
    case .overtaken: "the next instant of its schedule came"
    case .cancelledByPerson: "cancelled by \(word("by"))"
    case .taskRemoved: "its pipeline has no such task any more"
    }
  }

  /// What clears it: a time or something to do.
  var clearing: String {
    switch reason.clears {
    case .at(let instant): "until \(instant.second)"
    case .event(let event): step(event)
    }
  }

  /// Ledger words in people's words; commands stay as they are.
  private func step(_ event: String) -> String {
    switch reason.code {
    case .ready: "the next tick"
    case .dependencies: "when they have ended"
    case .slots: "when a place is free"
    case .executorBusy: "when `\(word("executor"))` has a place free"
    case .keyBusy: "when `\(word("key"))` has a place free"
    case .effectBusy: "when \(event) has ended"
    case .approval: "headway approve \(task), or headway reject \(task)"
    default: event
    }
  }

  private var uncertain: String {
    let text = "nobody knows whether its external effect happened"
    guard let answer = reason.values["answer"]?.text else { return text }
    let count = number("asked")
    return "\(text); looked for it \(count == "1" ? "once" : "\(count) times"), at last: \(answer)"
  }

  private var finishTimeout: String {
    guard let next = reason.values["next"]?.text else {
      return "it was not finished within \(word("limit"))"
    }
    return "its next try, at \(next), could not have finished within \(word("limit"))"
  }

  /// Says where, when it is not this very task that somebody holds.
  private var byPerson: String {
    let subject = reason.values["at"]?.text ?? task.description
    let why = reason.values["reason"]?.text ?? ""
    return
      (subject == task.description
      ? "held by \(word("by"))" : "\(subject) is held by \(word("by"))")
      + (why.isEmpty ? "" : ": \(why)")
  }

  private var quota: String {
    let key = word("key")
    let whose = key.isEmpty ? "" : " of `\(key)`"
    return "the quota `\(word("name"))`\(whose) is used up: \(number("used")) of \(number("limit"))"
  }

  private var approval: String {
    let count = number("count")
    let people = count == "1" ? "a \(word("role"))" : "\(count) × \(word("role"))"
    if let landed = reason.values["landed"]?.text {
      return "waits for the signature of \(people); landed, unapproved: \(landed)"
    }
    return "waits for the signature of \(people)"
  }

  private var tooManyItems: String {
    let (count, most) = (number("count"), number("most"))
    return word("limit") == "tasksPerRun"
      ? "with \(word("list")) the run would have \(count) tasks, and `tasksPerRun` allows \(most)"
      : "\(word("list")) has \(count) items, and `\(word("limit"))` allows \(most)"
  }

  private var condition: String {
    let found =
      reason.values["found"].map { "it is \(String(decoding: $0.compact, as: UTF8.self))" }
      ?? "there is nothing to read"
    return "`\(word("condition"))` does not hold: \(found)"
  }

  private func word(_ key: String) -> String { reason.values[key]?.text ?? "?" }

  private func number(_ key: String) -> String {
    reason.values[key]?.integer.map(String.init) ?? "?"
  }

  private func list(_ key: String) -> String {
    let names = reason.values[key]?.elements?.compactMap(\.text) ?? []
    return names.isEmpty ? "others" : names.joined(separator: ", ")
  }

  private func money(_ key: String) -> String {
    reason.values[key].flatMap { Money(json: $0) }?.description ?? "?"
  }
}
