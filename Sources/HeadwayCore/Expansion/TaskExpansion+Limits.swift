extension TaskExpansion {
  /// A key stands in decisions and sentences, so it is one short line of visible text.
  private static let longestKey = 200

  mutating func limits(of task: TaskTemplate) -> TaskLimits {
    var limits = TaskLimits(cost: task.limits.cost)
    if let cost = limits.cost, cost.currency != settings.currency {
      report(
        "`cost`: \(cost.currency) is not the project's currency, \(settings.currency)",
        of: task.name, "limits")
    }
    for limit in task.limits.concurrency {
      let key = key(limit.key, of: task.name)
      // Two templates that render alike are one key, and the tighter bound holds.
      limits.concurrency[key] = min(limits.concurrency[key] ?? limit.count, limit.count)
    }
    limits.quotas = task.limits.quotas.map { quota in
      let window: QuotaWindow =
        switch quota.window {
        case .sliding(let span): .sliding(span)
        case .calendar(let unit, let zone): .calendar(unit, zone ?? settings.timeZone)
        }
      return QuotaRule(
        name: quota.name, key: quota.key.isEmpty ? "" : key(quota.key, of: task.name),
        amount: quota.amount, limit: quota.limit, window: window, onExceed: quota.onExceed)
    }
    return limits
  }

  private mutating func key(_ template: String, of task: Name) -> String {
    let key = text(template, "limits", of: task)
    if key.isEmpty || key.utf8.count > Self.longestKey
      || key.unicodeScalars.contains(where: \.isInvisible)
    {
      report(
        "`limits`: the key `\(template)` is not one line of visible text, "
          + "\(Self.longestKey) bytes at most", of: task, "limits")
    }
    return key
  }
}
