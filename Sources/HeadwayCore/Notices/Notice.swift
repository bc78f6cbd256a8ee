/// Something that a person should hear of once.
package struct Notice: Hashable, Sendable {
  /// The same for the same news, however often it is looked at.
  package let id: String
  package let kind: Kind
  package let subject: String
  /// One line for people.
  package let text: String
  /// The command that answers it, where there is one.
  package let answer: String?

  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case waits, held, budget, deadline, incident, frozen
  }

  package init(id: String, kind: Kind, subject: String, text: String, answer: String?) {
    self.id = id
    self.kind = kind
    self.subject = subject
    self.text = text
    self.answer = answer
  }

  package var json: JSONValue {
    [
      "id": .string(id), "kind": .string(kind.rawValue), "subject": .string(subject),
      "text": .string(text), "answer": .optional(answer),
    ]
  }
}

extension Board {
  /// All that is worth telling now, in a total order.
  package func notices(rules: Rules, at time: Instant) -> [Notice] {
    var notices: [Notice] = []
    if let freeze = main?.freeze {
      notices.append(
        Notice(
          id: "frozen \(freeze.at)", kind: .frozen, subject: "dispatch",
          text: "\(freeze.by) froze all dispatch: \(freeze.reason)", answer: "headway thaw"))
    }
    for incident in incidents.values.sorted(by: { $0.id < $1.id }) {
      notices.append(
        Notice(
          id: "incident \(incident.id)", kind: .incident, subject: incident.id,
          text: incident.reason, answer: incident.answer))
    }
    for task in tasksInOrder {
      if let notice = notice(of: task) { notices.append(notice) }
    }
    return notices + deadlineNotices + budgetNotices(rules: rules, at: time)
  }

  private func notice(of task: BoardTask) -> Notice? {
    let id = task.record.id
    switch task.record.state {
    case .waiting:
      guard let proposal = task.proposal else { return nil }
      return Notice(
        id: "waits \(proposal.attempt)", kind: .waits, subject: id.description,
        text: "\(id) waits for \(proposal.requirement.role) until \(proposal.expires)",
        answer: "git merge --no-ff -S \(proposal.branch)")
    case .held:
      guard let reason = task.record.reason else { return nil }
      var answer: String?
      if case .event(let command) = reason.clears { answer = command }
      return Notice(
        id: "held \(id) \(reason.since)", kind: .held, subject: id.description,
        text: "\(id) is held: \(reason.code.rawValue)", answer: answer)
    case .pending, .running, .succeeded, .failed, .skipped, .expired, .cancelled: return nil
    }
  }
}
