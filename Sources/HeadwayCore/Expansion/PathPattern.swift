/// A path with `*` for any part of a name and `**` for any folders.
package struct PathPattern: Hashable, Sendable {
  private let steps: [[Unicode.Scalar]]

  package init(_ text: String) {
    steps = text.split(separator: "/", omittingEmptySubsequences: false).map {
      Array($0.unicodeScalars)
    }
  }

  /// What every match is or lies below; `nil` for the whole tree.
  package var folder: String? {
    let fixed = steps.prefix { !$0.contains("*") }
    guard !fixed.isEmpty else { return nil }
    return fixed.map { String(String.UnicodeScalarView($0)) }.joined(separator: "/")
  }

  package static func isPattern(_ text: String) -> Bool { text.contains("*") }

  package func matches(_ path: FilePath) -> Bool {
    let names = path.text.split(separator: "/").map { Array($0.unicodeScalars) }
    return Self.matches(
      steps, names, isWildcard: { $0 == ["*", "*"] }, fits: { Self.matches($0, name: $1) })
  }

  private static func matches(_ step: [Unicode.Scalar], name: [Unicode.Scalar]) -> Bool {
    matches(step, name, isWildcard: { $0 == "*" }, fits: { $0 == $1 })
  }

  /// Greedy with one way back, so that no pattern takes more than length times length steps.
  private static func matches<Step, Item>(
    _ steps: [Step], _ items: [Item], isWildcard: (Step) -> Bool, fits: (Step, Item) -> Bool
  ) -> Bool {
    var (step, item) = (0, 0)
    var retry: (step: Int, item: Int)?
    while item < items.count {
      if step < steps.count, isWildcard(steps[step]) {
        retry = (step, item)
        step += 1
      } else if step < steps.count, fits(steps[step], items[item]) {
        (step, item) = (step + 1, item + 1)
      } else if let last = retry {
        retry = (last.step, last.item + 1)
        (step, item) = (last.step + 1, last.item + 1)
      } else {
        return false
      }
    }
    return steps[step...].allSatisfy(isWildcard)
  }
}
