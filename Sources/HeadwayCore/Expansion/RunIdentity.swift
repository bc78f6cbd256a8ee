/// What makes a run the same run: where it came from and which generation of it this is.
package struct RunIdentity: Hashable, Sendable {
  package let anchor: CommitID
  /// The brief's path, or what takes its place for other triggers.
  package let source: String
  package let generation: Int

  package init(anchor: CommitID, brief: FilePath, generation: Int) {
    self.init(anchor: anchor, source: brief.text, generation: generation)
  }

  package init(anchor: CommitID, source: String, generation: Int) {
    self.anchor = anchor
    self.source = source
    self.generation = generation
  }

  /// `<slug>-<6 hex>`, or with 12 where the short one is taken.
  package func id(isTaken: (RunID) -> Bool) -> RunID? {
    let hash = Digest(parts: [anchor.hex, source, String(generation)])
    guard let short = RunID("\(slug)-\(hash.prefix(6))") else { return nil }
    return isTaken(short) ? RunID("\(slug)-\(hash.prefix(12))") : short
  }

  /// The source below `briefs/` without extension: ASCII, lower case, `-` for everything else.
  package var slug: String {
    var text = source[...]
    if text.hasPrefix(Brief.folder) { text = text.dropFirst(Brief.folder.count) }
    if text.hasSuffix(".md") { text = text.dropLast(3) }
    return Self.slug(of: String(text))
  }

  package static func slug(of text: String) -> String {
    var slug = ""
    var isGap = false
    for scalar in folded(text) {
      let isPlain =
        (0x61...0x7A).contains(scalar.value) || (0x30...0x39).contains(scalar.value)
      guard isPlain else {
        isGap = true
        continue
      }
      if isGap, !slug.isEmpty { slug += "-" }
      isGap = false
      slug.unicodeScalars.append(scalar)
      if slug.utf8.count >= 48 { break }
    }
    slug = String(slug.prefix(48))
    while slug.hasSuffix("-") { slug.removeLast() }
    return slug.isEmpty ? "run" : slug
  }

  /// Lower case, without marks on letters, and with the letters that are two in ASCII.
  private static func folded(_ text: String) -> [Unicode.Scalar] {
    text.lowercased().flatMap { character -> [Unicode.Scalar] in
      if character.isASCII { return Array(character.unicodeScalars) }
      if let pair = pairs[character] { return Array(pair.unicodeScalars) }
      return Array(decomposed(character)).filter {
        $0.properties.generalCategory != .nonspacingMark
      }
    }
  }

  private static let pairs: [Character: String] = [
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i",
  ]

  /// The letter below the marks of `character`, which compares equal to its decomposition.
  private static func decomposed(_ character: Character) -> String.UnicodeScalarView {
    for base in "abcdefghijklmnopqrstuvwxyz" {
      for mark in marks where Character("\(base)\(mark)") == character {
        return String(base).unicodeScalars
      }
    }
    return String(character).unicodeScalars
  }

  private static let marks: [Unicode.Scalar] = (0x300...0x331).compactMap(Unicode.Scalar.init)
}
