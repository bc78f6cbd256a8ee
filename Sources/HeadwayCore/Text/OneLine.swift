extension String {
  /// One line that can stand in a message: no invisible characters, at most `length` of them.
  package func oneLine(_ length: Int = 300) -> String {
    var line = ""
    for scalar in unicodeScalars.prefix(4 * length) {
      line.unicodeScalars.append(scalar.isInvisible ? " " : scalar)
    }
    let words = line.split(separator: " ").joined(separator: " ")
    return words.count > length ? words.prefix(length) + "…" : words
  }
}
