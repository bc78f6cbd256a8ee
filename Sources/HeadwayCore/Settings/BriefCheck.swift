/// Holds a brief against the pipeline that it names.
struct BriefCheck {
  let brief: Brief
  let project: Project

  private var node: Node? { project.nodes[brief.path] }

  func diagnostics() -> [Diagnostic] {
    var reading = FileReading(brief.path)
    _ = parameters(&reading)
    return reading.diagnostics
  }

  /// The values of all parameters, or `nil` after telling what is wrong.
  func parameters(_ reading: inout FileReading) -> [String: JSONValue]? {
    guard let pipeline = project.pipelines[brief.pipeline] else {
      reportUnknownPipeline(&reading)
      return nil
    }
    var values: [String: JSONValue] = [:]
    var isSound = true
    let known = pipeline.parameters.map(\.name)
    for given in brief.parameters {
      guard let parameter = pipeline.parameters.first(where: { $0.name == given.key }) else {
        let names = known + ["pipeline", "title", "due", "priority", "budget"]
        reading.report(
          "unknown field `\(given.key)`: `\(pipeline.name)` has no such parameter",
          at: given.mark,
          hint: Nearest.hint(for: given.key, among: names, listing: "known fields"))
        isSound = false
        continue
      }
      guard let value = parameter.type.value(of: given.value) else {
        reading.report(
          "`\(given.key)`: expected \(parameter.type.noun), found \(given.value.kind)",
          at: given.value.mark)
        isSound = false
        continue
      }
      values[given.key] = value
    }
    for parameter in pipeline.parameters where values[parameter.name] == nil {
      if let fallback = parameter.fallback {
        values[parameter.name] = fallback
      } else if !brief.parameters.contains(where: { $0.key == parameter.name }) {
        reading.report(
          "`\(parameter.name)` is missing: `\(pipeline.name)` needs \(parameter.type.noun)",
          at: node?.mark ?? .start, hint: parameter.doc)
        isSound = false
      }
    }
    return isSound ? values : nil
  }

  private func reportUnknownPipeline(_ reading: inout FileReading) {
    let mark = node?.mark(at: ["pipeline"])
    let path = Project.path(ofPipeline: brief.pipeline)
    if project.blob(at: path) != nil {
      reading.report(
        "`pipeline`: `\(path)` has errors of its own", at: mark, hint: "mend that file first")
      return
    }
    reading.report(
      "`pipeline`: no pipeline is called `\(brief.pipeline)`", at: mark,
      hint: Nearest.hint(
        for: brief.pipeline.text, among: project.pipelines.keys.map(\.text).sorted(),
        listing: "pipelines"))
  }
}
