extension PipelineCheck {
  /// A condition reads what the run was asked for, or what a task right before this one delivers.
  func checkCondition(_ task: TaskTemplate, _ reading: inout FileReading) {
    guard let condition = task.condition else { return }
    let place = mark(task.name, "if")
    switch condition.subject {
    case .name(let name):
      checkTemplate("{{\(name)}}", "if", at: place, among: names(for: task), &reading)
    case .field(let earlier, let output, _):
      guard task.after.contains(earlier) else {
        reading.report(
          "`if`: `\(earlier)` does not come right before this task", at: place,
          hint: Nearest.hint(
            for: earlier.text, among: task.after.map(\.text), listing: "`after`"))
        return
      }
      guard let maker = pipeline.task(earlier) else { return }
      check(output, of: maker, for: "if", at: place, &reading)
      checkPair(of: earlier, with: task, ["if"], &reading)
    }
  }

  /// An output that `field` of a later task reads has to be there, and to be text.
  func check(
    _ name: String, of maker: TaskTemplate, for field: String, at place: Mark,
    _ reading: inout FileReading
  ) {
    guard let output = maker.outputs.first(where: { $0.name == name }) else {
      reading.report(
        "`\(field)`: `\(maker.name)` makes no `\(name)`", at: place,
        hint: Nearest.hint(for: name, among: maker.outputs.map(\.name), listing: "its outputs"))
      return
    }
    if output.isOptional {
      reading.report(
        "`\(field)`: `\(name)` may be missing, so nothing can depend on it", at: place)
    } else if output.kind == .binary {
      reading.report("`\(field)`: `\(name)` is binary, so nothing can read it", at: place)
    }
  }
}
