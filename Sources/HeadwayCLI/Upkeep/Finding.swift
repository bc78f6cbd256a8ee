internal import HeadwayCore

/// One thing that `doctor` looked at.
struct Finding: Hashable, Sendable {
  let subject: String
  let level: Level
  let message: String
  /// What to do about it.
  let next: String?

  enum Level: String, Hashable, Sendable { case ok, warn, fail }

  static func ok(_ subject: String, _ message: String) -> Finding {
    Finding(subject: subject, level: .ok, message: message, next: nil)
  }

  static func warn(_ subject: String, _ message: String, _ next: String) -> Finding {
    Finding(subject: subject, level: .warn, message: message, next: next)
  }

  static func fail(_ subject: String, _ message: String, _ next: String) -> Finding {
    Finding(subject: subject, level: .fail, message: message, next: next)
  }

  /// A failure in the words that the command line has for it.
  static func fail(_ subject: String, _ error: any Error) -> Finding {
    let complaint = Complaint(error)
    return Finding(
      subject: subject, level: .fail, message: complaint.message,
      next: complaint.hints.isEmpty ? nil : complaint.hints.joined(separator: "\n"))
  }

  var facts: JSONValue {
    .object([
      "subject": .string(subject), "level": .string(level.rawValue),
      "message": .string(message), "next": .optional(next),
    ])
  }
}
