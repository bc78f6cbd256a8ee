extension AttemptRecord {
  /// What was wrong with what it delivered, for the attempt that is asked for better; `nil` where
  /// nothing was delivered that could be better.
  package var findings: String? {
    guard let failure, failure.kind.isOfOutput else { return nil }
    let failed = checks.filter { !$0.pass }.map { "\($0.check): \($0.finding)" }
    let lines = (failed.isEmpty ? [failure.message] : failed).map { "* \($0.oneLine(500))" }
    return """
      Attempt \(id.number) was not accepted. What was wrong with it:

      \(lines.prefix(Self.mostFindings).joined(separator: "\n"))

      """
  }

  /// Whoever has made more mistakes will make others next time.
  private static let mostFindings = 50
}

extension TaskRecord {
  /// The attempt since the last reopening whose output was not accepted: the next one is told why.
  package var unaccepted: Int? {
    attempts.dropFirst(settledBefore).last { $0.failure?.isOfOutput == true }?.number
  }

  /// The file of its folder that says what was wrong with an attempt's output.
  package static func findings(of attempt: Int) -> String { "attempt-\(attempt).findings.md" }
}
