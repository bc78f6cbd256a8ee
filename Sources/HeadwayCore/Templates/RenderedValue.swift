internal import Mustache

/// An object as Mustache sees it; the root hands out the values of a scope.
struct RenderedFields: MustacheParent, MustacheCustomRenderable {
  let fields: [String: JSONValue]

  func child(named name: String) -> Any? { fields[name].map(Self.rendered) }

  var renderText: String { String(decoding: JSONValue.object(fields).compact, as: UTF8.self) }
  var isNull: Bool { false }

  static func rendered(_ value: JSONValue) -> Any {
    switch value {
    case .null: RenderedText(text: "", isNull: true)
    case .bool(let flag): flag
    case .number(let number): RenderedText(text: number.text, isNull: false)
    case .string(let text): RenderedText(text: text, isNull: text.isEmpty)
    case .array(let elements): RenderedList(elements: elements.map(rendered))
    case .object(let fields): RenderedFields(fields: fields)
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
