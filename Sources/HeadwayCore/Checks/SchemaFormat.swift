/// The formats that are asserted; any other is refused when a schema is read.
enum SchemaFormat: String, Hashable, Sendable {
  case date, email, uri, uuid
  case dateTime = "date-time"

  var article: String { self == .email || self == .uri ? "a valid" : "a" }

  func accepts(_ text: String) -> Bool {
    guard text.utf8.count <= 4_096 else { return false }
    return switch self {
    case .dateTime: Instant(iso: text) != nil
    case .date: text.utf8.count == 10 && Instant(iso: text + "T00:00:00Z") != nil
    case .email: Self.isEmail(text)
    case .uri: Self.isURI(text)
    case .uuid: Self.isUUID(text)
    }
  }

  private static func isEmail(_ text: String) -> Bool {
    let halves = text.split(separator: "@", omittingEmptySubsequences: false)
    guard halves.count == 2, (1...64).contains(halves[0].utf8.count) else { return false }
    let special = Set("!#$%&'*+/=?^_`{|}~-.".utf8)
    let local = halves[0].utf8
    guard local.allSatisfy({ $0.isLetterOrDigit || special.contains($0) }),
      !halves[0].hasPrefix("."), !halves[0].hasSuffix("."), !halves[0].contains("..")
    else { return false }
    return halves[1].split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
      (1...63).contains($0.utf8.count) && !$0.hasPrefix("-") && !$0.hasSuffix("-")
        && $0.utf8.allSatisfy { $0.isLetterOrDigit || $0 == 0x2D }
    }
  }

  /// An absolute URI: a scheme and characters that RFC 3986 allows, with whole percent escapes.
  private static func isURI(_ text: String) -> Bool {
    guard let colon = text.firstIndex(of: ":") else { return false }
    let scheme = text[..<colon].utf8
    guard let first = scheme.first, first.isLetter,
      scheme.allSatisfy({ $0.isLetterOrDigit || [0x2B, 0x2D, 0x2E].contains($0) })
    else { return false }
    let allowed = Set("-._~:/?#[]@!$&'()*+,;=%".utf8)
    let rest = Array(text[text.index(after: colon)...].utf8)
    guard !rest.isEmpty, rest.allSatisfy({ $0.isLetterOrDigit || allowed.contains($0) }) else {
      return false
    }
    return rest.indices.allSatisfy { index in
      rest[index] != 0x25
        || (index + 2 < rest.count && rest[index + 1].isHexDigit && rest[index + 2].isHexDigit)
    }
  }

  private static func isUUID(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.map(\.utf8.count) == [8, 4, 4, 4, 12]
      && parts.allSatisfy { $0.utf8.allSatisfy(\.isHexDigit) }
  }
}
