internal import HeadwayCore

/// Text in sections with headings, as the reading commands print it.
struct Page {
  let output: Output
  let terminal: Terminal
  private var isEmpty = true

  init(_ context: CommandContext) {
    output = context.output
    terminal = context.terminal
  }

  /// A line of its own; what others wrote is made visible.
  mutating func line(_ text: String, _ style: Terminal.Style? = nil) {
    let text = text.visible
    output.line(style.map { terminal.styled(text, $0) } ?? text)
    isEmpty = false
  }

  mutating func gap() { if !isEmpty { output.line() } }

  /// A heading with rows below it; nothing at all where there are no rows.
  mutating func section(_ heading: String, _ rows: Columns, _ style: Terminal.Style = .bold) {
    guard !rows.isEmpty else { return }
    output.line(terminal.styled(heading.visible, style))
    rows.write(to: output, on: terminal, indent: 2)
    isEmpty = false
  }

  /// A text of several lines, broken where a person can still read it.
  mutating func paragraph(_ text: String, indent: Int = 0) {
    let width = max(40, (terminal.isInteractive ? terminal.width : 100) - indent)
    for line in text.visibleLines.split(separator: "\n", omittingEmptySubsequences: false) {
      for part in String(line).wrapped(to: width) {
        output.line(part.isEmpty ? "" : String(repeating: " ", count: indent) + part)
      }
    }
    isEmpty = false
  }
}

extension String {
  /// The text in lines of at most `width` columns where its words allow it; the lines after the
  /// first are set in as the first one is.
  func wrapped(to width: Int) -> [String] {
    guard columns > width else { return [self] }
    let lead = String(prefix { $0 == " " })
    var (lines, line): ([String], String) = ([], "")
    for word in split(separator: " ", omittingEmptySubsequences: true) {
      if line.isEmpty {
        line = lead + word
      } else if line.columns + 1 + String(word).columns <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = lead + word
      }
    }
    return lines + [line]
  }
}

extension Columns.Cell {
  /// A task's or run's state in its colour.
  static func state(_ word: String) -> Columns.Cell {
    let style: Terminal.Style? =
      switch word {
      case "succeeded": .green
      case "failed", "expired": .red
      case "held", "waiting", "lost": .yellow
      case "running", "active": .cyan
      case "skipped", "cancelled", "pending": .dim
      default: nil
      }
    return Columns.Cell(word, style)
  }
}
