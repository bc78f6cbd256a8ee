/// What an output is held to before it counts as a result.
package enum Check: Hashable, Sendable, CustomStringConvertible {
  case measure(Measure, Comparison, Int)
  /// Numbers and quoted passages must occur in the inputs.
  case grounded
  case style

  package enum Measure: String, Hashable, Sendable, CaseIterable { case words, characters, lines }

  package enum Comparison: String, Hashable, Sendable, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"
    case exactly = "=="
    case other = "!="

    package func holds(_ left: Int, _ right: Int) -> Bool {
      switch self {
      case .atLeast: left >= right
      case .atMost: left <= right
      case .above: left > right
      case .below: left < right
      case .exactly: left == right
      case .other: left != right
      }
    }
  }

  package enum Fault: Error, Hashable, Sendable {
    case unknown(String)
    /// A condition beyond `name op integer`.
    case needsExpressions
  }

  package static let names = ["grounded", "style"] + Measure.allCases.map(\.rawValue)

  /// Reads `grounded`, `style` or `words >= 600`.
  package init(_ text: String) throws(Fault) {
    let trimmed = text.drop { $0 == " " }
    let name = String(trimmed.prefix { $0.isASCII && ($0.isLetter || $0 == "-") })
    let rest = trimmed.dropFirst(name.count).filter { $0 != " " }
    if rest.isEmpty {
      switch name {
      case "grounded": self = .grounded
      case "style": self = .style
      default:
        guard Measure(rawValue: name) == nil else { throw .needsExpressions }
        throw .unknown(name)
      }
      return
    }
    let symbol = rest.prefix { "<>=!".contains($0) }
    guard let comparison = Comparison(rawValue: String(symbol)),
      let number = Int(rest.dropFirst(symbol.count)), number >= 0,
      rest.dropFirst(symbol.count).allSatisfy({ $0.isASCII && $0.isNumber })
    else { throw .needsExpressions }
    guard let measure = Measure(rawValue: name) else {
      throw Self.names.contains(name) || name.isEmpty ? .needsExpressions : .unknown(name)
    }
    self = .measure(measure, comparison, number)
  }

  package var description: String {
    switch self {
    case .measure(let measure, let comparison, let number):
      "\(measure.rawValue) \(comparison.rawValue) \(number)"
    case .grounded: "grounded"
    case .style: "style"
    }
  }
}
