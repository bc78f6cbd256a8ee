/// A JSON Schema (2020-12) that has been read and understood completely.
///
/// Keywords that would change what is valid and that are not supported are refused when the
/// schema is read, so a schema never promises more than is checked.
package struct JSONSchema: Sendable {
  let root: Node
  let definitions: [String: Node]

  /// One subschema; `$ref` stays a name, so that recursive schemas are finite.
  indirect enum Node: Sendable {
    case anything
    case nothing
    case rules([Rule])
  }

  indirect enum Rule: Sendable {
    case types([String])
    case oneOfValues([JSONValue])
    case minimum(ExactDecimal, exclusive: Bool, text: String)
    case maximum(ExactDecimal, exclusive: Bool, text: String)
    case multipleOf(ExactDecimal, text: String)
    case length(Bound)
    case pattern(SchemaPattern)
    case format(SchemaFormat)
    case count(Bound)
    case unique
    case items(prefix: [Node], rest: Node?)
    case contains(Node, Bound)
    case size(Bound)
    case required([String])
    case properties(Properties)
    case propertyNames(Node)
    case dependentRequired([String: [String]])
    case dependentSchemas([String: Node])
    case all([Node])
    case any([Node])
    case one([Node])
    case not(Node)
    case when(Node, then: Node?, otherwise: Node?)
    case reference(String)
  }

  /// How many of something there may be.
  struct Bound: Hashable, Sendable {
    var minimum: Int?
    var maximum: Int?
  }

  /// The three keywords that together say which schema a member meets.
  struct Properties: Sendable {
    var named: [String: Node] = [:]
    var patterns: [(SchemaPattern, Node)] = []
    var additional: Node?
  }

  /// Reads a schema, every subschema and pattern included.
  package init(_ value: JSONValue) throws(SchemaFault) {
    var reader = SchemaReader(document: value)
    root = try reader.read(value, at: "#")
    definitions = try reader.readReferences()
  }
}

/// Why a schema can't be used.
package struct SchemaFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where in the schema, as a JSON pointer that starts with `#`.
  package let pointer: String
  package let reason: Reason

  package enum Reason: Hashable, Sendable {
    case notASchema
    case unknownKeyword(String)
    case unsupportedKeyword(String)
    case wrongValue(keyword: String, expected: String)
    case unresolvedReference(String)
    case badPattern(String, String)
    case unknownFormat(String)
    case tooDeep
  }

  package var description: String {
    let text =
      switch reason {
      case .notASchema: "a schema is an object, true or false"
      case .unknownKeyword(let word): "`\(word)` is no keyword of JSON Schema 2020-12"
      case .unsupportedKeyword(let word): "`\(word)` is not supported"
      case .wrongValue(let word, let expected): "`\(word)` must be \(expected)"
      case .unresolvedReference(let target):
        "`$ref` names \(target), which is not in this schema"
      case .badPattern(let pattern, let why): "the pattern `\(pattern)` \(why)"
      case .unknownFormat(let name): "the format `\(name)` is not known"
      case .tooDeep: "the schema nests deeper than 64 levels"
      }
    return "\(pointer): \(text)"
  }
}

/// One way in which a value fails a schema.
package struct SchemaFinding: Hashable, Sendable, CustomStringConvertible {
  /// The place in the value, as a JSON pointer; empty for the whole.
  package let pointer: String
  package let message: String

  package var description: String {
    "\(pointer.isEmpty ? "the value" : pointer) \(message)"
  }
}
