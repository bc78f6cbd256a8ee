/// What one check found; without a finding it passed.
package struct CheckResult: Hashable, Sendable {
  /// The check as the pipeline names it.
  package let check: String
  package let finding: String?

  package var passes: Bool { finding == nil }

  package init(check: String, finding: String? = nil) {
    self.check = check
    self.finding = finding
  }
}

/// The checks that every output can be held to.
package enum OutputChecks {
  /// Whether there is an output and anything in it but white space.
  package static func presence(_ bytes: [UInt8]?) -> CheckResult {
    guard let bytes else { return CheckResult(check: "present", finding: "was not written") }
    let isBlank = bytes.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    return CheckResult(check: "present", finding: isBlank ? "is empty" : nil)
  }

  package static func measure(
    _ measure: Check.Measure, _ comparison: Check.Comparison, _ bound: Int, of bytes: [UInt8]
  ) -> CheckResult {
    let count = count(measure, in: bytes)
    let check = "\(measure.rawValue) \(comparison.rawValue) \(bound)"
    return CheckResult(
      check: check,
      finding: comparison.holds(count, bound) ? nil : "has \(count) \(measure.rawValue)")
  }

  /// Words are those of the text; front matter, footnotes and code are not written for reading.
  package static func count(_ measure: Check.Measure, in bytes: [UInt8]) -> Int {
    switch measure {
    case .characters: return String(decoding: bytes, as: UTF8.self).count
    case .lines:
      let breaks = bytes.count { $0 == 0x0A }
      return bytes.last == 0x0A || bytes.isEmpty ? breaks : breaks + 1
    case .words:
      return MarkdownText(bytes).blocks.reduce(0) { sum, block in
        switch block.kind {
        case .verbatim, .definition: sum
        default: sum + block.lines.reduce(0) { $0 + Words.count(in: $1.text) }
        }
      }
    }
  }

  /// Whether `value` has what conditions of later tasks read.
  package static func fields(
    _ fields: [String: ReadField], in value: JSONValue
  ) -> [CheckResult] {
    fields.sorted { $0.key < $1.key }.map { path, field in
      CheckResult(check: "field \(path)", finding: field.fault(of: value.value(at: path)))
    }
  }

  package static func schema(_ value: JSONValue, meets schema: JSONSchema) -> CheckResult {
    let findings = schema.findings(in: value)
    let shown = findings.prefix(5).map(\.description).joined(separator: "; ")
    let rest = findings.count > 5 ? "; and \(findings.count - 5) more" : ""
    return CheckResult(check: "schema", finding: findings.isEmpty ? nil : shown + rest)
  }
}
