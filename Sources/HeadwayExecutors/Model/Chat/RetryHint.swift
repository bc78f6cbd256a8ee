internal import HeadwayCore

/// What a server's headers say about trying again.
struct RetryHint: Hashable, Sendable {
  /// How long to stay away.
  let after: Span?
  /// The server's own word on whether the same request is worth repeating.
  let shouldRetry: Bool?

  /// Waits beyond a year are somebody's mistake.
  private static let longest = Span.days(366)

  /// `header` looks a name up, in lower case.
  init(now: Instant, header: (String) -> String?) {
    switch header("x-should-retry") {
    case "true": shouldRetry = true
    case "false": shouldRetry = false
    default: shouldRetry = nil
    }
    if let text = header("retry-after-ms"), let span = Self.span(text, unit: 1) {
      after = span
    } else if let text = header("retry-after") {
      after = Self.span(text, unit: 1_000) ?? Self.date(text).map { max(.zero, $0 - now) }
    } else {
      after = nil
    }
  }

  /// A whole or decimal number of units.
  private static func span(_ text: String, unit: Int64) -> Span? {
    guard let micros = Money.micros(Substring(text.trimmed)) else { return nil }
    return min(longest, Span(milliseconds: (micros / 1_000 * unit + 999) / 1_000))
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT`, the only form of a date that RFC 9110 lets anyone send.
  static func date(_ text: String) -> Instant? {
    let words = text.trimmed.split(separator: " ")
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT",
      let month = months.firstIndex(of: String(words[2]))
    else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return Instant(iso: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
  }
}

extension String {
  fileprivate var trimmed: String {
    let start = drop { $0 == " " || $0 == "\t" }
    return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
