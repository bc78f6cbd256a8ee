/// The texts with a meaning of their own that fields can hold.
package enum TextFormat: Hashable, Sendable {
  /// Any text, line ends included.
  case free
  /// One line without control or invisible characters.
  case line
  case name, path, folder, modelName, span, money, currency, bytes, instant, localTime, zone
  case decimal, role, email, pattern, template, check, address, variable

  /// The regular expression that JSON Schema documents carry; looser than `fault(of:)` where
  /// a pattern cannot say it.
  package var pattern: String? {
    switch self {
    case .free, .pattern, .template, .check, .zone: nil
    case .line: "^[^\\n\\r]*$"
    case .name, .role: "^[a-z][a-z0-9-]{0,47}$"
    case .path: "^[^/].*[^/]$|^[^/]$"
    case .folder: "^[^/].*/$"
    case .modelName: "^[A-Za-z0-9][A-Za-z0-9._:-]*(/[A-Za-z0-9][A-Za-z0-9._:-]*)*$"
    case .span: "^([0-9]+(d|h|m|s|ms))+$"
    case .money: "^[0-9]+(\\.[0-9]{1,6})? [A-Z]{3}$"
    case .currency: "^[A-Z]{3}$"
    case .bytes: "^[0-9]+(B|KiB|MiB|GiB)$"
    case .instant:
      "^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})$"
    case .localTime: "^\\d{4}-\\d{2}-\\d{2}"
    case .decimal: "^[0-9]+(\\.[0-9]{1,6})?$"
    case .email: "^[^@\\s]+@[^@\\s]+$"
    case .address: "^https?://"
    case .variable: "^[A-Za-z_][A-Za-z0-9_]*$"
    }
  }

  /// What such a text is, as it reads after "is not".
  package var noun: String {
    switch self {
    case .free, .template, .pattern, .check: "text"
    case .line: "one line of text"
    case .name, .role: "a name"
    case .path: "a path in the repository"
    case .folder: "a folder in the repository"
    case .modelName: "the name of a model"
    case .span: "a length of time"
    case .money: "an amount of money"
    case .currency: "a currency"
    case .bytes: "a size"
    case .instant: "a moment"
    case .localTime: "a date or a moment"
    case .zone: "a time zone"
    case .decimal: "a decimal amount"
    case .email: "an e-mail address"
    case .address: "a web address"
    case .variable: "the name of an environment variable"
    }
  }

  /// How to write one.
  package var hint: String? {
    switch self {
    case .free, .line, .template, .pattern, .check: nil
    case .name, .role: "a name starts with a to z; then a to z, 0 to 9 and `-`, 48 at most"
    case .path: "a path is relative to the repository's root, like `prompts/writer.md`"
    case .folder: "a folder is relative to the repository's root and ends in `/`"
    case .modelName: "write it like `builtin/extractive`"
    case .span: "write it like `10m`, `2h` or `7d`"
    case .money: "write it like `2.00 USD`"
    case .currency: "write its three letters, like `USD`"
    case .bytes: "write it like `256KiB` or `5MiB`"
    case .instant: "write it like `2026-11-23T10:15:30Z`"
    case .localTime: "write it like `2026-12-01` or `2026-12-01T17:00:00+01:00`"
    case .zone: "write an IANA name, like `Europe/Berlin`"
    case .decimal: "write digits with at most six decimals, like `0.25`"
    case .email: nil
    case .address: "write it like `https://api.example.org/v1`"
    case .variable: "letters, digits and `_`"
    }
  }

  /// What is wrong with `text` as such a text, or `nil`; a phrase that follows it in quotes.
  package func fault(of text: String) -> String? {
    switch self {
    case .free, .pattern, .template, .check: nil
    case .path: FilePath.fault(of: text)?.rawValue
    case .folder:
      text.hasSuffix("/")
        ? FilePath.fault(of: String(text.dropLast()))?.rawValue : "does not end in `/`"
    case .line:
      text.unicodeScalars.contains(where: \.isInvisible)
        ? "has a line end or an invisible character" : nil
    default: accepts(text) ? nil : "is not \(noun)"
    }
  }

  private func accepts(_ text: String) -> Bool {
    switch self {
    case .name, .role: Name(text) != nil
    case .modelName: ModelName(text) != nil
    case .span: Span(text) != nil
    case .money: Money(text) != nil
    case .currency: Currency(text) != nil
    case .bytes: ByteCount(text: text) != nil
    case .instant: Instant(iso: text) != nil
    case .localTime: LocalTime(text) != nil
    case .zone: Zone(text) != nil
    case .decimal: Money.micros(text[...]) != nil
    case .email: isEmail(text)
    case .address: isAddress(text)
    case .variable: isVariable(text)
    default: true
    }
  }

  private func isEmail(_ text: String) -> Bool {
    let halves = text.split(separator: "@", omittingEmptySubsequences: false)
    return halves.count == 2 && halves.allSatisfy { !$0.isEmpty }
      && text.unicodeScalars.allSatisfy { !$0.isInvisible && !$0.properties.isWhitespace }
  }

  private func isAddress(_ text: String) -> Bool {
    for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
      let rest = text.dropFirst(scheme.count)
      return !rest.isEmpty && !rest.hasPrefix("/")
        && rest.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") }
    }
    return false
  }

  private func isVariable(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return text.utf8.count <= 128
      && text.utf8.allSatisfy { byte in
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
      }
  }
}
