internal import HeadwayCore

/// The first person of a repository: whoever ran `init`.
struct Creator: Sendable {
  let name: Name
  let email: String?
  let key: SigningKey?

  /// The file's place in the repository.
  var path: String { "people/\(name).json" }

  var file: [UInt8] {
    var fields: [String: JSONValue] = [
      "name": .string(name.text), "roles": ["admin", "creator"], "level": 3,
    ]
    if let email { fields["emails"] = [.string(email)] }
    fields["keys"] = key.map { [.object([$0.field.name: .string($0.field.value)])] } ?? []
    return JSONValue.object(fields).canonical
  }

  /// `Ada Lovelace` is `ada-lovelace`; `nil` when nothing of the text can be kept.
  static func name(from text: String) -> Name? {
    var folded = ""
    for scalar in text.unicodeScalars {
      if scalar.isASCII, scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        folded += scalar.properties.lowercaseMapping
      } else if let base = Self.base[scalar] {
        folded += base
      } else if !folded.isEmpty, !folded.hasSuffix("-"), scalar != "'", scalar != "’" {
        folded += "-"
      }
    }
    let trimmed = folded.drop { !("a"..."z").contains($0) }.prefix(48)
    let kept = trimmed.reversed().drop { $0 == "-" }.reversed()
    return Name(String(kept))
  }

  /// The letters of Europe's names; what is not here becomes a hyphen.
  private static let base: [Unicode.Scalar: String] = {
    let table = [
      "a": "ÀÁÂÃÅĀĂĄàáâãåāăą", "ae": "ÄÆäæ", "c": "ÇĆĈĊČçćĉċč", "d": "ĎĐÐďđð",
      "e": "ÈÉÊËĒĔĖĘĚèéêëēĕėęě", "g": "ĜĞĠĢĝğġģ", "h": "ĤĦĥħ", "i": "ÌÍÎÏĨĪĬĮİìíîïĩīĭįı",
      "k": "Ķķ", "l": "ĹĻĽŁĺļľł", "n": "ÑŃŅŇñńņň", "o": "ÒÓÔÕØŌŎŐòóôõøōŏő", "oe": "ÖŒöœ",
      "r": "ŔŖŘŕŗř", "s": "ŚŜŞŠȘśŝşšș", "ss": "ßẞ", "t": "ŢŤŦȚţťŧț", "th": "Þþ",
      "u": "ÙÚÛŨŪŬŮŰŲùúûũūŭůűų", "ue": "Üü", "w": "Ŵŵ", "y": "ÝŶŸýÿŷ", "z": "ŹŻŽźżž",
    ]
    var base: [Unicode.Scalar: String] = [:]
    for (letter, variants) in table {
      for scalar in variants.unicodeScalars { base[scalar] = letter }
    }
    return base
  }()
}
