/// The JSON Schema (2020-12) of one kind of file, made from the schema that decoding checks.
package struct SchemaDocument: Sendable {
  package let kind: ProjectFile

  package init(_ kind: ProjectFile) { self.kind = kind }

  /// Its name in `docs/schemas/`.
  package var fileName: String { "\(kind.noun).json" }

  package var json: JSONValue {
    guard case .object(var fields) = Self.json(kind.schema) else { return .null }
    fields["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    fields["title"] = .string(title)
    return .object(fields)
  }

  private var title: String {
    switch kind {
    case .settings: "Headway settings (headway.json)"
    case .brief: "Headway brief (front matter of briefs/**.md)"
    case .pipeline: "Headway pipeline (pipelines/*.json)"
    case .executor: "Headway executor (executors/*.json)"
    case .model: "Headway model (models/**.json)"
    case .person: "Headway person (people/*.json)"
    case .schedule: "Headway schedule (schedules/*.json)"
    }
  }

  private static func json(_ schema: Schema) -> JSONValue {
    switch schema {
    case .anything: return [:]
    case .text(let format):
      return format.pattern.map { ["type": "string", "pattern": .string($0)] } ?? [
        "type": "string"
      ]
    case .choice(let choices): return ["enum": .array(choices.map(JSONValue.string))]
    case .integer(let range):
      return [
        "type": "integer", "minimum": .integer(range.lowerBound),
        "maximum": .integer(range.upperBound),
      ]
    case .flag: return ["type": "boolean"]
    case .list(let element, let least):
      var fields: [String: JSONValue] = ["type": "array", "items": json(element)]
      if least > 0 { fields["minItems"] = .integer(least) }
      return .object(fields)
    case .map(let keys, let element):
      var fields: [String: JSONValue] = ["type": "object", "additionalProperties": json(element)]
      if let pattern = keys.pattern { fields["propertyNames"] = ["pattern": .string(pattern)] }
      return .object(fields)
    case .object(let object): return json(object)
    case .variants(let variants):
      return ["oneOf": .array(variants.variants.map { json($0.schema) })]
    case .either(let schemas): return ["anyOf": .array(schemas.map(json))]
    }
  }

  private static func json(_ object: ObjectSchema) -> JSONValue {
    var properties: [String: JSONValue] = [:]
    for field in object.fields { properties[field.name] = json(field) }
    var fields: [String: JSONValue] = [
      "type": "object", "properties": .object(properties),
      "additionalProperties": .bool(object.isOpen),
    ]
    let required = object.fields.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !required.isEmpty { fields["required"] = .array(required) }
    let groups = object.exactlyOne.map { names in
      JSONValue.object(["oneOf": .array(names.map { ["required": [.string($0)]] })])
    }
    if !groups.isEmpty { fields["allOf"] = .array(groups) }
    return .object(fields)
  }

  private static func json(_ field: FieldSchema) -> JSONValue {
    var value = json(field.schema)
    if !field.isRequired, case .object(let inner) = value, !inner.isEmpty {
      // What may be left out may be written as `null` too.
      value = ["anyOf": [value, ["type": "null"]]]
    }
    guard case .object(var fields) = value else { return value }
    fields["description"] = .string(field.doc)
    if let fallback = field.fallback { fields["default"] = fallback }
    return .object(fields)
  }
}
