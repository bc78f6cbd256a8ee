/// A message whose last paragraph is our trailers, whatever the free text before it tries.
package struct CommitMessage: Hashable, Sendable {
  package let subject: String
  package let body: String
  package let trailers: [Trailer]

  package init(subject: String, body: String = "", trailers: [Trailer] = []) {
    let line = FreeText.line(subject)
    // A line of dashes would end the message for git's tools for patches.
    self.subject = line.isEmpty ? "(no subject)" : line.hasPrefix("---") ? "- " + line : line
    self.body = FreeText.paragraphs(body)
    self.trailers = trailers
  }

  package var text: String {
    var paragraphs = [subject]
    if !body.isEmpty { paragraphs.append(body) }
    if !trailers.isEmpty { paragraphs.append(trailers.map(\.line).joined(separator: "\n")) }
    return paragraphs.joined(separator: "\n\n") + "\n"
  }
}

/// Makes text of unknown origin harmless inside a commit message.
enum FreeText {
  /// One trimmed line.
  static func line(_ text: String) -> String {
    if isPlainLine(text) { return withoutLookalikes(text) }
    let spaced = text.unicodeScalars.map { scalar -> Unicode.Scalar? in
      if isLineEnd(scalar) || scalar == "\t" { return " " }
      return isHidden(scalar) ? nil : scalar
    }
    return withoutLookalikes(trimmed(spaced.compactMap { $0 }))
  }

  /// Printable ASCII without space around it, as nearly every line is.
  private static func isPlainLine(_ text: String) -> Bool {
    let bytes = text.utf8
    let space = UInt8(ascii: " ")
    return bytes.first != space && bytes.last != space
      && bytes.allSatisfy { (0x20...0x7E).contains($0) }
  }

  /// Lines with their indentation; no blank lines at either end, never two in a row.
  static func paragraphs(_ text: String) -> String {
    if text.isEmpty { return "" }
    var lines: [String] = []
    let scalars = text.replacing("\r\n", with: "\n").unicodeScalars
    for raw in scalars.split(omittingEmptySubsequences: false, whereSeparator: isLineEnd) {
      let kept = raw.filter { $0 == "\t" || !isHidden($0) }
      let end = kept.lastIndex { !isSpace($0) }.map { kept[...$0] } ?? kept[kept.endIndex...]
      var line = withoutLookalikes(String(Substring(end)))
      // Git's tools for patches end a message at such a line, and hide what follows.
      if line.hasPrefix("---") { line = " " + line }
      // Git takes these for comments wherever a message passes through an editor or its parser.
      if line.hasPrefix("#") { line = " " + line }
      if line.isEmpty, lines.last?.isEmpty ?? true { continue }
      lines.append(line)
    }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// Breaks `Headway-Key:` anywhere, since `git log --grep` finds it anywhere.
  private static func withoutLookalikes(_ text: String) -> String {
    let mark = Array("headway-".utf8)
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for (place, byte) in bytes.enumerated() {
      result.append(byte)
      // A cheap look first: the letter before the hyphen of `Headway-`.
      guard byte == UInt8(ascii: "-"), place + 1 >= mark.count, bytes[place - 1] | 0x20 == 0x79
      else { continue }
      let before = bytes[(place + 1 - mark.count)...place].map {
        (65...90).contains($0) ? $0 + 32 : $0
      }
      let key = bytes[(place + 1)...].prefix(while: Trailer.isKeyByte)
      let after = bytes[key.endIndex...].drop { $0 == 0x20 }
      if before == mark, !key.isEmpty, after.first == UInt8(ascii: ":") {
        result.append(UInt8(ascii: " "))
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func trimmed(_ scalars: [Unicode.Scalar]) -> String {
    let start = scalars.drop(while: isSpace)
    let end = start.lastIndex { !isSpace($0) }.map { start[...$0] } ?? []
    var text = String.UnicodeScalarView()
    text.append(contentsOf: end)
    return String(text)
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    // Unicode's tables are slow, and nearly everything is ASCII.
    if scalar.isASCII { return scalar == " " || (0x09...0x0D).contains(scalar.value) }
    return scalar.properties.isWhitespace
  }

  private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// Control characters, and those that turn the direction of text around.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
    return switch scalar.value {
    case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C, 0xFEFF: true
    default: scalar.properties.generalCategory == .control
    }
  }
}
