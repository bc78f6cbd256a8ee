/// An output of a task, or a field of what it holds: `triage/claims.json:open.claims`.
package struct OutputPlace: Hashable, Sendable, CustomStringConvertible {
  package let task: Name
  package let output: String
  /// The path of a field; `nil` means all of the output.
  package let field: String?

  package init(task: Name, output: String, field: String? = nil) {
    self.task = task
    self.output = output
    self.field = field
  }

  /// `nil` for what names no output of a task.
  package init?(_ text: String) {
    var place = text[...]
    var field: String?
    if let colon = text.lastIndex(of: ":") {
      field = String(text[text.index(after: colon)...])
      place = text[..<colon]
    }
    guard let slash = place.firstIndex(of: "/"), let task = Name(String(place[..<slash])),
      let output = FilePath(reading: String(place[place.index(after: slash)...])),
      field.map(Self.isField) ?? true
    else { return nil }
    self.init(task: task, output: output.text, field: field)
  }

  /// Whether templates could name it, which keeps the two ways of naming alike.
  static func isField(_ text: String) -> Bool {
    do { return try Template("{{\(text)}}").names == [text] && text != "." } catch { return false }
  }

  package var description: String { "\(task)/\(output)" + (field.map { ":\($0)" } ?? "") }

  /// Whether it holds JSON; anything else is read line by line.
  package var isJSON: Bool { output.hasSuffix(".json") }
}
