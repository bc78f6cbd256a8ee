/// News about money and time.
extension Board {
  /// The shares of a budget at which people hear of it, in percent.
  private static let budgetMarks: [Int64] = [100, 80, 50]

  /// Of the day, of each pipeline that has a day of its own, and of each active run.
  func budgetNotices(rules: Rules, at time: Instant) -> [Notice] {
    let day = time.day
    var notices = [
      budgetNotice(day, spent: spend.days[day] ?? 0, of: rules.dayCost, name: "today's")
    ]
    for (name, rule) in rules.pipelines.sorted(by: { $0.key < $1.key }) {
      notices.append(
        budgetNotice(
          "\(day) \(name)", spent: spend.pipelines[day]?[name.text] ?? 0, of: rule.dayCost,
          name: "today's budget for \(name),"))
    }
    for run in runsInOrder where run.record.state == .active {
      notices.append(
        budgetNotice(
          run.record.id.text, spent: spend.runs[run.record.id] ?? 0,
          of: rules.runCap(of: run.record), name: "\(run.record.id)'s"))
    }
    return notices.compactMap(\.self)
  }

  private func budgetNotice(
    _ subject: String, spent: Int64, of cap: Money?, name: String
  ) -> Notice? {
    guard let cap, cap.micros > 0,
      let mark = Self.budgetMarks.first(where: { spent >= cap.micros / 100 * $0 })
    else { return nil }
    let amount = Money(micros: spent, currency: cap.currency)
    return Notice(
      id: "budget \(subject) \(mark)", kind: .budget, subject: subject,
      text: "\(amount) of \(name) \(cap) are spent (\(mark) % and more)", answer: nil)
  }

  /// The last word about each deadline that somebody was warned of.
  var deadlineNotices: [Notice] {
    tasksInOrder.compactMap { task in
      guard let last = task.record.warnings.last else { return nil }
      let id = task.record.id
      let text =
        switch last.code {
        case .atRisk: "\(id) will probably miss \(last.deadline): expected \(last.expected)"
        case .missed: "\(id) missed its deadline \(last.deadline)"
        case .recovered: "\(id) will probably meet \(last.deadline) after all"
        }
      return Notice(
        id: "deadline \(id) \(last.code.rawValue) \(last.deadline)", kind: .deadline,
        subject: id.description, text: text, answer: "headway explain \(id)")
    }
  }
}
