internal import ArgumentParser
internal import Glibc

/// What `--color` can be.
package enum ColourChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, always, never
}

/// What stands at the end of an output, and how it may be written to.
package struct Terminal: Hashable, Sendable {
  package let isInteractive: Bool
  /// In columns; 80 where nobody knows.
  package let width: Int
  package let hasColour: Bool
  private let mayHaveColour: Bool

  /// No terminal: plain text.
  package static let none = Terminal(isInteractive: false, width: 80, mayHaveColour: false)

  package init(isInteractive: Bool, width: Int, mayHaveColour: Bool) {
    self.init(isInteractive, width, mayHaveColour, hasColour: isInteractive && mayHaveColour)
  }

  private init(_ isInteractive: Bool, _ width: Int, _ mayHaveColour: Bool, hasColour: Bool) {
    self.isInteractive = isInteractive
    self.width = width
    self.mayHaveColour = mayHaveColour
    self.hasColour = hasColour
  }

  init(_ descriptor: Int32, _ environment: [String: String], _ choice: ColourChoice) {
    var size = winsize()
    let isInteractive = isatty(descriptor) == 1
    let isKnown = unsafe isInteractive && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
    // https://no-color.org: any value but the empty one.
    let isPlain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    self.init(
      isInteractive: isInteractive,
      width: isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80,
      mayHaveColour: !isPlain && environment["TERM"] != "dumb")
  }

  package func choosing(_ choice: ColourChoice) -> Terminal {
    switch choice {
    case .auto: Terminal(isInteractive: isInteractive, width: width, mayHaveColour: mayHaveColour)
    case .always: Terminal(isInteractive, width, mayHaveColour, hasColour: true)
    case .never: Terminal(isInteractive, width, mayHaveColour, hasColour: false)
    }
  }

  package enum Style: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case cyan = "36"
  }

  /// `text` in this style, where there is colour.
  package func styled(_ text: String, _ style: Style) -> String {
    hasColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
