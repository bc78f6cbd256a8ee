extension TaskExpansion {
  /// The items of `each`, each once, in the order in which they are given.
  mutating func fanOut(_ task: TaskTemplate, _ each: EachTemplate) -> [FanItem] {
    var fan = FanOut(template: task.name)
    do throws(FanOut.Fault) {
      switch each {
      case .list(let template):
        for value in try elements(of: template) { try fan.add(value) }
      case .files(let templates):
        for template in templates {
          for (path, name) in paths(of: template, task.name) {
            try fan.add(.string(path.text), called: templates.count == 1 ? name : nil)
          }
        }
      case .output(let place):
        // Not delivered yet, or another list than this one.
        guard let list = lists[task.name], list.place == place else { return [] }
        for value in try list.items() { try fan.add(value) }
      }
    } catch {
      report("`each`: \(error.message)", of: task.name, "each")
    }
    if let most = task.most, fan.items.count > most {
      report(
        "`each`: \(fan.items.count) items are more than `max` allows, \(most)", of: task.name, "max"
      )
      excess = .init(count: fan.items.count, most: most, limit: "max")
      return []
    }
    return fan.items
  }

  private func elements(of template: String) throws(FanOut.Fault) -> [JSONValue] {
    let value: JSONValue
    do { value = try Template(template).value(in: scope) } catch {
      throw FanOut.Fault(message: error.message)
    }
    guard let elements = value.elements else {
      throw FanOut.Fault(message: "`\(template)` is not a list")
    }
    return elements
  }

  /// The files that a template names, each with what its pattern's wildcard stands for.
  ///
  /// None is no mistake: there is nothing to do then.
  private mutating func paths(
    of template: String, _ task: Name
  ) -> [(path: FilePath, name: String?)] {
    paths(template, of: task).flatMap { text -> [(path: FilePath, name: String?)] in
      guard PathPattern.isPattern(text) else {
        return files(at: text, of: task).map { ($0.0, nil) }
      }
      let pattern = PathPattern(text)
      let found = project.listing.filter { path, file in
        (file.mode == .regular || file.mode == .executable) && pattern.matches(path)
      }
      return found.keys.sorted().map { ($0, PathPattern.stem(of: $0, in: text)) }
    }
  }

  /// What one task of the pipeline becomes in a run.
  enum Part {
    case task(TaskTemplate, FanItem?)
    /// The task that waits for the list which others are made of.
    case fan(TaskTemplate, OutputPlace)
  }

  func parts(of task: TaskTemplate) -> [Part] {
    let instances = items[task.name]?.map { Part.task(task, $0) } ?? [.task(task, nil)]
    guard case .output(let place)? = task.each else { return instances }
    return [.fan(task, place)] + instances
  }

  /// Nothing is executed for it: it stands for all of its instances until they are known.
  func fan(_ task: TaskTemplate, over place: OutputPlace, ordinal: Int) -> PlannedTask {
    let rule = FanRule(place: place, most: task.most)
    return PlannedTask(
      name: task.name, ordinal: ordinal, key: "\(pipeline.name)/\(task.name)/items",
      executor: task.executor, after: [place.task], estimate: Estimate(duration: .zero),
      priority: task.priority ?? occasion.priority, fan: rule, fingerprint: rule.parts.digest,
      parts: rule.parts)
  }

  /// The tasks that stand before this one: all instances of a template, or the one for the same
  /// item where both go over the same items.
  func after(_ task: TaskTemplate, _ item: FanItem?) -> [Name] {
    var names = task.after.flatMap { name -> [Name] in
      guard let items = items[name], pair(of: name, with: task, item) == nil else {
        return [instance(of: name, paired: task, item)]
      }
      return (isFan(name) ? [name] : []) + items.compactMap(\.task)
    }
    if item != nil, isFan(task.name), !names.contains(task.name) { names.append(task.name) }
    return names
  }

  private func isFan(_ name: Name) -> Bool {
    if case .output? = pipeline.task(name)?.each { true } else { false }
  }

  /// The task that `name` means for `item` of `task`.
  func instance(of name: Name, paired task: TaskTemplate, _ item: FanItem?) -> Name {
    pair(of: name, with: task, item) ?? name
  }

  private func pair(of name: Name, with task: TaskTemplate, _ item: FanItem?) -> Name? {
    guard let item, let other = pipeline.task(name), other.each == task.each else { return nil }
    return items[name]?.first { $0.value == item.value }?.task
  }

  func onReject(of task: TaskTemplate, _ item: FanItem?) -> RejectionRule? {
    task.onReject.map {
      RejectionRule(retry: instance(of: $0.retry, paired: task, item), times: $0.times)
    }
  }

  /// An instance may bear the name of another template, or of another template's instance.
  mutating func reportClashes(_ tasks: [PlannedTask]) {
    var owners: [Name: PlannedTask] = [:]
    for task in tasks {
      guard let other = owners.updateValue(task, forKey: task.name) else { continue }
      let template = task.item?.template ?? other.item?.template ?? task.name
      report("`each`: two tasks would be called `\(task.name)`", of: template, "each")
    }
  }
}
