/// A date, or a moment with or without an offset, as people write one for `due`.
package enum LocalTime: Hashable, Sendable {
  case exact(Instant)
  /// Clock time without an offset, held as if it were UTC.
  case local(Instant)

  /// Reads `2026-12-01`, `2026-12-01T17:00`, `2026-12-01T17:00:00` and RFC 3339; a space may
  /// stand for the `T`.
  package init?(_ text: String) {
    var text = text
    if text.utf8.count > 10 {
      let separator = text.utf8.index(text.utf8.startIndex, offsetBy: 10)
      if text.utf8[separator] == 0x20 {
        guard let before = String(text.utf8[..<separator]),
          let after = String(text.utf8[text.utf8.index(after: separator)...])
        else { return nil }
        text = "\(before)T\(after)"
      }
    }
    if let instant = Instant(iso: text) {
      self = .exact(instant)
      return
    }
    let completed =
      switch text.utf8.count {
      // A bare date is its last second.
      case 10: text + "T23:59:59Z"
      case 16: text + ":00Z"
      default: text + "Z"
      }
    guard let local = Instant(iso: completed) else { return nil }
    self = .local(local)
  }

  package func instant(in zone: Zone) -> Instant {
    switch self {
    case .exact(let instant): instant
    case .local(let local): zone.instant(showing: local)
    }
  }
}
