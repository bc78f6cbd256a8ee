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
      check(output, of: maker, at: place, &reading)
      checkPair(of: earlier, with: task, ["if"], &reading)
    }
  }

  private func check(
    _ name: String, of maker: TaskTemplate, at place: Mark, _ reading: inout FileReading
  ) {
    guard let output = maker.outputs.first(where: { $0.name == name }) else {
      reading.report(
        "`if`: `\(maker.name)` makes no `\(name)`", at: place,
        hint: Nearest.hint(for: name, among: maker.outputs.map(\.name), listing: "its outputs"))
      return
    }
    if output.isOptional {
      reading.report("`if`: `\(name)` may be missing, so nothing can depend on it", at: place)
    } else if output.kind == .binary {
      reading.report("`if`: `\(name)` is binary, so it has no fields", at: place)
    }
  }
}
