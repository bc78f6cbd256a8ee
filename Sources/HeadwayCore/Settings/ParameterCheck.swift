/// Holds the parameters that a file gives against those that a pipeline declares.
struct ParameterCheck {
  let pipeline: Pipeline
  let given: [Node.Field]
  /// The file's own fields, which a slip of the pen may have meant.
  var ownFields: [String] = []
  /// Where to say that one is missing.
  let mark: Mark

  /// The values of all parameters, or `nil` after telling what is wrong.
  func values(_ reading: inout FileReading) -> [String: JSONValue]? {
    var values: [String: JSONValue] = [:]
    var isSound = true
    let known = pipeline.parameters.map(\.name)
    for given in given {
      guard let parameter = pipeline.parameters.first(where: { $0.name == given.key }) else {
        reading.report(
          "unknown field `\(given.key)`: `\(pipeline.name)` has no such parameter",
          at: given.mark,
          hint: Nearest.hint(for: given.key, among: known + ownFields, listing: "known fields"))
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
      } else if !given.contains(where: { $0.key == parameter.name }) {
        reading.report(
          "`\(parameter.name)` is missing: `\(pipeline.name)` needs \(parameter.type.noun)",
          at: mark, hint: parameter.doc)
        isSound = false
      }
    }
    return isSound ? values : nil
  }
}
