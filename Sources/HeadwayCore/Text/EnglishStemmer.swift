/// The Porter2 ("English Snowball") stemmer: `scheduling`, `scheduled` and `schedules` are one term.
package enum EnglishStemmer {
  /// The stem of a lower-case word; words with anything but ASCII letters come back unchanged.
  package static func stem(_ word: String) -> String {
    let bytes = Array(word.utf8)
    guard bytes.count > 2, bytes.count <= 64, bytes.allSatisfy({ $0.isLetter || $0 == 0x27 }) else {
      return word
    }
    if let stem = exceptions[word] { return stem }
    var stemming = Stemming(bytes)
    stemming.run()
    return String(decoding: stemming.word, as: UTF8.self)
  }

  private static let exceptions: [String: String] = [
    "skis": "ski", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie",
    "idly": "idl", "gently": "gentl", "ugly": "ugli", "early": "earli", "only": "onli",
    "singly": "singl", "sky": "sky", "news": "news", "howe": "howe", "atlas": "atlas",
    "cosmos": "cosmos", "bias": "bias", "andes": "andes",
  ]
}

private struct Stemming {
  var word: [UInt8]
  /// Where R1 and R2 of the algorithm begin.
  private var r1 = 0
  private var r2 = 0

  private static let capitalY = UInt8(ascii: "Y")
  private static let y = UInt8(ascii: "y")

  init(_ bytes: [UInt8]) {
    word = bytes.first == 0x27 ? Array(bytes.dropFirst()) : bytes
    // A y that stands for a consonant is marked as Y until the end.
    for index in word.indices where word[index] == Self.y {
      if index == 0 || Self.isVowel(word[index - 1]) { word[index] = Self.capitalY }
    }
    r1 = regionStart()
    r2 = region(after: r1)
  }

  mutating func run() {
    removePossessive()
    removePlural()
    let unchanged = [
      "inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed",
    ]
    if !unchanged.contains(String(decoding: word, as: UTF8.self)) {
      removePastAndGerund()
      replaceFinalY()
      replaceSuffixes()
      removeDerivations()
      removeFinal()
    }
    for index in word.indices where word[index] == Self.capitalY { word[index] = Self.y }
  }

  private static func isVowel(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"),
      UInt8(ascii: "u"), y:
      true
    default: false
    }
  }

  /// R1 begins behind these, or unrelated words would share a stem.
  private static let longPrefixes = [
    "gener", "commun", "arsen", "past", "univers", "later", "emerg", "organ", "inter",
  ]

  private func regionStart() -> Int {
    for prefix in Self.longPrefixes where word.starts(with: prefix.utf8) {
      return prefix.utf8.count
    }
    return region(after: 0)
  }

  /// After the first non-vowel that follows a vowel, from `start` on.
  private func region(after start: Int) -> Int {
    var index = start
    while index < word.count, !Self.isVowel(word[index]) { index += 1 }
    while index < word.count, Self.isVowel(word[index]) { index += 1 }
    return min(index + 1, word.count)
  }

  private func ends(_ suffix: String) -> Bool {
    word.count >= suffix.utf8.count && word.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  private func longest(_ suffixes: [String]) -> String? {
    suffixes.filter(ends).max { $0.utf8.count < $1.utf8.count }
  }

  private func start(of suffix: String) -> Int { word.count - suffix.utf8.count }

  private mutating func replace(_ suffix: String, with text: String = "") {
    word.removeLast(suffix.utf8.count)
    word += text.utf8
  }

  private func hasVowel(before end: Int) -> Bool { word[..<end].contains(where: Self.isVowel) }

  private mutating func removePossessive() {
    if let suffix = longest(["'s'", "'s", "'"]) { replace(suffix) }
  }

  private mutating func removePlural() {
    switch longest(["sses", "ied", "ies", "us", "ss", "s"]) {
    case "sses": replace("sses", with: "ss")
    case "ied": replace("ied", with: word.count > 4 ? "i" : "ie")
    case "ies": replace("ies", with: word.count > 4 ? "i" : "ie")
    case "s":
      // The vowel must not stand right before the s: `gas` and `this` stay.
      if word.count > 2, hasVowel(before: word.count - 2) { replace("s") }
    default: return
    }
  }

  private mutating func removePastAndGerund() {
    guard let suffix = longest(["eedly", "eed", "ingly", "edly", "ing", "ed"]) else { return }
    if suffix.hasPrefix("eed") {
      if start(of: suffix) >= r1 { replace(suffix, with: "ee") }
      return
    }
    guard hasVowel(before: start(of: suffix)) else { return }
    replace(suffix)
    if longest(["at", "bl", "iz"]) != nil {
      word.append(UInt8(ascii: "e"))
    } else if longest(["bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"]) != nil {
      // `adding` is from `add`, `hopping` from `hop`.
      if word.count != 3 || !"aeo".utf8.contains(word[0]) { word.removeLast() }
    } else if r1 >= word.count, endsInShortSyllable {
      word.append(UInt8(ascii: "e"))
    }
  }

  private var endsInShortSyllable: Bool {
    let count = word.count
    if count == 2 { return Self.isVowel(word[0]) && !Self.isVowel(word[1]) }
    guard count > 2 else { return false }
    let last = word[count - 1]
    return !Self.isVowel(word[count - 3]) && Self.isVowel(word[count - 2]) && !Self.isVowel(last)
      && last != UInt8(ascii: "w") && last != UInt8(ascii: "x") && last != Self.capitalY
  }

  private mutating func replaceFinalY() {
    guard word.count > 2, let last = word.last, last == Self.y || last == Self.capitalY,
      !Self.isVowel(word[word.count - 2])
    else { return }
    word[word.count - 1] = UInt8(ascii: "i")
  }

  private static let replacements: [String: String] = [
    "tional": "tion", "enci": "ence", "anci": "ance", "abli": "able", "entli": "ent",
    "izer": "ize", "ization": "ize", "ational": "ate", "ation": "ate", "ator": "ate",
    "alism": "al", "aliti": "al", "alli": "al", "fulness": "ful", "ousli": "ous",
    "ousness": "ous", "iveness": "ive", "iviti": "ive", "biliti": "ble", "bli": "ble",
    "ogi": "og", "fulli": "ful", "lessli": "less", "li": "",
  ]
  private static let replaced = replacements.keys.sorted()

  private mutating func replaceSuffixes() {
    guard let suffix = longest(Self.replaced), start(of: suffix) >= r1 else { return }
    let before = start(of: suffix) > 0 ? word[start(of: suffix) - 1] : 0
    if suffix == "ogi", before != UInt8(ascii: "l") { return }
    if suffix == "li", !"cdeghkmnrt".utf8.contains(before) { return }
    replace(suffix, with: Self.replacements[suffix] ?? "")
  }

  private mutating func removeDerivations() {
    let suffixes = [
      "tional", "ational", "alize", "icate", "iciti", "ical", "ful", "ness", "ative",
    ]
    guard let suffix = longest(suffixes), start(of: suffix) >= r1 else { return }
    switch suffix {
    case "tional": replace(suffix, with: "tion")
    case "ational": replace(suffix, with: "ate")
    case "alize": replace(suffix, with: "al")
    case "icate", "iciti", "ical": replace(suffix, with: "ic")
    case "ative": if start(of: suffix) >= r2 { replace(suffix) }
    default: replace(suffix)
    }
  }

  private mutating func removeFinal() {
    let suffixes = [
      "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ism",
      "ate", "iti", "ous", "ive", "ize", "ion",
    ]
    if let suffix = longest(suffixes), start(of: suffix) >= r2,
      suffix != "ion" || precededByST(suffix)
    {
      replace(suffix)
    }
    if ends("e") {
      let place = word.count - 1
      if place >= r2 || (place >= r1 && !endsInShortSyllableBeforeE) { word.removeLast() }
    } else if ends("ll"), word.count - 1 >= r2 {
      word.removeLast()
    }
  }

  private func precededByST(_ suffix: String) -> Bool {
    let place = start(of: suffix)
    return place > 0
      && (word[place - 1] == UInt8(ascii: "s") || word[place - 1] == UInt8(ascii: "t"))
  }

  private var endsInShortSyllableBeforeE: Bool {
    var shorter = self
    shorter.word.removeLast()
    return shorter.endsInShortSyllable
  }
}
