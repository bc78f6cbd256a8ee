/// What must hold for a task to be done: `words > 500`, or `triage/claim.json:amount >= 1000`.
package struct Condition: Hashable, Sendable, CustomStringConvertible {
  package let subject: Subject
  package let comparison: Check.Comparison
  /// A text, number, flag or null.
  package let literal: JSONValue

  package enum Subject: Hashable, Sendable {
    /// A name that templates have, such as a parameter.
    case name(String)
    /// A field of a JSON output of an earlier task.
    case field(task: Name, output: String, path: String)
  }

  /// It is more than one comparison with a literal.
  package struct NeedsExpressions: Error, Hashable, Sendable {}

  package init(subject: Subject, comparison: Check.Comparison, literal: JSONValue) {
    self.subject = subject
    self.comparison = comparison
    self.literal = literal
  }

  package init(_ text: String) throws(NeedsExpressions) {
    let signs: Set<Character> = ["<", ">", "=", "!"]
    guard text.utf8.count <= 1_024, let start = text.firstIndex(where: signs.contains) else {
      throw NeedsExpressions()
    }
    let symbol = text[start...].prefix(while: signs.contains)
    guard let comparison = Check.Comparison(rawValue: String(symbol)),
      let subject = Subject(Self.trimmed(text[..<start]))
    else { throw NeedsExpressions() }
    let literal: JSONValue
    do {
      literal = try JSONReader.read(Array(Self.trimmed(text[symbol.endIndex...]).utf8)).json
    } catch { throw NeedsExpressions() }
    switch literal {
    case .number: break
    case .null, .bool, .string:
      guard comparison == .exactly || comparison == .other else { throw NeedsExpressions() }
    case .array, .object: throw NeedsExpressions()
    }
    self.init(subject: subject, comparison: comparison, literal: literal)
  }

  private static func trimmed(_ text: Substring) -> String {
    var inner = text.drop { $0 == " " }
    while inner.last == " " { inner.removeLast() }
    return String(inner)
  }

  package var description: String {
    let value = String(decoding: literal.compact, as: UTF8.self)
    return "\(subject) \(comparison.rawValue) \(value)"
  }

  /// Whether it asks for more or less, which only numbers can be.
  package var isOrder: Bool { comparison != .exactly && comparison != .other }

  package func holds(for value: JSONValue) -> Bool {
    switch comparison {
    case .exactly: return value.comparable == literal.comparable
    case .other: return value.comparable != literal.comparable
    case .above, .atLeast, .below, .atMost:
      guard case .number(let left) = value, case .number(let right) = literal else { return false }
      let (one, other) = (ExactDecimal(left), ExactDecimal(right))
      let order = one < other ? -1 : other < one ? 1 : 0
      return comparison.holds(order, 0)
    }
  }
}

extension Condition.Subject: CustomStringConvertible {
  /// `nil` for what is neither a name nor `task/output:field`.
  fileprivate init?(_ text: String) {
    if text.contains(":") {
      guard let place = OutputPlace(text), let path = place.field else { return nil }
      self = .field(task: place.task, output: place.output, path: path)
    } else {
      guard OutputPlace.isField(text) else { return nil }
      self = .name(text)
    }
  }

  package var description: String {
    switch self {
    case .name(let name): name
    case .field(let task, let output, let path): "\(task)/\(output):\(path)"
    }
  }
}

/// A field that a later task's `if` or `each` reads, so that the output must have it.
package enum ReadField: String, Hashable, Sendable {
  /// Compared as more or less.
  case number
  /// A text, number, flag or null.
  case scalar
  /// Gone over, item by item.
  case list

  /// Longer texts are not kept in the ledger for the sake of a condition.
  package static let longestText = 1_024

  func accepts(_ value: JSONValue) -> Bool { fault(of: value) == nil }

  /// What is wrong with `value` as such a field; a phrase that follows its name.
  package func fault(of value: JSONValue?) -> String? {
    switch (self, value) {
    case (.list, .array): nil
    case (.list, _): "is not a list, and a later task's `each` goes over it"
    case (_, nil): "is missing, and a later task's `if` reads it"
    case (_, .number): nil
    case (.number, _): "is not a number, and a later task's `if` compares it with one"
    case (_, .array), (_, .object): "is not a single value, and a later task's `if` reads it"
    case (_, .string(let text)):
      text.utf8.count > Self.longestText
        ? "has more than \(Self.longestText) bytes, and a later task's `if` reads it" : nil
    case (_, .null), (_, .bool): nil
    }
  }
}

extension JSONValue {
  /// The value at `a.b.c`; all of it where the path is empty.
  func value(at path: String) -> JSONValue? {
    guard !path.isEmpty else { return self }
    return path.split(separator: ".", omittingEmptySubsequences: false)
      .reduce(JSONValue?.some(self)) { value, step in value?[String(step)] }
  }
}

extension OutputRule {
  /// The values of the fields that conditions read, and how long the lists are that an `each` goes
  /// over; none of what cannot be read.
  func values(in bytes: [UInt8]) -> [String: JSONValue] {
    guard !fields.isEmpty else { return [:] }
    let content: JSONValue
    do { content = try JSONReader.read(bytes).json } catch { return [:] }
    var values: [String: JSONValue] = [:]
    for (path, field) in fields {
      let value = content.value(at: path)
      guard field.fault(of: value) == nil else { continue }
      values[path] = field == .list ? .integer(value?.elements?.count ?? 0) : value
    }
    return values
  }
}

extension Condition {
  /// What a reason says of it.
  func values(found: JSONValue?) -> [String: JSONValue] {
    var values: [String: JSONValue] = ["condition": .text(self)]
    values["found"] = found
    return values
  }
}
