/// Rows of text in columns that line up; the last column is cut to what the terminal shows.
package struct Columns: Sendable {
  private var rows: [[Cell]] = []
  private let gap: Int

  /// A text with its style; the style never counts as width.
  package struct Cell: Sendable, ExpressibleByStringLiteral {
    package let text: String
    package let style: Terminal.Style?

    package init(_ text: String, _ style: Terminal.Style? = nil) {
      // One row is one line, whatever somebody put into a name.
      self.text = text.visible
      self.style = style
    }

    package init(stringLiteral value: String) { self.init(value) }
  }

  package init(gap: Int = 2) { self.gap = gap }

  package var isEmpty: Bool { rows.isEmpty }

  package mutating func add(_ cells: Cell...) { add(cells) }

  /// Empty cells at the end are left out, so that no line ends in spaces.
  package mutating func add(_ cells: [Cell]) {
    let kept = cells.lastIndex { !$0.text.isEmpty }.map { cells[...$0] } ?? []
    rows.append(Array(kept))
  }

  package func lines(on terminal: Terminal, indent: Int = 0) -> [String] {
    let widths = columnWidths
    return rows.map { row in
      var line = String(repeating: " ", count: indent)
      var used = indent
      for (column, cell) in row.enumerated() {
        let isLast = column == row.count - 1
        var text = cell.text
        if isLast, terminal.isInteractive { text = text.cut(to: max(8, terminal.width - used)) }
        line += cell.style.map { terminal.styled(text, $0) } ?? text
        guard !isLast else { break }
        let padding = widths[column] - text.columns + gap
        line += String(repeating: " ", count: padding)
        used += widths[column] + gap
      }
      return line
    }
  }

  package func write(to output: Output, on terminal: Terminal, indent: Int = 0) {
    for line in lines(on: terminal, indent: indent) { output.line(line) }
  }

  private var columnWidths: [Int] {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.dropLast().enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.text.columns)
      }
    }
    return widths
  }
}

extension String {
  /// How many columns a terminal gives to the text; wide characters of East Asia take two.
  package var columns: Int { reduce(0) { $0 + $1.columns } }

  /// The text, ended by `…` when it is wider than `width`.
  package func cut(to width: Int) -> String {
    guard columns > width else { return self }
    var (text, used) = ("", 0)
    for character in self {
      guard used + character.columns < width else { break }
      text.append(character)
      used += character.columns
    }
    return text + "…"
  }
}

extension Character {
  fileprivate var columns: Int {
    guard let first = unicodeScalars.first else { return 0 }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
