extension PipelineCheck {
  func checkItems(_ task: TaskTemplate, _ reading: inout FileReading) {
    guard let each = task.each else {
      if task.most != nil {
        reading.report("`max` without `each` decides nothing", at: mark(task.name, "max"))
      }
      return
    }
    let place = mark(task.name, "each")
    if task.name.text.utf8.count > FanItem.longestTemplate {
      reading.report(
        "`each`: the name of such a task has at most \(FanItem.longestTemplate) characters",
        at: place, hint: "the names of its items follow it")
    }
    switch each {
    case .list(let text):
      let lists = pipeline.parameters.filter { $0.type == .array }.map(\.name)
      if !lists.contains(where: { text == "{{\($0)}}" }) {
        reading.report(
          "`each`: `\(text)` is not a list parameter", at: place,
          hint: lists.isEmpty
            ? "declare one with `\"type\": \"array\"`"
            : Nearest.hint(
              for: text, among: lists.map { "{{\($0)}}" }, listing: "list parameters"))
      }
    case .files(let texts):
      for text in texts {
        checkTemplate(text, "each", at: place, among: Scope.names(of: pipeline), &reading)
      }
    case .output(let output): check(output, of: task, &reading)
    }
    if let once = task.once, !namesItem(once) {
      reportShared(once: mark(task.name, "once"), &reading)
    }
  }

  func namesItem(_ text: String) -> Bool {
    let names: [String]
    // A template that cannot be read is told where templates are checked.
    do { names = try Template(text).names } catch { return true }
    return names.contains { Scope.itemNames.contains(String($0.prefix { $0 != "." })) }
  }

  /// Its items are delivered by one task that comes before it, whole.
  private func check(
    _ place: OutputPlace, of task: TaskTemplate, _ reading: inout FileReading
  ) {
    let mark = mark(task.name, "each", "output")
    guard let maker = pipeline.task(place.task), maker.name != task.name else {
      let names = pipeline.tasks.map(\.name).filter { $0 != task.name }
      reading.report(
        "`each`: no other task is called `\(place.task)`", at: mark,
        hint: Nearest.hint(for: place.task.text, among: names.map(\.text), listing: "tasks"))
      return
    }
    check(place.output, of: maker, for: "each", at: mark, &reading)
    if maker.each != nil {
      reading.report("`each`: `\(maker.name)` is done once for each item itself", at: mark)
    }
    if place.field != nil, !place.isJSON {
      reading.report(
        "`each`: `\(place.output)` is not called `….json`, so it has no fields", at: mark,
        hint: "without a field, each of its lines is an item")
    }
    let isRead = pipeline.tasks.contains { other in
      guard case .field(place.task, place.output, let path)? = other.condition?.subject else {
        return false
      }
      return path == place.field
    }
    if isRead {
      reading.report(
        "`each`: `\(place)` is a list, and an `if` compares it with one value", at: mark)
    }
  }
}
