internal import HeadwayCore

/// Fills a JSON output from what inputs state literally, and refuses when that is not enough.
struct ExtractedRecord {
  private let order: WorkOrder
  private let material: Material
  private let assignment: Assignment

  init(_ order: WorkOrder, _ material: Material, _ assignment: Assignment) {
    self.order = order
    self.material = material
    self.assignment = assignment
  }

  func written(_ output: WorkOrder.DeclaredOutput) throws(Failure) -> ExtractiveModel.Written {
    guard let schema = output.schema else {
      throw Failure(
        .badOutput, "\(output.name) has no `schema`; without one there is nothing to fill in")
    }
    let rules: JSONSchema
    do {
      rules = try JSONSchema(schema)
    } catch {
      throw Failure(.invalidRequest, "the schema of \(output.name): \(error)")
    }
    guard let value = value(for: schema, called: "", depth: 0) else {
      throw Failure(.badOutput, "nothing in the inputs fills \(output.name)")
    }
    let findings = rules.findings(in: value)
    if let first = findings.first {
      throw Failure(
        .badOutput,
        "\(output.name) can't be filled from the inputs: \(first)"
          + (findings.count > 1 ? " (and \(findings.count - 1) more)" : ""))
    }
    return .init(text: String(decoding: value.canonical, as: UTF8.self), confidence: 800)
  }

  /// `nil` where the inputs say nothing.
  private func value(for schema: JSONValue, called name: String, depth: Int) -> JSONValue? {
    guard depth < 8 else { return nil }
    if let constant = schema["const"] { return constant }
    if let stated = order.parameters[name] ?? stated(name, schema) { return stated }
    switch schema["type"]?.text {
    case "object":
      var fields: [String: JSONValue] = [:]
      for (key, part) in schema["properties"]?.fields ?? [:] {
        if let value = value(for: part, called: key, depth: depth + 1) { fields[key] = value }
      }
      return .object(fields)
    case "array": return list(schema, called: name)
    case "string": return text(called: name).map { .string($0) } ?? schema["default"]
    default: return schema["default"]
    }
  }

  /// A `key: value` of some input, read as the type that the schema asks for.
  private func stated(_ name: String, _ schema: JSONValue) -> JSONValue? {
    guard !name.isEmpty, let text = material.facts[name.lowercased()] else { return nil }
    switch schema["type"]?.text {
    case "string": return .string(text)
    case "boolean":
      return ["true": true, "yes": true, "false": false, "no": false][text.lowercased()]
        .map { .bool($0) }
    case "integer", "number":
      let number = text.prefix { $0.isNumber || $0 == "." || $0 == "," || $0 == "-" }
      return JSONNumber(String(number.filter { $0 != "," })).map { .number($0) }
    default: return nil
    }
  }

  private func text(called name: String) -> String? {
    switch name.lowercased() {
    case "title", "headline": return assignment.title
    case "summary", "abstract", "description", "excerpt":
      return Composition.summarised(material, assignment)?.opening
        .flatMap(\.sentences).prefix(3).joined(separator: " ")
    default: return nil
    }
  }

  private func list(_ schema: JSONValue, called name: String) -> JSONValue? {
    let most = schema["maxItems"]?.integer.map { Int(clamping: $0) } ?? 5
    guard schema["items"]?["type"]?.text == "string" else { return nil }
    let selection = Selection(material.passages, assignment)
    let chosen = selection.choose(words: 600)
    let texts: [String]
    switch name.lowercased() {
    case "quotes":
      texts = chosen.map(selection.passage).filter { $0.speaker != nil }.map(\.text)
    case "points", "sentences", "highlights", "findings", "key_points":
      texts = chosen.map(selection.passage).map(\.text)
    case "sources", "citations":
      texts = Set(chosen.map { selection.passages[$0.passage].citation }).sorted()
    default: return nil
    }
    return texts.isEmpty ? nil : .array(texts.prefix(max(0, most)).map { .string($0) })
  }
}
