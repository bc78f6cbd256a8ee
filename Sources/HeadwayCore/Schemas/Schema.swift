/// The shape of a value in a file: what decoding checks, and what the published JSON Schemas say.
package indirect enum Schema: Sendable {
  case text(TextFormat)
  case choice([String])
  case integer(ClosedRange<Int64>)
  case flag
  /// Any value; its meaning is decided by something in another file.
  case anything
  case list(of: Schema, atLeast: Int)
  /// An object whose keys are chosen by the author.
  case map(keys: TextFormat, of: Schema)
  case object(ObjectSchema)
  /// Objects told apart by the text of one field.
  case variants(VariantSchema)
  /// Schemas of different shapes: text, list, object.
  case either([Schema])

  package static func list(of element: Schema) -> Schema { .list(of: element, atLeast: 0) }
}

/// An object with known fields.
package struct ObjectSchema: Sendable {
  package var fields: [FieldSchema]
  /// Whether fields that are not listed are kept rather than refused.
  package var isOpen = false
  /// Of each of these lists exactly one field must be given.
  package var exactlyOne: [[String]] = []

  package init(_ fields: [FieldSchema], isOpen: Bool = false, exactlyOne: [[String]] = []) {
    self.fields = fields
    self.isOpen = isOpen
    self.exactlyOne = exactlyOne
  }

  package func field(_ name: String) -> FieldSchema? { fields.first { $0.name == name } }
}

/// One field of an object.
package struct FieldSchema: Sendable {
  package let name: String
  package let schema: Schema
  package let isRequired: Bool
  /// What its absence means; shown to readers and in the published schema.
  package let fallback: JSONValue?
  package let doc: String

  package static func required(_ name: String, _ schema: Schema, _ doc: String) -> FieldSchema {
    FieldSchema(name: name, schema: schema, isRequired: true, fallback: nil, doc: doc)
  }

  package static func optional(
    _ name: String, _ schema: Schema, or fallback: JSONValue? = nil, _ doc: String
  ) -> FieldSchema {
    FieldSchema(name: name, schema: schema, isRequired: false, fallback: fallback, doc: doc)
  }

  /// The key under which any file may name its JSON Schema.
  package static let schemaReference = FieldSchema.optional(
    "$schema", .text(.line), "where an editor finds the JSON Schema of this file")
}

/// Objects of several kinds under one roof.
package struct VariantSchema: Sendable {
  package let field: String
  package let variants: [(name: String, schema: ObjectSchema)]
  /// Kinds that the design has and this version has not.
  package let notBuilt: [String]

  package init(
    by field: String, _ variants: [(name: String, schema: ObjectSchema)], notBuilt: [String] = []
  ) {
    self.field = field
    self.variants = variants
    self.notBuilt = notBuilt
  }
}
