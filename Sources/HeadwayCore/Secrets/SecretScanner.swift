/// Finds secrets in bytes that are about to leave: known values in the forms in which they
/// slip through, the shapes of vendors' keys, and, to be looked at by a person, tokens that
/// look random.
package struct SecretScanner: Sendable {
  /// A secret that this machine knows.
  package struct Known: Sendable, CustomStringConvertible {
    package let name: String
    fileprivate let value: [UInt8]

    /// `nil` for values shorter than eight bytes: they would be found everywhere.
    package init?(name: String, value: String) {
      guard value.utf8.count >= 8 else { return nil }
      self.name = name
      self.value = Array(value.utf8)
    }

    package var description: String { name }
  }

  package struct Finding: Hashable, Sendable {
    /// The secret's or the vendor's name; never the value.
    package let name: String
    package let form: Form
    package let offset: Int
    /// Counted from 1.
    package let line: Int
    /// Names what a person may allow; only for findings that hold.
    package let id: String?

    package var severity: Severity { form == .entropy ? .hold : .refuse }
  }

  package enum Form: String, Hashable, Sendable {
    case raw, base64, hex, percent, json, shape, entropy
  }

  package enum Severity: Hashable, Sendable { case refuse, hold }

  /// The most findings that one scan reports.
  package static let mostFindings = 50

  private let known: PatternSet
  private let knownNames: [(name: String, form: Form)]
  private let values: [[UInt8]]
  private let shapes: PatternSet

  package init(_ secrets: [Known]) {
    var (patterns, names, values): ([[UInt8]], [(name: String, form: Form)], [[UInt8]]) = (
      [], [], []
    )
    for secret in secrets.sorted(by: { $0.name < $1.name }) {
      for (form, bytes) in SecretForms.all(of: secret.value) where bytes.count >= 8 {
        patterns.append(bytes)
        names.append((secret.name, form))
        values.append(secret.value)
      }
    }
    known = PatternSet(patterns)
    knownNames = names
    self.values = values
    shapes = PatternSet(KeyShape.all.map { Array($0.prefix.utf8) })
  }

  /// Whether an environment variable of this name is taken for a secret.
  package static func isSecretName(_ name: String) -> Bool {
    let upper = name.uppercased()
    return ["KEY", "TOKEN", "SECRET", "PASSWORD"].contains(where: upper.contains)
  }

  /// The secrets among environment variables, by the names they have.
  package static func known(in environment: [String: String]) -> [Known] {
    environment.filter { isSecretName($0.key) }.sorted { $0.key < $1.key }
      .compactMap { Known(name: $0.key, value: $0.value) }
  }

  package func findings(in bytes: [UInt8]) -> [Finding] {
    var lines = LineCounter()
    var found: [(name: String, form: Form, range: Range<Int>)] = []
    var covered = 0
    for match in known.matches(in: bytes) {
      // The same secret is often several patterns at one place.
      guard match.range.lowerBound >= covered else { continue }
      covered = match.range.upperBound
      let (name, form) = knownNames[match.pattern]
      found.append((name, form, match.range))
      if found.count == Self.mostFindings { break }
    }
    for match in shapes.matches(in: bytes) where found.count < Self.mostFindings {
      let shape = KeyShape.all[match.pattern]
      if let range = shape.range(in: bytes, at: match.range.lowerBound),
        !found.contains(where: { $0.range.overlaps(range) })
      {
        found.append((shape.name, .shape, range))
      }
    }
    for range in RandomTokens.ranges(in: bytes) where found.count < Self.mostFindings {
      if !found.contains(where: { $0.range.overlaps(range) }) {
        found.append(("random-looking text", .entropy, range))
      }
    }
    return found.sorted { $0.range.lowerBound < $1.range.lowerBound }.map { item in
      let id = item.form == .entropy ? Digest(of: bytes[item.range]).prefix(12) : nil
      return Finding(
        name: item.name, form: item.form, offset: item.range.lowerBound,
        line: lines.line(of: item.range.lowerBound, in: bytes), id: id)
    }
  }

  /// The bytes with every known secret, in whatever form, replaced by a token that is the same
  /// for the same secret and key and tells nothing else.
  package func redacted(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var end = 0
    for match in known.matches(in: bytes) where match.range.upperBound > end {
      // Overlapping matches become one hole, or the rest of a value would stay readable.
      if match.range.lowerBound >= end {
        result += bytes[end..<match.range.lowerBound]
        let name = knownNames[match.pattern].name
        let code = SecretForms.code(of: values[match.pattern], key: key)
        result += "[secret:\(name):\(code)]".utf8
      }
      end = match.range.upperBound
    }
    return result + bytes[end...]
  }
}

/// Counts lines once from front to back; offsets must not go down.
private struct LineCounter {
  private var (line, position) = (1, 0)

  mutating func line(of offset: Int, in bytes: [UInt8]) -> Int {
    line += bytes[position..<offset].count { $0 == 0x0A }
    position = offset
    return line
  }
}
