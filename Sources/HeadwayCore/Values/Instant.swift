/// A moment in UTC, to the millisecond; the only notion of time inside Core.
package struct Instant: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored as in POSIX.
  package let milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  package static func < (left: Instant, right: Instant) -> Bool {
    left.milliseconds < right.milliseconds
  }

  package static func + (instant: Instant, span: Span) -> Instant {
    let (sum, overflow) = instant.milliseconds.addingReportingOverflow(span.milliseconds)
    return Instant(milliseconds: overflow ? (span.milliseconds < 0 ? .min : .max) : sum)
  }

  package static func - (instant: Instant, span: Span) -> Instant {
    instant + Span(milliseconds: 0 &- span.milliseconds)
  }

  package static func - (left: Instant, right: Instant) -> Span {
    let (difference, overflow) = left.milliseconds.subtractingReportingOverflow(right.milliseconds)
    return Span(milliseconds: overflow ? (left < right ? .min : .max) : difference)
  }
}

/// The calendar fields of an instant in UTC.
package struct CalendarFields: Hashable, Sendable {
  package var year: Int64
  package var month: Int64
  package var day: Int64
  package var hour: Int64
  package var minute: Int64
  package var second: Int64
  package var millisecond: Int64
}

extension Instant {
  /// Howard Hinnant's `civil_from_days`, proleptic Gregorian.
  package var fields: CalendarFields {
    let dayLength: Int64 = 86_400_000
    let days = milliseconds.floorDivided(by: dayLength)
    let rest = milliseconds - days * dayLength
    let shifted = days + 719_468
    let era = shifted.floorDivided(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return CalendarFields(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * monthIndex + 2) / 5 + 1, hour: rest / 3_600_000,
      minute: rest / 60_000 % 60, second: rest / 1_000 % 60, millisecond: rest % 1_000)
  }

  /// The inverse of `fields`; the fields must be in range.
  package init(_ fields: CalendarFields) {
    let year = fields.month <= 2 ? fields.year - 1 : fields.year
    let era = year.floorDivided(by: 400)
    let yearOfEra = year - era * 400
    let monthIndex = fields.month > 2 ? fields.month - 3 : fields.month + 9
    let dayOfYear = (153 * monthIndex + 2) / 5 + fields.day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    let seconds = days * 86_400 + fields.hour * 3_600 + fields.minute * 60 + fields.second
    self.init(milliseconds: seconds * 1_000 + fields.millisecond)
  }
}

extension Int64 {
  fileprivate func floorDivided(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

extension Instant: CustomStringConvertible {
  /// `2026-11-23T10:15:30.123Z`, the one form that the ledger's files use.
  package var description: String {
    let at = fields
    return "\(at.year.padded(4))-\(at.month.padded(2))-\(at.day.padded(2))"
      + "T\(at.hour.padded(2)):\(at.minute.padded(2)):\(at.second.padded(2))"
      + ".\(at.millisecond.padded(3))Z"
  }

  /// `2026/11/23/10`, the folder of the ledger that holds what this hour admitted or decided.
  package var hourFolder: String {
    let at = fields
    return "\(at.year.padded(4))/\(at.month.padded(2))/\(at.day.padded(2))/\(at.hour.padded(2))"
  }

  /// `2026-11-23`, the UTC day that a day budget counts.
  package var day: String { String(description.prefix(10)) }

  /// Reads RFC 3339 with a mandatory offset; `nil` for anything else or a date out of range.
  package init?(iso text: String) {
    var scanner = DigitScanner(text)
    guard let year = scanner.digits(4), scanner.skip("-"), let month = scanner.digits(2),
      scanner.skip("-"), let day = scanner.digits(2), scanner.skip("T") || scanner.skip("t"),
      let hour = scanner.digits(2), scanner.skip(":"), let minute = scanner.digits(2),
      scanner.skip(":"), let second = scanner.digits(2)
    else { return nil }
    guard let fraction = scanner.fraction(), let offset = scanner.offset(), scanner.isAtEnd else {
      return nil
    }
    guard (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day),
      hour < 24, minute < 60, second < 60
    else { return nil }
    let local = Instant(
      CalendarFields(
        year: year, month: month, day: day, hour: hour, minute: minute, second: second,
        millisecond: fraction))
    self.init(milliseconds: local.milliseconds - offset * 60_000)
  }

  /// The number of days in a month of the proleptic Gregorian calendar.
  package static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    default: 31
    }
  }
}

/// Walks fixed-width ASCII digits; never allocates, never accepts signs or spaces.
private struct DigitScanner {
  private var rest: Substring.UTF8View

  init(_ text: String) { rest = Substring(text).utf8 }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard let first = rest.first, first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  mutating func digits(_ count: Int) -> Int64? {
    var value: Int64 = 0
    for _ in 0..<count {
      guard let byte = rest.first, (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int64(byte - 0x30)
      rest.removeFirst()
    }
    return value
  }

  /// Milliseconds after an optional dot; finer digits are cut, as the ledger keeps no more.
  mutating func fraction() -> Int64? {
    guard skip(".") else { return 0 }
    var (value, count): (Int64, Int) = (0, 0)
    while let byte = rest.first, (0x30...0x39).contains(byte), count < 9 {
      if count < 3 { value = value * 10 + Int64(byte - 0x30) }
      count += 1
      rest.removeFirst()
    }
    guard count > 0 else { return nil }
    for _ in count..<max(3, count) { value *= 10 }
    return value
  }

  /// Minutes east of UTC.
  mutating func offset() -> Int64? {
    if skip("Z") || skip("z") { return 0 }
    let sign: Int64 = skip("-") ? -1 : 1
    if sign == 1, !skip("+") { return nil }
    guard let hours = digits(2), skip(":"), let minutes = digits(2), hours < 24, minutes < 60
    else { return nil }
    return sign * (hours * 60 + minutes)
  }
}

extension Int64 {
  func padded(_ width: Int) -> String {
    let text = String(magnitude)
    let zeros = String(repeating: "0", count: Swift.max(0, width - text.count))
    return (self < 0 ? "-" : "") + zeros + text
  }
}
