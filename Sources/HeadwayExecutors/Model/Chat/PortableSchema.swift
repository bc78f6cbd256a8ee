internal import HeadwayCore

/// The part of JSON Schema that every vendor's structured output understands.
///
/// What it cannot say is moved into descriptions or left to the check of the reply, which is
/// always made against the full schema.
enum PortableSchema {
  private static let deepest = 5
  private static let mostProperties = 100
  private static let formats: Set<String> = [
    "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid",
  ]
  private static let bounds = [
    "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "maxItems", "minItems", "uniqueItems", "const", "enum",
    "format",
  ]

  /// `nil` for a schema that has no portable form; then the prompt alone describes it.
  static func of(_ schema: JSONValue) -> JSONValue? {
    guard schema["type"]?.text == "object" else { return nil }
    var writer = Writer(root: schema)
    return writer.write(schema, depth: 0, references: [])
  }

  private struct Writer {
    let root: JSONValue
    var properties = 0

    mutating func write(_ schema: JSONValue, depth: Int, references: [String]) -> JSONValue? {
      guard depth <= deepest, case .object(let fields) = schema else { return nil }
      if let target = fields["$ref"]?.text {
        // A recursive schema cannot be written out.
        guard !references.contains(target), let found = resolve(target) else { return nil }
        return write(found, depth: depth, references: references + [target])
      }
      let unspeakable = [
        "allOf", "not", "if", "patternProperties", "dependentSchemas", "dependentRequired",
        "prefixItems", "contains", "propertyNames",
      ]
      guard unspeakable.allSatisfy({ fields[$0] == nil }) else { return nil }
      var written: [String: JSONValue] = [:]
      if let choices = (fields["anyOf"] ?? fields["oneOf"])?.elements {
        var kept: [JSONValue] = []
        for choice in choices {
          guard let one = write(choice, depth: depth + 1, references: references) else {
            return nil
          }
          kept.append(one)
        }
        written["anyOf"] = .array(kept)
      }
      if let type = fields["type"] { written["type"] = type }
      if let items = fields["items"] {
        guard let one = write(items, depth: depth + 1, references: references) else { return nil }
        written["items"] = one
      }
      keepValues(fields, in: &written)
      let types = fields["type"]?.elements?.compactMap(\.text) ?? [fields["type"]?.text ?? ""]
      if types.contains("object") {
        guard writeMembers(fields, depth: depth, references: references, to: &written) else {
          return nil
        }
      }
      return written.isEmpty ? nil : .object(written)
    }

    /// Strings to choose from and known formats stay; every other bound becomes a description.
    private func keepValues(_ fields: [String: JSONValue], in written: inout [String: JSONValue]) {
      if let values = fields["enum"]?.elements, values.allSatisfy({ $0.text != nil }) {
        written["enum"] = .array(values)
      } else if let value = fields["const"], value.text != nil {
        written["enum"] = .array([value])
      }
      if let format = fields["format"]?.text, formats.contains(format) {
        written["format"] = .string(format)
      }
      if let least = fields["minItems"]?.integer, least <= 1 {
        written["minItems"] = .integer(least)
      }
      var notes = fields["description"]?.text.map { [$0] } ?? []
      for bound in bounds where written[bound] == nil {
        if bound == "const", written["enum"] != nil { continue }
        if let value = fields[bound] {
          notes.append("\(bound): \(String(decoding: value.compact, as: UTF8.self))")
        }
      }
      if !notes.isEmpty { written["description"] = .string(notes.joined(separator: "; ")) }
    }

    private mutating func writeMembers(
      _ fields: [String: JSONValue], depth: Int, references: [String],
      to written: inout [String: JSONValue]
    ) -> Bool {
      // An object of names that nobody knows beforehand has no portable form.
      guard let members = fields["properties"]?.fields, !members.isEmpty else { return false }
      if case .object? = fields["additionalProperties"] { return false }
      properties += members.count
      guard properties <= mostProperties,
        members.keys.allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } })
      else { return false }
      let required = Set(fields["required"]?.elements?.compactMap(\.text) ?? [])
      var kept: [String: JSONValue] = [:]
      for (name, schema) in members {
        guard let one = write(schema, depth: depth + 1, references: references) else {
          return false
        }
        kept[name] = required.contains(name) ? one : Self.nullable(one)
      }
      written["properties"] = .object(kept)
      written["required"] = .array(members.keys.sorted().map { .string($0) })
      written["additionalProperties"] = false
      return true
    }

    /// Every member must be listed as required, so that one that may be missing may be null.
    private static func nullable(_ schema: JSONValue) -> JSONValue {
      guard case .object(var fields) = schema else { return schema }
      if fields["enum"] == nil, let type = fields["type"] {
        let types = type.elements ?? [type]
        if !types.contains("null") { fields["type"] = .array(types + ["null"]) }
        return .object(fields)
      }
      return ["anyOf": [schema, ["type": "null"]]]
    }

    private func resolve(_ target: String) -> JSONValue? {
      guard target.hasPrefix("#/") else { return nil }
      var value: JSONValue? = root
      for part in target.dropFirst(2).split(separator: "/") {
        let name = part.replacing("~1", with: "/").replacing("~0", with: "~")
        value = value?[String(name)]
      }
      return value
    }
  }

  /// A reply without the nulls that only the portable form asked for.
  static func withoutFillers(_ value: JSONValue, _ schema: JSONValue, depth: Int = 0) -> JSONValue {
    guard depth < 64 else { return value }
    switch value {
    case .array(let elements):
      guard let items = schema["items"] else { return value }
      return .array(elements.map { withoutFillers($0, items, depth: depth + 1) })
    case .object(let fields):
      let required = Set(schema["required"]?.elements?.compactMap(\.text) ?? [])
      var kept: [String: JSONValue] = [:]
      for (name, member) in fields {
        let rule = schema["properties"]?[name]
        if member == .null, !required.contains(name), let rule, !mayBeNull(rule) { continue }
        kept[name] = rule.map { withoutFillers(member, $0, depth: depth + 1) } ?? member
      }
      return .object(kept)
    default: return value
    }
  }

  private static func mayBeNull(_ schema: JSONValue) -> Bool {
    do throws(SchemaFault) { return try JSONSchema(schema).findings(in: .null).isEmpty } catch {
      // A schema that stands on references of its document: only its own type can tell.
      return schema["type"].map { ($0.elements ?? [$0]).contains("null") } ?? false
    }
  }
}
