internal import Git
internal import HeadwayEngine

/// A failure in words: what went wrong, what to do next, and the exit code that says so.
package struct Complaint: Hashable, Sendable {
  package let message: String
  package let hints: [String]
  package let status: ExitStatus

  package init(_ message: String, hint hints: String..., status: ExitStatus = .failed) {
    self.init(message, hints: hints, status: status)
  }

  package init(_ message: String, hints: [String], status: ExitStatus = .failed) {
    self.message = message
    self.hints = hints
    self.status = status
  }

  /// Every typed error has its own text; the catch-all is for what libraries throw.
  package init(_ error: any Error) {
    self =
      switch error {
      case let error as Complaint.Carrier: error.complaint
      case let error as CommandError: Complaint(error)
      case let error as EngineError: Complaint(error)
      case let error as ApprovalError: Complaint(error)
      case let error as SecretStore.Fault: Complaint(error)
      case let error as GitError: Complaint(error)
      case let error as GitProgramError: Complaint(error)
      default: Complaint("\(error)")
      }
  }

  /// For a command whose complaint no typed error describes.
  package struct Carrier: Error {
    package let complaint: Complaint
    package init(_ complaint: Complaint) { self.complaint = complaint }
  }

  func write(to output: Output, on terminal: Terminal) {
    let lines = message.visibleLines.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let label = index == 0 ? terminal.styled("error:", .red) : "      "
      output.line("\(label) \(line)")
    }
    for hint in hints {
      output.line("\(terminal.styled("hint:", .cyan)) \(hint.visibleLines)")
    }
  }
}
