/// Words and terms of a text: the units in which texts are counted, compared and searched.
package enum Words {
  /// The terms of `text` in order: lower case, without diacritics, stemmed.
  package static func terms(of text: String) -> [String] {
    folded(text).map(EnglishStemmer.stem)
  }

  /// The terms that carry meaning: stop words and lone letters left out.
  package static func contentTerms(of text: String) -> [String] {
    folded(text).filter(isContent).map(EnglishStemmer.stem)
  }

  package static func isContent(_ word: String) -> Bool {
    !stopWords.contains(word) && (word.utf8.count > 1 || word.utf8.first?.isDigit == true)
  }

  /// The words of `text` in lower case without diacritics; an apostrophe joins, a dash parts.
  package static func folded(_ text: String) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    var pendingApostrophe = false
    func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
      (0x3040...0x30FF).contains(scalar.value) || (0x3400...0x9FFF).contains(scalar.value)
        || (0x20000...0x3FFFF).contains(scalar.value)
    }
    func finish() {
      pendingApostrophe = false
      guard !word.isEmpty else { return }
      words.append(String(word))
      word.removeAll(keepingCapacity: true)
    }
    for scalar in text.unicodeScalars {
      if scalar.isCombiningMark { continue }
      if scalar == "'" || scalar == "\u{2019}" {
        pendingApostrophe = !word.isEmpty
        continue
      }
      guard scalar.isWordScalar else {
        finish()
        continue
      }
      // Scripts without spaces: every ideograph is a word of its own.
      if isIdeograph(scalar) { finish() }
      if pendingApostrophe {
        word.append("'")
        pendingApostrophe = false
      }
      append(scalar, to: &word)
      if isIdeograph(scalar) || word.count >= 64 { finish() }
    }
    finish()
    return words
  }

  private static func append(_ scalar: Unicode.Scalar, to word: inout String.UnicodeScalarView) {
    if scalar.isASCII {
      let value = scalar.value
      let isUpper = (0x41...0x5A).contains(value)
      word.append(isUpper ? Unicode.Scalar(UInt8(value + 32)) : scalar)
      return
    }
    for lower in scalar.properties.lowercaseMapping.unicodeScalars where !lower.isCombiningMark {
      word.append(contentsOf: (diacritics[lower] ?? String(lower)).unicodeScalars)
    }
  }

  /// How many words a person would count; tokens without a letter or digit are none.
  package static func count(in text: String) -> Int {
    text.split(whereSeparator: \.isWhitespace).count { token in
      token.unicodeScalars.contains { $0.isWordScalar }
    }
  }

  private static let diacritics: [Unicode.Scalar: String] = {
    let rows: [(String, String)] = [
      ("a", "àáâãäåāăąǎ"), ("ae", "æ"), ("c", "çćĉċč"), ("d", "ďđð"), ("e", "èéêëēĕėęě"),
      ("g", "ĝğġģ"), ("h", "ĥħ"), ("i", "ìíîïĩīĭįı"), ("j", "ĵ"), ("k", "ķ"), ("l", "ĺļľŀł"),
      ("n", "ñńņňŋ"), ("o", "òóôõöøōŏőǒ"), ("oe", "œ"), ("r", "ŕŗř"), ("s", "śŝşšș"),
      ("ss", "ß"), ("t", "ţťŧț"), ("th", "þ"), ("u", "ùúûüũūŭůűųǔ"), ("w", "ŵ"),
      ("y", "ýÿŷ"), ("z", "źżž"),
    ]
    var table: [Unicode.Scalar: String] = [:]
    for (plain, marked) in rows {
      for scalar in marked.unicodeScalars { table[scalar] = plain }
    }
    return table
  }()

  private static let stopWords = Set(
    """
    a about above after again against all almost also although always am an and another any anyone
    are aren't around as at away back be became because become been before being below between
    both but by came can can't cannot could couldn't did didn't do does doesn't doing don't done
    down during each either else enough even ever every everyone everything few first for from
    further get gets getting give given go goes going gone got had hadn't has hasn't have haven't
    having he he's her here hers herself him himself his how however i i'd i'll i'm i've if in
    instead into is isn't it it's its itself just keep kind know last least less let let's like
    little long lot made make makes many may maybe me mean might mine more most much must my myself
    near need never new next no nobody none nor not nothing now of off often on once one only onto
    or other others our ours ourselves out over own per perhaps put quite rather really right said
    same saw say says see seen she she's should shouldn't since so some someone something
    sometimes still such take than that that's the their theirs them themselves then there
    there's these they they'd they'll they're they've thing things this those though three
    through to together too took toward two under until up upon us use used uses using usually
    very was wasn't way we we'd we'll we're we've well went were weren't what what's whatever when
    where whether which while who whole whom whose why will with within without won't would
    wouldn't yes yet you you'd you'll you're you've your yours yourself
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}

extension Unicode.Scalar {
  fileprivate var isCombiningMark: Bool { (0x300...0x36F).contains(value) }

  /// Whether this can be part of a word.
  package var isWordScalar: Bool {
    if isASCII { return UInt8(ascii: self).isLetterOrDigit }
    if isCombiningMark { return true }
    return switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .nonspacingMark, .spacingMark:
      true
    default: false
    }
  }
}
