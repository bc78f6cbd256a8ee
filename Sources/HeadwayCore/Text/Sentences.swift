/// Where the sentences of a paragraph end.
package enum Sentences {
  /// Dots behind these end no sentence.
  private static let abbreviations: Set<String> = [
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "e.g", "i.e", "cf", "fig", "no",
    "nos", "vol", "approx", "ca", "inc", "ltd", "co", "dept", "est", "gen", "rep", "sen", "jan",
    "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "pp", "ed",
  ]

  /// The sentences of one paragraph of plain text, trimmed, in order.
  package static func split(_ text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    var sentences: [String] = []
    var start = 0
    var index = 0
    func finish(at end: Int) {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[start..<end])
      let sentence = String(view).trimmed
      if !sentence.isEmpty { sentences.append(sentence) }
      start = end
    }
    while index < scalars.count {
      guard scalars[index].endsSentence else {
        index += 1
        continue
      }
      let mark = index
      var end = index + 1
      while end < scalars.count, scalars[end].endsSentence || scalars[end].closesSentence {
        end += 1
      }
      if isBoundary(scalars, from: start, mark: mark, end: end) { finish(at: end) }
      index = end
    }
    finish(at: scalars.count)
    return sentences
  }

  private static func isBoundary(
    _ scalars: [Unicode.Scalar], from start: Int, mark: Int, end: Int
  ) -> Bool {
    if end == scalars.count { return true }
    // Full-width marks stand without a space behind them.
    if !scalars[mark].isASCII, scalars[mark] != "…" { return true }
    guard scalars[end].properties.isWhitespace else { return false }
    guard let next = scalars[end...].first(where: { !$0.properties.isWhitespace }),
      next.opensSentence
    else { return false }
    guard scalars[mark] == ".", end == mark + 1 else { return true }
    return !endsInAbbreviation(scalars[start..<mark])
  }

  private static func endsInAbbreviation(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
    var word = String.UnicodeScalarView()
    let tail = scalars.suffix(12)
    let from = tail.lastIndex { !$0.isWordScalar && $0 != "." }.map { $0 + 1 } ?? tail.startIndex
    word.append(contentsOf: scalars[max(from, scalars.startIndex)...])
    let text = String(word)
    // An initial, as in `J. Okafor`; `I.` alone ends a sentence more often than it starts a name.
    if text.unicodeScalars.count == 1, let only = text.unicodeScalars.first,
      only.properties.isUppercase, only != "I"
    {
      return true
    }
    return abbreviations.contains(text.lowercased())
  }
}

extension Unicode.Scalar {
  fileprivate var endsSentence: Bool {
    switch self {
    case ".", "!", "?", "…", "。", "！", "？", "؟", "।": true
    default: false
    }
  }

  fileprivate var closesSentence: Bool {
    switch self {
    case "\"", "'", "”", "’", "»", ")", "]", "」", "』": true
    default: false
    }
  }

  fileprivate var opensSentence: Bool {
    switch self {
    case "\"", "'", "“", "‘", "«", "(", "[", "„", "¿", "¡": return true
    default:
      if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(UInt8(truncatingIfNeeded: value)), isASCII
      {
        return true
      }
      // Scripts without case have no capital to wait for.
      return properties.isUppercase || (properties.isAlphabetic && !properties.isLowercase)
    }
  }
}
