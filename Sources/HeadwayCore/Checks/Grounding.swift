/// Whether the numbers and quotations of an output occur in what it was made from.
///
/// A number counts by its value, however it is grouped or whatever its unit; a quotation by its
/// words, whatever its punctuation. Numbers spelled in words are not looked at.
package struct Grounding: Sendable {
  private var numbers: Set<String> = []
  private var words: [String] = []
  /// Where each run of three words occurs.
  private var places: [[String]: [Int]] = [:]

  /// Something that the output says and no input does.
  package struct Missing: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Hashable, Sendable { case number, quotation }
    package let kind: Kind
    package let text: String
    package let line: Int

    package var description: String {
      let shown = text.count > 80 ? text.prefix(79) + "…" : text[...]
      return "\(kind.rawValue) “\(shown)” (line \(line))"
    }
  }

  /// The brief, the parameters and the names of the inputs count as inputs too.
  package init(inputs: [(name: String, bytes: [UInt8])], parameters: [String: JSONValue] = [:]) {
    for input in inputs.sorted(by: { $0.name < $1.name }) {
      read(input.name)
      read(String(decoding: input.bytes, as: UTF8.self))
      for block in MarkdownText(input.bytes).blocks { words += Words.folded(block.text) }
      words.append("")
    }
    for value in parameters.sorted(by: { $0.key < $1.key }).map(\.value) {
      read(String(decoding: value.compact, as: UTF8.self))
      words += Words.folded(value.text ?? "") + [""]
    }
    guard words.count >= 3 else { return }
    for index in 0...(words.count - 3) {
      places[Array(words[index..<(index + 3)]), default: []].append(index)
    }
  }

  private mutating func read(_ text: String) {
    for number in NumberScanner.numbers(in: text) { numbers.formUnion(number.readings) }
  }

  /// What `output` says without a source, in the order of its lines.
  package func missing(in output: [UInt8]) -> [Missing] {
    var missing: [Missing] = []
    for block in MarkdownText(output).blocks {
      for line in block.lines {
        let text = block.isHeading ? line.text.withoutNumbering : line.text
        for number in NumberScanner.numbers(in: text)
        where numbers.isDisjoint(with: number.readings) {
          missing.append(Missing(kind: .number, text: number.text, line: line.number))
        }
      }
      guard block.kind != .verbatim, let first = block.lines.first else { continue }
      for quotation in Quotations.inside(block) where !occurs(quotation) {
        missing.append(Missing(kind: .quotation, text: quotation, line: first.number))
      }
    }
    return missing.sorted { ($0.line, $0.text) < ($1.line, $1.text) }
  }

  private func occurs(_ quotation: String) -> Bool {
    // An ellipsis says that something was left out there.
    let parts = quotation.replacing("...", with: "…").split(separator: "…")
    return parts.allSatisfy { part in
      let run = Words.folded(String(part))
      guard run.count >= 3 else { return true }
      return (places[Array(run.prefix(3))] ?? []).contains { start in
        start + run.count <= words.count && words[start..<(start + run.count)].elementsEqual(run)
      }
    }
  }

  /// The check as a pipeline asks for it.
  package func check(_ output: [UInt8]) -> CheckResult {
    let missing = missing(in: output)
    guard !missing.isEmpty else { return CheckResult(check: "grounded") }
    let shown = missing.prefix(5).map(\.description).joined(separator: ", ")
    let rest = missing.count > 5 ? " and \(missing.count - 5) more" : ""
    return CheckResult(check: "grounded", finding: "no input has \(shown)\(rest)")
  }
}

/// Passages of three words and more between quotation marks, and block quotations.
enum Quotations {
  static func inside(_ block: MarkdownText.Block) -> [String] {
    guard block.kind == .quotation else { return spans(block.text).filter(isLong) }
    // `— Name` at the end says who is quoted.
    let isAttributed = block.lines.last?.text.first.map { "—–".contains($0) } ?? false
    let lines = isAttributed ? block.lines.dropLast() : block.lines[...]
    return [lines.map(\.text).joined(separator: " ")].filter(isLong)
  }

  private static func isLong(_ text: String) -> Bool { Words.folded(text).count >= 3 }

  /// The outermost quoted spans; one that is never closed reaches to the end.
  static func spans(_ text: String) -> [String] {
    var (spans, span, depth, isStraight): ([String], String, Int, Bool) = ([], "", 0, false)
    func finish() {
      spans.append(span)
      span = ""
    }
    for character in text {
      switch character {
      case "“", "„", "«":
        if depth > 0 || isStraight { span.append(character) }
        if !isStraight { depth += 1 }
      case "”", "»":
        if depth > 0 {
          depth -= 1
          if depth == 0 { finish() } else { span.append(character) }
        }
      case "\"" where depth == 0:
        if isStraight { finish() }
        isStraight.toggle()
      default:
        if depth > 0 || isStraight { span.append(character) }
      }
    }
    if depth > 0 || isStraight { finish() }
    return spans
  }
}

extension MarkdownText.Block {
  var isHeading: Bool {
    if case .heading = kind { true } else { false }
  }
}

extension String {
  /// `3.1 Costs` and `2) Costs` are numbered headings; `3 ways to begin` is not.
  fileprivate var withoutNumbering: String {
    let mark = prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == ")") }
    guard mark.contains(where: { $0 == "." || $0 == ")" }) else { return self }
    return String(dropFirst(mark.count))
  }
}
