/// Turns the JSON of a schema into rules, once, with every fault found on the way.
struct SchemaReader {
  let document: JSONValue
  private var pending: [String] = []
  private var known: Set<String> = []

  private static let annotations: Set<String> = [
    "$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples",
    "deprecated", "readOnly", "writeOnly",
  ]
  private static let unsupported: Set<String> = [
    "$anchor", "$dynamicAnchor", "$dynamicRef", "$vocabulary", "unevaluatedItems",
    "unevaluatedProperties", "contentEncoding", "contentMediaType", "contentSchema",
    "dependencies", "definitions", "additionalItems",
  ]
  private static let types: Set<String> = [
    "null", "boolean", "object", "array", "number", "string", "integer",
  ]

  init(document: JSONValue) { self.document = document }

  /// Reads what `$ref`s lead to, and what those lead to, each once.
  mutating func readReferences() throws(SchemaFault) -> [String: JSONSchema.Node] {
    var nodes: [String: JSONSchema.Node] = [:]
    while let target = pending.popLast() {
      guard let value = resolve(target) else {
        throw SchemaFault(pointer: target, reason: .unresolvedReference(target))
      }
      nodes[target] = try read(value, at: target)
    }
    if let definitions = document["$defs"]?.fields {
      // Unused definitions are read too: a mistake in one is a mistake of the file.
      for (name, value) in definitions.sorted(by: { $0.key < $1.key }) {
        _ = try read(value, at: "#/$defs/\(name.pointerToken)")
      }
    }
    return nodes
  }

  private func resolve(_ target: String) -> JSONValue? {
    if target == "#" { return document }
    guard target.hasPrefix("#/$defs/") else { return nil }
    let name = String(target.dropFirst(8))
    guard !name.contains("/") else { return nil }
    return document["$defs"]?[name.replacing("~1", with: "/").replacing("~0", with: "~")]
  }

  mutating func read(
    _ value: JSONValue, at pointer: String, depth: Int = 0
  ) throws(SchemaFault) -> JSONSchema.Node {
    guard depth < 64 else { throw SchemaFault(pointer: pointer, reason: .tooDeep) }
    if let flag = value.flag { return flag ? .anything : .nothing }
    guard let fields = value.fields else {
      throw SchemaFault(pointer: pointer, reason: .notASchema)
    }
    var place = Place(fields: fields, pointer: pointer, depth: depth)
    var rules: [JSONSchema.Rule] = []
    for keyword in fields.keys.sorted() where !Self.annotations.contains(keyword) {
      guard !place.done.contains(keyword) else { continue }
      if Self.unsupported.contains(keyword) {
        throw SchemaFault(pointer: pointer, reason: .unsupportedKeyword(keyword))
      }
      if let rule = try rule(keyword, &place) { rules.append(rule) }
    }
    return rules.isEmpty ? .anything : .rules(rules)
  }

  /// The subschema under reading and the keywords that one of its rules has used up.
  struct Place {
    let fields: [String: JSONValue]
    let pointer: String
    let depth: Int
    var done: Set<String> = []

    func wrong(_ keyword: String, _ expected: String) -> SchemaFault {
      SchemaFault(pointer: pointer, reason: .wrongValue(keyword: keyword, expected: expected))
    }
  }

  private mutating func rule(
    _ keyword: String, _ place: inout Place
  ) throws(SchemaFault) -> JSONSchema.Rule? {
    if let rule = try scalarRule(keyword, &place) { return rule }
    if let rule = try compositeRule(keyword, &place) { return rule }
    throw SchemaFault(pointer: place.pointer, reason: .unknownKeyword(keyword))
  }

  private mutating func scalarRule(
    _ keyword: String, _ place: inout Place
  ) throws(SchemaFault) -> JSONSchema.Rule? {
    switch keyword {
    case "type": return .types(try typeNames(place))
    case "const":
      guard let value = place.fields[keyword] else { return nil }
      return .oneOfValues([value])
    case "enum":
      guard let values = place.fields[keyword]?.elements, !values.isEmpty else {
        throw place.wrong(keyword, "a list with at least one value")
      }
      return .oneOfValues(values)
    case "minimum", "exclusiveMinimum":
      let (number, text) = try decimal(keyword, place)
      return .minimum(number, exclusive: keyword != "minimum", text: text)
    case "maximum", "exclusiveMaximum":
      let (number, text) = try decimal(keyword, place)
      return .maximum(number, exclusive: keyword != "maximum", text: text)
    case "multipleOf":
      let (number, text) = try decimal(keyword, place)
      guard !number.digits.isEmpty, !number.isNegative, number.significand != nil else {
        throw place.wrong(keyword, "a positive number of at most 18 digits")
      }
      return .multipleOf(number, text: text)
    case "minLength", "maxLength":
      return .length(try bound("minLength", "maxLength", &place))
    case "minItems", "maxItems": return .count(try bound("minItems", "maxItems", &place))
    case "minProperties", "maxProperties":
      return .size(try bound("minProperties", "maxProperties", &place))
    case "pattern":
      guard let text = place.fields[keyword]?.text else { throw place.wrong(keyword, "a text") }
      return .pattern(try pattern(text, place))
    case "format":
      guard let text = place.fields[keyword]?.text else { throw place.wrong(keyword, "a text") }
      guard let format = SchemaFormat(rawValue: text) else {
        throw SchemaFault(pointer: place.pointer, reason: .unknownFormat(text))
      }
      return .format(format)
    case "uniqueItems":
      guard let flag = place.fields[keyword]?.flag else {
        throw place.wrong(keyword, "true or false")
      }
      return flag ? .unique : .all([])
    case "required":
      return .required(try names(place.fields[keyword], keyword, place))
    case "dependentRequired":
      guard let fields = place.fields[keyword]?.fields else {
        throw place.wrong(keyword, "an object of lists of names")
      }
      var lists: [String: [String]] = [:]
      for (name, value) in fields { lists[name] = try names(value, keyword, place) }
      return .dependentRequired(lists)
    case "$ref":
      guard let target = place.fields[keyword]?.text else { throw place.wrong(keyword, "a text") }
      guard resolve(target) != nil else {
        throw SchemaFault(pointer: place.pointer, reason: .unresolvedReference(target))
      }
      if known.insert(target).inserted { pending.append(target) }
      return .reference(target)
    default: return nil
    }
  }

  private mutating func compositeRule(
    _ keyword: String, _ place: inout Place
  ) throws(SchemaFault) -> JSONSchema.Rule? {
    switch keyword {
    case "items", "prefixItems":
      place.done.formUnion(["items", "prefixItems"])
      let prefix = try place.fields["prefixItems"].map { value throws(SchemaFault) in
        try list(value, "prefixItems", place)
      }
      return .items(prefix: prefix ?? [], rest: try child("items", place))
    case "contains", "minContains", "maxContains":
      place.done.formUnion(["contains", "minContains", "maxContains"])
      var bound = try bound("minContains", "maxContains", &place)
      guard let node = try child("contains", place) else { return .all([]) }
      bound.minimum = bound.minimum ?? 1
      return .contains(node, bound)
    case "properties", "patternProperties", "additionalProperties":
      place.done.formUnion(["properties", "patternProperties", "additionalProperties"])
      return .properties(try properties(place))
    case "propertyNames":
      return try child(keyword, place).map { .propertyNames($0) }
    case "dependentSchemas": return .dependentSchemas(try table(keyword, place))
    case "allOf": return .all(try list(place.fields[keyword] ?? .null, keyword, place))
    case "anyOf": return .any(try list(place.fields[keyword] ?? .null, keyword, place))
    case "oneOf": return .one(try list(place.fields[keyword] ?? .null, keyword, place))
    case "not": return try child(keyword, place).map { .not($0) }
    case "if", "then", "else":
      place.done.formUnion(["if", "then", "else"])
      let (then, otherwise) = (try child("then", place), try child("else", place))
      guard let condition = try child("if", place) else { return .all([]) }
      return .when(condition, then: then, otherwise: otherwise)
    default: return nil
    }
  }
}

extension SchemaReader {
  private func typeNames(_ place: Place) throws(SchemaFault) -> [String] {
    let value = place.fields["type"]
    let list = value?.text.map { [$0] } ?? value?.elements?.compactMap(\.text) ?? []
    guard !list.isEmpty, list.count == value?.elements?.count ?? 1,
      list.allSatisfy(Self.types.contains)
    else {
      let known = Self.types.sorted().joined(separator: ", ")
      throw place.wrong("type", "one or several of \(known)")
    }
    return list
  }

  private func decimal(
    _ keyword: String, _ place: Place
  ) throws(SchemaFault) -> (ExactDecimal, String) {
    guard case .number(let number) = place.fields[keyword] else {
      throw place.wrong(keyword, "a number")
    }
    return (ExactDecimal(number), number.text)
  }

  private func bound(
    _ minimum: String, _ maximum: String, _ place: inout Place
  ) throws(SchemaFault) -> JSONSchema.Bound {
    place.done.formUnion([minimum, maximum])
    var bound = JSONSchema.Bound()
    for (keyword, path) in [
      (minimum, \JSONSchema.Bound.minimum), (maximum, \JSONSchema.Bound.maximum),
    ] {
      guard let value = place.fields[keyword] else { continue }
      guard let count = value.integer, (0...Int64(Int32.max)).contains(count) else {
        throw place.wrong(keyword, "a whole number, zero or more")
      }
      bound[keyPath: path] = Int(count)
    }
    return bound
  }

  private func names(
    _ value: JSONValue?, _ keyword: String, _ place: Place
  ) throws(SchemaFault) -> [String] {
    guard let elements = value?.elements else { throw place.wrong(keyword, "a list of names") }
    let names = elements.compactMap(\.text)
    guard names.count == elements.count else { throw place.wrong(keyword, "a list of names") }
    return names
  }

  private func pattern(_ text: String, _ place: Place) throws(SchemaFault) -> SchemaPattern {
    do {
      return try SchemaPattern(text)
    } catch {
      throw SchemaFault(pointer: place.pointer, reason: .badPattern(text, error.rawValue))
    }
  }

  private mutating func child(
    _ keyword: String, _ place: Place
  ) throws(SchemaFault) -> JSONSchema.Node? {
    guard let value = place.fields[keyword] else { return nil }
    return try read(value, at: "\(place.pointer)/\(keyword)", depth: place.depth + 1)
  }

  private mutating func list(
    _ value: JSONValue, _ keyword: String, _ place: Place
  ) throws(SchemaFault) -> [JSONSchema.Node] {
    guard let elements = value.elements, !elements.isEmpty else {
      throw place.wrong(keyword, "a list of schemas")
    }
    var nodes: [JSONSchema.Node] = []
    for (index, element) in elements.enumerated() {
      let pointer = "\(place.pointer)/\(keyword)/\(index)"
      nodes.append(try read(element, at: pointer, depth: place.depth + 1))
    }
    return nodes
  }

  private mutating func table(
    _ keyword: String, _ place: Place
  ) throws(SchemaFault) -> [String: JSONSchema.Node] {
    guard let value = place.fields[keyword] else { return [:] }
    guard let fields = value.fields else { throw place.wrong(keyword, "an object of schemas") }
    var nodes: [String: JSONSchema.Node] = [:]
    for (name, schema) in fields.sorted(by: { $0.key < $1.key }) {
      let pointer = "\(place.pointer)/\(keyword)/\(name.pointerToken)"
      nodes[name] = try read(schema, at: pointer, depth: place.depth + 1)
    }
    return nodes
  }

  private mutating func properties(
    _ place: Place
  ) throws(SchemaFault) -> JSONSchema.Properties {
    var properties = JSONSchema.Properties()
    properties.named = try table("properties", place)
    for (text, node) in try table("patternProperties", place).sorted(by: { $0.key < $1.key }) {
      properties.patterns.append((try pattern(text, place), node))
    }
    properties.additional = try child("additionalProperties", place)
    return properties
  }
}

extension String {
  /// This name as one step of a JSON pointer.
  var pointerToken: String { replacing("~", with: "~0").replacing("/", with: "~1") }
}
