/// A place in a file; both numbers start at 1 and columns count Unicode scalars.
package struct Mark: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static let start = Mark(line: 1, column: 1)

  package static func < (left: Mark, right: Mark) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }

  package var description: String { "\(line):\(column)" }
}

/// What JSON files and front matter are read into: a value that remembers where it stood.
package struct Node: Hashable, Sendable {
  package let value: Value
  package let mark: Mark

  package indirect enum Value: Hashable, Sendable {
    case null
    case flag(Bool)
    case number(JSONNumber)
    case text(String)
    /// YAML without quotes: `70`, `Yes` and `2026-12-01` mean what the schema says they mean.
    case plain(String)
    case list([Node])
    case fields([Field])
  }

  /// One key of an object with its value; keys of one object are distinct.
  package struct Field: Hashable, Sendable {
    package let key: String
    package let mark: Mark
    package let value: Node

    package init(key: String, mark: Mark, value: Node) {
      self.key = key
      self.mark = mark
      self.value = value
    }
  }

  package init(_ value: Value, at mark: Mark) {
    self.value = value
    self.mark = mark
  }
}

extension Node {
  package var fields: [Field]? {
    guard case .fields(let fields) = value else { return nil }
    return fields
  }

  package var elements: [Node]? {
    guard case .list(let elements) = value else { return nil }
    return elements
  }

  /// The text of a string, or of anything that YAML wrote without quotes.
  package var text: String? {
    switch value {
    case .text(let text), .plain(let text): text
    default: nil
    }
  }

  /// The integer of a JSON number without fraction or exponent, or of such a YAML text.
  package var integer: Int64? {
    switch value {
    case .number(let number): Int64(number.text)
    case .plain(let text): JSONNumber(text).flatMap { Int64($0.text) }
    default: nil
    }
  }

  package var flag: Bool? {
    switch value {
    case .flag(let flag): flag
    case .plain("true"): true
    case .plain("false"): false
    default: nil
    }
  }

  /// JSON's `null`, and a YAML key with nothing behind it.
  package var isNull: Bool {
    switch value {
    case .null, .plain(""), .plain("~"), .plain("null"): true
    default: false
    }
  }

  package subscript(key: String) -> Node? {
    fields?.first { $0.key == key }?.value
  }

  /// Where the value behind `path` stands, or the nearest place above it that exists.
  package func mark(at path: [String]) -> Mark {
    var node = self
    for step in path {
      if let next = node[step] {
        node = next
      } else if let index = Int(step), let elements = node.elements,
        elements.indices.contains(index)
      {
        node = elements[index]
      } else {
        break
      }
    }
    return node.mark
  }

  /// What this node is, as a phrase for messages.
  package var kind: String {
    switch value {
    case .null: "null"
    case .flag: "true or false"
    case .number: "a number"
    case .text, .plain: "text"
    case .list: "a list"
    case .fields: "an object"
    }
  }

  /// The value without its places; text that YAML wrote without quotes stays text.
  package var json: JSONValue {
    switch value {
    case .null: .null
    case .flag(let flag): .bool(flag)
    case .number(let number): .number(number)
    case .text(let text), .plain(let text): .string(text)
    case .list(let elements): .array(elements.map(\.json))
    case .fields(let fields):
      .object(Dictionary(fields.map { ($0.key, $0.value.json) }) { first, _ in first })
    }
  }
}

/// Why a file could not be read at all, and where.
package struct ReadFault: Error, Hashable, Sendable {
  package let message: String
  package let mark: Mark?
  package let hint: String?

  package init(_ message: String, at mark: Mark?, hint: String? = nil) {
    self.message = message
    self.mark = mark
    self.hint = hint
  }
}
