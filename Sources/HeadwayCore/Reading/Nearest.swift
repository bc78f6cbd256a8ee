/// The known name that a mistyped one most likely means.
package enum Nearest {
  /// A hint such as ``did you mean `outline`?``, else a list of what there is.
  package static func hint(
    for name: String, among known: some Collection<String>, listing label: String
  ) -> String? {
    if let nearest = nearest(to: name, among: known) { return "did you mean `\(nearest)`?" }
    guard !known.isEmpty else { return nil }
    let shown = known.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
    return "\(label): \(shown)\(known.count > 12 ? ", …" : "")"
  }

  /// The closest of `known` within a third of the name's length; the first of several.
  package static func nearest(to name: String, among known: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(80))
    let allowed = max(1, (wanted.count + 1) / 3)
    var best: (name: String, distance: Int)?
    for candidate in known where candidate != name {
      let scalars = Array(candidate.lowercased().unicodeScalars.prefix(80))
      guard abs(scalars.count - wanted.count) <= allowed else { continue }
      let distance = distance(wanted, scalars)
      if distance <= allowed, distance < (best?.distance ?? .max) { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbours, each counted once.
  static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 1...left.count {
      var current = [row]
      current.reserveCapacity(right.count + 1)
      for column in 1...right.count {
        let same = left[row - 1] == right[column - 1]
        var cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1))
        if row > 1, column > 1, left[row - 1] == right[column - 2],
          left[row - 2] == right[column - 1]
        {
          cost = min(cost, beforeLast[column - 2] + 1)
        }
        current.append(cost)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
