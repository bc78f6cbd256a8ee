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
    return ParameterCheck(
      pipeline: pipeline, given: brief.parameters,
      ownFields: ["pipeline", "title", "due", "priority", "budget"], mark: node?.mark ?? .start
    ).values(&reading)
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
