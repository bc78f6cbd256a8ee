extension JSONSchema {
  /// The most findings that are listed; more would only repeat themselves.
  package static let mostFindings = 20

  /// What is wrong with `value`, in the order of its places; empty when it is valid.
  package func findings(in value: JSONValue) -> [SchemaFinding] {
    var check = SchemaEvaluation(definitions: definitions)
    check.apply(root, to: value, at: "", depth: 0)
    return check.findings
  }
}

/// One validation; bounded in depth and in steps, because `anyOf` and `$ref` together can ask
/// for exponential work.
private struct SchemaEvaluation {
  let definitions: [String: JSONSchema.Node]
  var findings: [SchemaFinding] = []
  var steps = 0

  private static let deepest = 128
  private static let mostSteps = 2_000_000

  mutating func report(_ pointer: String, _ message: String) {
    guard findings.count < JSONSchema.mostFindings else { return }
    findings.append(SchemaFinding(pointer: String(pointer.prefix(200)), message: message))
  }

  /// Whether `value` meets `node`; its findings are dropped, but not the work that they took.
  private mutating func accepts(
    _ node: JSONSchema.Node, _ value: JSONValue, at pointer: String, depth: Int
  ) -> Bool {
    var trial = SchemaEvaluation(definitions: definitions, steps: steps)
    trial.apply(node, to: value, at: pointer, depth: depth)
    steps = trial.steps
    return trial.findings.isEmpty
  }

  mutating func apply(
    _ node: JSONSchema.Node, to value: JSONValue, at pointer: String, depth: Int
  ) {
    steps += 1
    guard depth < Self.deepest, steps < Self.mostSteps else {
      if steps <= Self.mostSteps + 1 || findings.isEmpty {
        report(pointer, "nests too deeply for its schema to be checked")
      }
      return
    }
    switch node {
    case .anything: return
    case .nothing: report(pointer, "must not be there")
    case .rules(let rules):
      for rule in rules { apply(rule, to: value, at: pointer, depth: depth + 1) }
    }
  }

  private mutating func apply(
    _ rule: JSONSchema.Rule, to value: JSONValue, at pointer: String, depth: Int
  ) {
    switch rule {
    case .types(let types):
      if !types.contains(where: value.isOfType) {
        report(pointer, "must be \(types.joined(separator: " or ")), not \(value.typeName)")
      }
    case .oneOfValues(let values):
      let found = value.comparable
      if !values.contains(where: { $0.comparable == found }) {
        let texts = values.prefix(8).map { String(decoding: $0.compact.prefix(60), as: UTF8.self) }
        let rest = values.count > 8 ? ", …" : ""
        report(
          pointer,
          values.count == 1
            ? "must be \(texts[0])" : "must be one of \(texts.joined(separator: ", "))\(rest)")
      }
    case .all(let nodes):
      for node in nodes { apply(node, to: value, at: pointer, depth: depth) }
    case .any(let nodes):
      for node in nodes where accepts(node, value, at: pointer, depth: depth) { return }
      report(pointer, "meets none of the \(nodes.count) schemas of `anyOf`")
    case .one(let nodes):
      var count = 0
      for node in nodes where accepts(node, value, at: pointer, depth: depth) { count += 1 }
      if count != 1 {
        report(pointer, "meets \(count) of the \(nodes.count) schemas of `oneOf`, not exactly one")
      }
    case .not(let node):
      if accepts(node, value, at: pointer, depth: depth) {
        report(pointer, "meets the schema of `not`")
      }
    case .when(let condition, let then, let otherwise):
      let branch = accepts(condition, value, at: pointer, depth: depth) ? then : otherwise
      if let branch { apply(branch, to: value, at: pointer, depth: depth) }
    case .reference(let target):
      apply(definitions[target] ?? .nothing, to: value, at: pointer, depth: depth)
    default: applyToContent(rule, value, at: pointer, depth: depth)
    }
  }

  private mutating func applyToContent(
    _ rule: JSONSchema.Rule, _ value: JSONValue, at pointer: String, depth: Int
  ) {
    switch value {
    case .number(let number): apply(rule, to: number, at: pointer)
    case .string(let text): apply(rule, to: text, at: pointer)
    case .array(let elements): apply(rule, to: elements, at: pointer, depth: depth)
    case .object(let fields): apply(rule, to: fields, at: pointer, depth: depth)
    case .null, .bool: return
    }
  }

  private mutating func apply(_ rule: JSONSchema.Rule, to number: JSONNumber, at pointer: String) {
    let value = ExactDecimal(number)
    switch rule {
    case .minimum(let bound, let exclusive, let text):
      if value < bound || (exclusive && value == bound) {
        report(pointer, "must be \(exclusive ? "more than" : "at least") \(text)")
      }
    case .maximum(let bound, let exclusive, let text):
      if bound < value || (exclusive && value == bound) {
        report(pointer, "must be \(exclusive ? "less than" : "at most") \(text)")
      }
    case .multipleOf(let divisor, let text):
      if !value.isMultiple(of: divisor) { report(pointer, "must be a multiple of \(text)") }
    default: return
    }
  }

  private mutating func apply(_ rule: JSONSchema.Rule, to text: String, at pointer: String) {
    switch rule {
    case .length(let bound):
      report(pointer, bound.message(for: text.unicodeScalars.count, "character"))
    case .pattern(let pattern):
      if !pattern.matches(text) { report(pointer, "must match the pattern `\(pattern.text)`") }
    case .format(let format):
      if !format.accepts(text) { report(pointer, "must be \(format.article) \(format.rawValue)") }
    default: return
    }
  }

  private mutating func report(_ pointer: String, _ message: String?) {
    if let message { report(pointer, message) }
  }

  private mutating func apply(
    _ rule: JSONSchema.Rule, to elements: [JSONValue], at pointer: String, depth: Int
  ) {
    switch rule {
    case .count(let bound): report(pointer, bound.message(for: elements.count, "item"))
    case .unique:
      if Set(elements.map(\.comparable)).count != elements.count {
        report(pointer, "must have no item twice")
      }
    case .items(let prefix, let rest):
      for (index, element) in elements.enumerated() {
        guard findings.count < JSONSchema.mostFindings else { return }
        let node = index < prefix.count ? prefix[index] : rest
        if let node { apply(node, to: element, at: "\(pointer)/\(index)", depth: depth) }
      }
    case .contains(let node, let bound):
      var count = 0
      for (index, element) in elements.enumerated()
      where accepts(node, element, at: "\(pointer)/\(index)", depth: depth) { count += 1 }
      report(
        pointer,
        bound.message(for: count, "item that meets `contains`", "items that meet `contains`"))
    default: return
    }
  }

  private mutating func apply(
    _ rule: JSONSchema.Rule, to fields: [String: JSONValue], at pointer: String, depth: Int
  ) {
    switch rule {
    case .size(let bound): report(pointer, bound.message(for: fields.count, "member"))
    case .required(let names):
      for name in names where fields[name] == nil { report(pointer, "must have `\(name)`") }
    case .properties(let properties):
      for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
        apply(properties, to: value, called: name, at: pointer, depth: depth)
      }
    case .propertyNames(let node):
      for name in fields.keys.sorted()
      where !accepts(node, .string(name), at: pointer, depth: depth) {
        report(pointer, "has a member with the unfit name `\(name.prefix(60))`")
      }
    case .dependentRequired(let lists):
      for (name, needed) in lists.sorted(by: { $0.key < $1.key }) where fields[name] != nil {
        for other in needed where fields[other] == nil {
          report(pointer, "has `\(name)` and so must have `\(other)`")
        }
      }
    case .dependentSchemas(let nodes):
      for (name, node) in nodes.sorted(by: { $0.key < $1.key }) where fields[name] != nil {
        apply(node, to: .object(fields), at: pointer, depth: depth)
      }
    default: return
    }
  }

  private mutating func apply(
    _ properties: JSONSchema.Properties, to value: JSONValue, called name: String,
    at pointer: String, depth: Int
  ) {
    let place = "\(pointer)/\(name.pointerToken)"
    var isKnown = false
    if let node = properties.named[name] {
      isKnown = true
      apply(node, to: value, at: place, depth: depth)
    }
    for (pattern, node) in properties.patterns where pattern.matches(name) {
      isKnown = true
      apply(node, to: value, at: place, depth: depth)
    }
    guard !isKnown, let additional = properties.additional else { return }
    if case .nothing = additional {
      report(pointer, "has an unknown member `\(name.prefix(60))`")
    } else {
      apply(additional, to: value, at: place, depth: depth)
    }
  }
}

extension JSONSchema.Bound {
  /// What is wrong with `count` things, if anything is.
  fileprivate func message(for count: Int, _ one: String, _ many: String? = nil) -> String? {
    let many = many ?? one + "s"
    if let minimum, count < minimum {
      return "must have at least \(minimum) \(minimum == 1 ? one : many), has \(count)"
    }
    if let maximum, count > maximum {
      return "must have at most \(maximum) \(maximum == 1 ? one : many), has \(count)"
    }
    return nil
  }
}

extension JSONValue {
  fileprivate var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  /// JSON Schema counts `1.0` as an integer.
  fileprivate func isOfType(_ name: String) -> Bool {
    if name == "integer", case .number(let number) = self { return ExactDecimal(number).isInteger }
    return typeName == name
  }
}
