/// Emphasis, links, code spans, tags and footnote marks inside one line.
enum InlineMarkup {
  /// The line as it reads, and the labels of the footnotes it refers to.
  static func removed(from line: String) -> (text: String, citations: [String]) {
    let special: Set<UInt8> = Set("*_`[]<\\!".utf8)
    guard line.utf8.contains(where: special.contains) else { return (line, []) }
    var reader = Reader(scalars: Array(line.unicodeScalars))
    reader.run()
    let text = String(reader.output).replacing("  ", with: " ").trimmed
    return (text, reader.citations)
  }

  private struct Reader {
    let scalars: [Unicode.Scalar]
    var output = String.UnicodeScalarView()
    var citations: [String] = []
    private var index = 0

    init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    mutating func run() {
      while index < scalars.count {
        let scalar = scalars[index]
        switch scalar {
        case "\\" where index + 1 < scalars.count && isPunctuation(scalars[index + 1]):
          output.append(scalars[index + 1])
          index += 2
        case "*", "`": index += 1
        case "_" where isAtWordEdge: index += 1
        case "[", "!": readBracket()
        case "<": readTag()
        default:
          output.append(scalar)
          index += 1
        }
      }
    }

    private func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
      scalar.isASCII && scalar.value > 0x20 && !UInt8(ascii: scalar).isLetterOrDigit
    }

    /// An underscore inside a word such as `snake_case` is a part of it.
    private var isAtWordEdge: Bool {
      let before = index > 0 && scalars[index - 1].isWordScalar
      let after = index + 1 < scalars.count && scalars[index + 1].isWordScalar
      return !(before && after)
    }

    /// The index of `scalar` within the next 300 scalars, so that unbalanced input stays cheap.
    private func find(_ scalar: Unicode.Scalar, from start: Int) -> Int? {
      guard start < scalars.count else { return nil }
      return scalars[start..<min(scalars.count, start + 300)].firstIndex(of: scalar)
    }

    private mutating func readBracket() {
      let isImage = scalars[index] == "!"
      let open = isImage ? index + 1 : index
      guard open < scalars.count, scalars[open] == "[", let close = find("]", from: open) else {
        output.append(scalars[index])
        index += 1
        return
      }
      let inner = scalars[(open + 1)..<close]
      if inner.first == "^", inner.count > 1 {
        citations.append(text(inner.dropFirst()))
        if output.last == " " { output.removeLast() }
        index = close + 1
      } else if close + 1 < scalars.count, scalars[close + 1] == "(",
        let end = find(")", from: close)
      {
        if !isImage { output.append(contentsOf: inner) }
        index = end + 1
      } else {
        output.append(scalars[index])
        index += 1
      }
    }

    private func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      return String(view)
    }

    private mutating func readTag() {
      let next = index + 1 < scalars.count ? scalars[index + 1] : " "
      let opens = next == "/" || (next.isASCII && UInt8(ascii: next).isLetter)
      guard opens, let close = find(">", from: index) else {
        output.append(scalars[index])
        index += 1
        return
      }
      index = close + 1
    }
  }
}
