/// One thing that is wrong with one file, or worth knowing about it.
package struct Diagnostic: Hashable, Sendable {
  package let file: String
  package let mark: Mark?
  package let severity: Severity
  package let message: String
  package let hint: String?

  package enum Severity: String, Hashable, Comparable, Sendable {
    case error, warning

    package static func < (left: Severity, right: Severity) -> Bool {
      left == .error && right == .warning
    }
  }

  package init(
    file: String, mark: Mark?, severity: Severity = .error, message: String, hint: String? = nil
  ) {
    self.file = file
    self.mark = mark
    self.severity = severity
    self.message = message
    self.hint = hint
  }

  package var line: Int? { mark?.line }
  package var column: Int? { mark?.column }
}

extension Diagnostic: CustomStringConvertible {
  /// `file:line:column: message`, the form that editors jump to.
  package var location: String {
    mark.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
  }

  package var description: String {
    hint.map { "\(location)\nhint: \($0)" } ?? location
  }
}

extension Diagnostic: Comparable {
  /// By file, place and severity; the message decides last, so that any order of finding
  /// them gives one order of telling.
  package static func < (left: Diagnostic, right: Diagnostic) -> Bool {
    if left.file != right.file {
      return left.file.utf8.lexicographicallyPrecedes(right.file.utf8)
    }
    let (here, there) = (
      left.mark ?? Mark(line: 0, column: 0), right.mark ?? Mark(line: 0, column: 0)
    )
    if here != there { return here < there }
    if left.severity != right.severity { return left.severity < right.severity }
    if left.message != right.message { return left.message < right.message }
    return (left.hint ?? "") < (right.hint ?? "")
  }
}

extension [Diagnostic] {
  package var hasErrors: Bool { contains { $0.severity == .error } }
}
