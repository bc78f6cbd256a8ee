extension BoardRun {
  /// What the tasks named in `after` say by the task's join rule.
  enum Join {
    case met
    case open([Name])
    case impossible([Name])
    /// The task's condition does not hold for what it found.
    case declined(Condition, found: JSONValue?)
  }

  /// `current` names the tasks whose end can be relied on.
  func join(of task: TaskRecord, current: Set<Name>) -> Join {
    let join = ends(before: task, current: current)
    guard case .met = join, let rule = task.specification.condition else { return join }
    if case .field(let earlier, _, _) = rule.source, !current.contains(earlier) {
      return .open([earlier])
    }
    let found = value(for: rule)
    return found.map(rule.condition.holds) == true
      ? .met : .declined(rule.condition, found: found)
  }

  private func ends(before task: TaskRecord, current: Set<Name>) -> Join {
    var after = task.specification.after
    if let template = task.specification.item?.template, let fan = tasks[template]?.record,
      fan.isFan, fan.state != .succeeded, after.contains(template)
    {
      // Without its list, an item of it is asked for by nobody.
      return current.contains(template) ? .impossible([template]) : .open([template])
    }
    // A list that was expanded stands for nothing but the tasks that were made of it.
    after.removeAll { name in
      guard let earlier = tasks[name]?.record, earlier.isFan else { return false }
      return earlier.state == .succeeded && current.contains(name)
    }
    let open = after.filter { !current.contains($0) }
    let settled = after.filter(current.contains)
    let succeeded = settled.filter { tasks[$0]?.record.state == .succeeded }
    let other = settled.filter { tasks[$0]?.record.state != .succeeded }
    switch task.specification.when {
    case .allSucceeded:
      if !other.isEmpty { return .impossible(other) }
      return open.isEmpty ? .met : .open(open)
    case .allDone: return open.isEmpty ? .met : .open(open)
    case .anySucceeded:
      if !succeeded.isEmpty { return .met }
      return open.isEmpty ? .impossible(other) : .open(open)
    case .anyFailed:
      let failed = other.filter { tasks[$0]?.record.state != .skipped }
      if !failed.isEmpty { return .met }
      return open.isEmpty ? .impossible(after) : .open(open)
    }
  }
}
