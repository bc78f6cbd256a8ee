/// The blocks of a Markdown text as a reader of prose sees them: what is a heading, a paragraph,
/// a quotation; where each line stood; which citations it carries.
///
/// Not a renderer: it knows as much of Markdown as is needed to tell sentences from furniture,
/// and gives every text, however broken, some reading.
package struct MarkdownText: Sendable {
  package let blocks: [Block]
  /// The raw lines between the leading `---` fences.
  package let frontMatter: [String]
  /// Footnote definitions by label.
  package let definitions: [String: String]

  package struct Block: Hashable, Sendable {
    package let kind: Kind
    package let lines: [Line]
    /// The nearest heading above, if any.
    package let heading: String?

    /// The text of all lines, one space between them.
    package var text: String { lines.map(\.text).joined(separator: " ") }
    /// Labels of the footnotes that the block refers to, in order.
    package var citations: [String] { lines.flatMap(\.citations) }
  }

  package enum Kind: Hashable, Sendable {
    case heading(Int)
    case paragraph
    case item
    case quotation
    /// Code, tables, and lines too long to be prose.
    case verbatim
    /// The definition of a footnote.
    case definition
  }

  /// One line without its markup.
  package struct Line: Hashable, Sendable {
    /// Counted from 1 in the whole text.
    package let number: Int
    package let text: String
    package let citations: [String]
  }

  /// A line longer than this is no prose.
  package static let longestLine = 64 * 1_024

  package init(_ text: String) { self.init(Array(text.utf8)) }

  /// Bytes that are no UTF-8 become replacement characters, controls become spaces.
  package init(_ bytes: [UInt8]) {
    var reader = BlockReader()
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    {
      reader.read(line, number: index + 1)
    }
    reader.finish()
    blocks = reader.blocks
    frontMatter = reader.frontMatter
    definitions = reader.definitions
  }

  /// The value of a one-line `key: value` in the front matter, without quotes.
  package func frontMatterValue(_ key: String) -> String? {
    for line in frontMatter where line.hasPrefix(key + ":") {
      let value = String(line.dropFirst(key.count + 1)).trimmed
      let quotes: [Character] = ["\"", "'"]
      guard let first = value.first, quotes.contains(first), value.last == first, value.count > 1
      else { return value.isEmpty ? nil : value }
      return String(value.dropFirst().dropLast())
    }
    return nil
  }

  /// The members of a list in the front matter, written in one line or one a line.
  package func frontMatterList(_ key: String) -> [String] {
    guard let start = frontMatter.firstIndex(where: { $0.hasPrefix(key + ":") }) else { return [] }
    let rest = String(frontMatter[start].dropFirst(key.count + 1)).trimmed
    var members: [String] = []
    if rest.hasPrefix("[") {
      members = rest.drop { $0 == "[" }.prefix { $0 != "]" }.split(separator: ",").map(String.init)
    } else {
      for line in frontMatter[(start + 1)...] {
        let trimmed = line.trimmed
        guard trimmed.hasPrefix("- ") else { break }
        members.append(String(trimmed.dropFirst(2)))
      }
    }
    return members.map { $0.trimmed.trimming { $0 == "\"" || $0 == "'" } }.filter { !$0.isEmpty }
  }
}

private struct BlockReader {
  var blocks: [MarkdownText.Block] = []
  var frontMatter: [String] = []
  var definitions: [String: String] = [:]

  private var open: MarkdownText.Kind?
  private var lines: [MarkdownText.Line] = []
  private var heading: String?
  private var fence: String?
  private var inFrontMatter = false
  private var inComment = false

  mutating func read(_ bytes: ArraySlice<UInt8>, number: Int) {
    guard bytes.count <= MarkdownText.longestLine else {
      add(.verbatim, "", number: number)
      return
    }
    let raw = String(decoding: bytes, as: UTF8.self).withoutControls
    let line = raw.trimmed
    if readFrontMatter(raw, line, number: number) || readFence(line, number: number) { return }
    if inComment || line.hasPrefix("<!--") {
      inComment = !line.contains("-->")
      finish()
    } else if line.isEmpty || line.isRule {
      finish()
    } else if let level = line.headingLevel {
      finish()
      let text = String(line.drop { $0 == "#" }).trimmed.trimming { $0 == "#" }.trimmed
      add(.heading(level), text, number: number)
      heading = blocks.last?.text ?? heading
    } else if let definition = line.footnoteDefinition {
      finish()
      definitions[definition.label] = definitions[definition.label] ?? definition.text
      add(.definition, definition.text, number: number)
      finish()
    } else {
      readContent(raw, line, number: number)
    }
  }

  private mutating func readFrontMatter(_ raw: String, _ line: String, number: Int) -> Bool {
    if number == 1, line == "---" {
      inFrontMatter = true
      return true
    }
    guard inFrontMatter else { return false }
    if line == "---" { inFrontMatter = false } else { frontMatter.append(raw) }
    return true
  }

  private mutating func readFence(_ line: String, number: Int) -> Bool {
    let mark = line.hasPrefix("```") ? "```" : line.hasPrefix("~~~") ? "~~~" : nil
    if let fence {
      if mark == fence { self.fence = nil } else { append(.verbatim, line, number: number) }
      if self.fence == nil { finish() }
      return true
    }
    guard let mark else { return false }
    finish()
    fence = mark
    return true
  }

  private mutating func readContent(_ raw: String, _ line: String, number: Int) {
    if raw.hasPrefix("    "), open == nil || open == .verbatim {
      append(.verbatim, line, number: number)
    } else if line.hasPrefix("|") {
      append(.verbatim, line, number: number)
    } else if line.hasPrefix(">") {
      let text = line.drop { $0 == ">" || $0 == " " }
      if text.isEmpty { finish() } else { append(.quotation, String(text), number: number) }
    } else if let text = line.listItem {
      finish()
      append(.item, text, number: number)
    } else if let open, open == .item || open == .quotation {
      // A lazy continuation belongs to the item or quotation above it.
      append(open, line, number: number)
    } else {
      append(.paragraph, line, number: number)
    }
  }

  private mutating func add(_ kind: MarkdownText.Kind, _ text: String, number: Int) {
    finish()
    append(kind, text, number: number)
    finish()
  }

  private mutating func append(_ kind: MarkdownText.Kind, _ text: String, number: Int) {
    if open != kind { finish() }
    let plain = kind == .verbatim ? (text: text, citations: []) : InlineMarkup.removed(from: text)
    open = kind
    lines.append(.init(number: number, text: plain.text, citations: plain.citations))
  }

  mutating func finish() {
    guard let open else { return }
    blocks.append(MarkdownText.Block(kind: open, lines: lines, heading: heading))
    lines = []
    self.open = nil
  }
}

extension String {
  package var trimmed: String { trimming(\.isWhitespace) }

  package func trimming(_ isUnwanted: (Character) -> Bool) -> String {
    let start = drop(while: isUnwanted)
    guard let last = start.lastIndex(where: { !isUnwanted($0) }) else { return "" }
    return String(start[...last])
  }

  /// Spaces in the place of NUL, tabs and whatever else has no place in prose.
  fileprivate var withoutControls: String {
    guard unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      return self
    }
    var scalars = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      let isTab = scalar == "\t"
      scalars.append(
        contentsOf: isTab
          ? "    ".unicodeScalars
          : scalar.value < 0x20 || scalar.value == 0x7F
            ? " ".unicodeScalars : String(scalar).unicodeScalars)
    }
    return String(scalars)
  }

  /// A line of three or more of one of `-*_=`.
  fileprivate var isRule: Bool {
    let marks = filter { $0 != " " }
    guard let first = marks.first, "-*_=".contains(first), marks.count >= 3 else { return false }
    return marks.allSatisfy { $0 == first }
  }

  fileprivate var headingLevel: Int? {
    let level = prefix { $0 == "#" }.count
    guard (1...6).contains(level), dropFirst(level).first == " " else { return nil }
    return level
  }

  fileprivate var footnoteDefinition: (label: String, text: String)? {
    guard hasPrefix("[^"), let end = firstRange(of: "]:") else { return nil }
    let label = self[index(startIndex, offsetBy: 2)..<end.lowerBound]
    guard !label.isEmpty, !label.contains("]") else { return nil }
    return (String(label), String(self[end.upperBound...]).trimmed)
  }

  /// The text behind a list marker such as `- `, `* ` or `12. `.
  fileprivate var listItem: String? {
    for mark in ["- ", "* ", "+ ", "• "] where hasPrefix(mark) {
      return String(dropFirst(mark.count)).trimmed
    }
    let digits = prefix { $0.isASCII && $0.isNumber }
    let rest = dropFirst(digits.count)
    guard (1...4).contains(digits.count), rest.hasPrefix(". ") || rest.hasPrefix(") ") else {
      return nil
    }
    return String(rest.dropFirst(2)).trimmed
  }
}
