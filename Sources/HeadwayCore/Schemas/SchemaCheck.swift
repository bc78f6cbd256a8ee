/// Holds a node against a schema and collects everything that is wrong with it.
struct SchemaCheck {
  private(set) var findings: [Finding] = []

  struct Finding {
    let mark: Mark
    let message: String
    let hint: String?
  }

  private mutating func report(_ message: String, at mark: Mark, hint: String? = nil) {
    // A hostile file must not turn into a report that is larger than itself.
    guard findings.count < 100 else { return }
    findings.append(Finding(mark: mark, message: message, hint: hint))
  }

  /// `label` names the field that holds the node, for messages.
  mutating func check(_ node: Node, against schema: Schema, label: String) {
    switch schema {
    case .anything: break
    case .text(let format): checkText(node, format, label)
    case .choice(let choices): checkChoice(node, choices, label)
    case .integer(let range): checkInteger(node, range, label)
    case .flag:
      if node.flag == nil { reportKind(node, "true or false", label) }
    case .list(let element, let least): checkList(node, element, least, label)
    case .map(let keys, let element): checkMap(node, keys, element, label)
    case .object(let object): checkObject(node, object, label)
    case .variants(let variants): checkVariants(node, variants, label)
    case .either(let schemas): checkEither(node, schemas, label)
    }
  }

  private mutating func reportKind(_ node: Node, _ expected: String, _ label: String) {
    let found = node.isNull ? "nothing" : node.kind
    report("`\(label)`: expected \(expected), found \(found)", at: node.mark)
  }

  private mutating func checkText(_ node: Node, _ format: TextFormat, _ label: String) {
    guard let text = node.text, !node.isNull else {
      return reportKind(node, format.noun, label)
    }
    guard let fault = format.fault(of: text) else { return }
    report("`\(label)`: `\(shown(text))` \(fault)", at: node.mark, hint: format.hint)
  }

  private mutating func checkChoice(_ node: Node, _ choices: [String], _ label: String) {
    guard let text = node.text, !node.isNull else {
      return reportKind(node, "text", label)
    }
    guard !choices.contains(text) else { return }
    report(
      "`\(label)`: `\(shown(text))` is not one of its values", at: node.mark,
      hint: Nearest.hint(for: text, among: choices, listing: "choose from"))
  }

  private mutating func checkInteger(_ node: Node, _ range: ClosedRange<Int64>, _ label: String) {
    if let integer = node.integer {
      guard !range.contains(integer) else { return }
      return report(
        "`\(label)`: \(integer) is not between \(range.lowerBound) and \(range.upperBound)",
        at: node.mark)
    }
    switch node.value {
    case .number(let number):
      report("`\(label)`: `\(shown(number.text))` is not an integer in range", at: node.mark)
    case .plain(let text) where !node.isNull:
      report("`\(label)`: `\(shown(text))` is not an integer in range", at: node.mark)
    default: reportKind(node, "an integer", label)
    }
  }

  private mutating func checkList(
    _ node: Node, _ element: Schema, _ least: Int, _ label: String
  ) {
    guard let elements = node.elements else { return reportKind(node, "a list", label) }
    if elements.count < least {
      report("`\(label)`: at least \(least) needed, found \(elements.count)", at: node.mark)
    }
    for entry in elements { check(entry, against: element, label: label) }
  }

  private mutating func checkMap(
    _ node: Node, _ keys: TextFormat, _ element: Schema, _ label: String
  ) {
    guard let fields = node.fields else { return reportKind(node, "an object", label) }
    for field in fields {
      if let fault = keys.fault(of: field.key) {
        report("`\(label)`: `\(shown(field.key))` \(fault)", at: field.mark, hint: keys.hint)
      }
      check(field.value, against: element, label: field.key)
    }
  }

  private mutating func checkEither(_ node: Node, _ schemas: [Schema], _ label: String) {
    if let match = schemas.first(where: { $0.fits(node) }) {
      return check(node, against: match, label: label)
    }
    reportKind(node, schemas.map(\.shape).joined(separator: " or "), label)
  }
}

extension SchemaCheck {
  private mutating func checkObject(_ node: Node, _ object: ObjectSchema, _ label: String) {
    guard let fields = node.fields else { return reportKind(node, "an object", label) }
    let known = object.fields.map(\.name)
    for field in fields {
      if let schema = object.field(field.key) {
        // `null` says in words what leaving the field out says in silence.
        if field.value.isNull, !schema.isRequired { continue }
        check(field.value, against: schema.schema, label: field.key)
      } else if !object.isOpen {
        report(
          "unknown field `\(shown(field.key))`", at: field.mark,
          hint: Nearest.hint(for: field.key, among: known, listing: "known fields"))
      }
    }
    let given = Set(fields.map(\.key))
    for schema in object.fields where schema.isRequired && !given.contains(schema.name) {
      // In an open object a slip of the pen is a field of its own.
      let slip = Nearest.nearest(to: schema.name, among: given.subtracting(known))
      report(
        "`\(schema.name)` is missing\(place(label))", at: node.mark,
        hint: slip.map { "did you mean it by `\($0)`?" })
    }
    for names in object.exactlyOne where names.count(where: given.contains) != 1 {
      let list = names.map { "`\($0)`" }.joined(separator: ", ")
      report("exactly one of \(list) must be given\(place(label))", at: node.mark)
    }
  }

  private mutating func checkVariants(_ node: Node, _ schema: VariantSchema, _ label: String) {
    guard node.fields != nil else { return reportKind(node, "an object", label) }
    guard let choice = node[schema.field] else {
      return report(
        "`\(schema.field)` is missing\(place(label))", at: node.mark,
        hint: Nearest.hint(for: "", among: schema.variants.map(\.name), listing: "choose from"))
    }
    let name = choice.text ?? ""
    if let variant = schema.variants.first(where: { $0.name == name }) {
      return checkObject(node, variant.schema, label)
    }
    if schema.notBuilt.contains(name) {
      let built = schema.variants.map { "`\($0.name)`" }.joined(separator: ", ")
      return report(
        "`\(schema.field)`: `\(name)` is not built yet", at: choice.mark,
        hint: "what works today: \(built)")
    }
    checkChoice(choice, schema.variants.map(\.name), schema.field)
  }

  private func place(_ label: String) -> String { label.isEmpty ? "" : " in `\(label)`" }

  private func shown(_ text: String) -> String {
    let visible = String(
      String.UnicodeScalarView(text.unicodeScalars.prefix(60).map { $0.isInvisible ? "␣" : $0 }))
    return text.unicodeScalars.count > 60 ? visible + "…" : visible
  }
}

extension Schema {
  fileprivate func fits(_ node: Node) -> Bool {
    switch self {
    case .text, .choice: node.text != nil
    case .integer: node.integer != nil
    case .flag: node.flag != nil
    case .anything: true
    case .list: node.elements != nil
    case .map, .object, .variants: node.fields != nil
    case .either(let schemas): schemas.contains { $0.fits(node) }
    }
  }

  fileprivate var shape: String {
    switch self {
    case .text(let format): format.noun
    case .choice: "text"
    case .integer: "an integer"
    case .flag: "true or false"
    case .anything: "anything"
    case .list: "a list"
    case .map, .object, .variants: "an object"
    case .either(let schemas): schemas.map(\.shape).joined(separator: " or ")
    }
  }
}
