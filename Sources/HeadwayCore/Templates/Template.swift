internal import Mustache

/// Why a template cannot be used, as a message that follows the name of its field.
package struct TemplateFault: Error, Hashable, Sendable {
  package let message: String
  package let hint: String?

  package init(message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

/// A text with `{{names}}` in it; only plain variables, sections and comments of Mustache.
package struct Template: Hashable, Sendable {
  package let text: String
  /// The names that it uses, each once, in the order of their first use; `json.id` stands whole.
  package let names: [String]
  /// The name, when the text is exactly `{{name}}` and so becomes the value with its type.
  private let wholeName: String?

  package static let maximumSize = 64 << 10

  package init(_ text: String) throws(TemplateFault) {
    guard text.utf8.count <= Self.maximumSize else {
      throw TemplateFault(message: "the template is larger than \(ByteCount(Self.maximumSize))")
    }
    let tags = try TemplateTags(text)
    self.text = text
    names = tags.names
    wholeName = tags.wholeName
    _ = try Self.parse(text)
  }

  private static func parse(_ text: String) throws(TemplateFault) -> MustacheTemplate {
    do {
      return try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + text)
    } catch {
      throw TemplateFault(
        message: "the template's sections do not match",
        hint: "every `{{#name}}` needs its `{{/name}}`")
    }
  }

  /// Refuses names whose first part is not in `known`.
  package func requireNames(among known: [String]) throws(TemplateFault) {
    for name in names where name != "." {
      let root = String(name.prefix { $0 != "." })
      guard !known.contains(root) else { continue }
      throw Self.unknown(root, among: known)
    }
  }

  private static func unknown(_ name: String, among known: [String]) -> TemplateFault {
    TemplateFault(
      message: "`{{\(name)}}`: no such name",
      hint: Nearest.hint(for: name, among: known, listing: "names"))
  }

  /// The value of an exact `{{name}}`, else the rendered text.
  package func value(in scope: Scope) throws(TemplateFault) -> JSONValue {
    guard let wholeName else { return .string(try render(in: scope)) }
    guard let value = scope.value(at: wholeName) else {
      throw Self.unknown(wholeName, among: scope.names)
    }
    return value
  }

  /// The text with its names replaced; what is put in is never expanded again.
  package func render(in scope: Scope) throws(TemplateFault) -> String {
    try requireNames(among: scope.names)
    // Mustache renders what it does not find as nothing, so it must never be asked for that.
    for name in names where name != "." && scope.value(at: name) == nil {
      throw Self.unknown(name, among: scope.fields(beside: name))
    }
    return try Self.parse(text).render(RenderedFields(fields: scope.values))
  }
}

/// The names that a template may use, with their values.
package struct Scope: Hashable, Sendable {
  package private(set) var values: [String: JSONValue]

  package init(_ values: [String: JSONValue]) { self.values = values }

  package var names: [String] { values.keys.sorted() }

  /// The same names, and those of one item of an `each`.
  package func adding(_ item: FanItem) -> Scope {
    var scope = self
    scope.values["item"] = item.value
    scope.values["instance"] = .string(item.instance)
    return scope
  }

  /// Names that no parameter may take.
  package static let builtinNames: Set<String> = [
    "title", "slug", "run", "due", "brief", "item", "instance", "json", "cause",
  ]

  /// Names that only the templates of a task with `each` have.
  package static let itemNames = ["item", "instance"]

  /// What templates of `pipeline` may name.
  package static func names(of pipeline: Pipeline) -> [String] {
    var names = ["title", "slug", "run", "due", "brief", "cause"]
    if case .paths = pipeline.trigger { names.append("json") }
    return names + pipeline.parameters.map(\.name)
  }

  func value(at path: String) -> JSONValue? {
    var steps = path.split(separator: ".").map(String.init)[...]
    guard let first = steps.popFirst(), var value = values[first] else { return nil }
    for step in steps {
      guard let next = value[step] else { return nil }
      value = next
    }
    return value
  }

  /// The names that could stand in place of `path`.
  func fields(beside path: String) -> [String] {
    guard let dot = path.lastIndex(of: ".") else { return names }
    let parent = String(path[..<dot])
    return (value(at: parent)?.fields?.keys.sorted() ?? []).map { "\(parent).\($0)" }
  }
}
