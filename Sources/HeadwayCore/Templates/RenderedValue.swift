internal import Mustache

/// The names that Mustache asked for and nobody has; it renders them as nothing.
final class UnknownNames {
  private(set) var names: [String] = []

  func record(_ name: String) { names.append(name) }
}

/// An object as Mustache sees it; the root hands out the values of a scope.
struct RenderedFields: MustacheParent, MustacheCustomRenderable {
  let fields: [String: JSONValue]
  let path: String
  let unknown: UnknownNames

  func child(named name: String) -> Any? {
    let full = path.isEmpty ? name : "\(path).\(name)"
    guard let value = fields[name] else {
      // Inside a section Mustache asks the item first and the root afterwards.
      unknown.record(full)
      return nil
    }
    return RenderedFields.rendered(value, path: full, unknown: unknown)
  }

  var renderText: String { String(decoding: JSONValue.object(fields).compact, as: UTF8.self) }
  var isNull: Bool { false }

  static func rendered(_ value: JSONValue, path: String, unknown: UnknownNames) -> Any {
    switch value {
    case .null: RenderedText(text: "", isNull: true)
    case .bool(let flag): flag
    case .number(let number): RenderedText(text: number.text, isNull: false)
    case .string(let text): RenderedText(text: text, isNull: text.isEmpty)
    case .array(let elements):
      RenderedList(elements: elements.map { rendered($0, path: path, unknown: unknown) })
    case .object(let fields): RenderedFields(fields: fields, path: path, unknown: unknown)
    }
  }
}

/// A text that has no fields, whatever reflection says.
struct RenderedText: MustacheParent, MustacheCustomRenderable {
  let text: String
  let isNull: Bool

  var renderText: String { text }
  func child(named: String) -> Any? { nil }
}

/// A list: a section repeats for each element, a variable joins them with commas.
struct RenderedList: MustacheSequence, MustacheParent, MustacheCustomRenderable {
  let elements: [Any]

  func makeIterator() -> IndexingIterator<[Any]> { elements.makeIterator() }
  func child(named: String) -> Any? { nil }

  var renderText: String {
    elements.map { ($0 as? any MustacheCustomRenderable)?.renderText ?? "\($0)" }
      .joined(separator: ", ")
  }
  var isNull: Bool { false }
}
