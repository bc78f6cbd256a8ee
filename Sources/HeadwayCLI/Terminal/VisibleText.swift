extension String {
  /// The text with everything made visible that a terminal would obey or hide.
  ///
  /// That is control characters, changes of direction, and characters without width. For every
  /// text that Headway did not write itself.
  package var visible: String { visible(keeping: []) }

  /// The same for a text of several lines: line breaks and tabs stay.
  package var visibleLines: String { visible(keeping: ["\n", "\t"]) }

  private func visible(keeping kept: Set<Unicode.Scalar>) -> String {
    guard unicodeScalars.contains(where: { $0.isHidden && !kept.contains($0) }) else {
      return self
    }
    var text = ""
    for scalar in unicodeScalars {
      if scalar.isHidden, !kept.contains(scalar) {
        text += "<U+" + scalar.hexadecimal + ">"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Unicode.Scalar {
  /// Whether a reader could not see that the character is there.
  fileprivate var isHidden: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      true
    default: properties.isDefaultIgnorableCodePoint
    }
  }

  fileprivate var hexadecimal: String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: Swift.max(0, 4 - digits.count)) + digits
  }
}
