import HeadwayCore
import HeadwayTestSupport
import Testing

@Suite struct InstantTests {
  static let known: [(Int64, String)] = [
    (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (-1, "1969-12-31T23:59:59.999Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
    (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    (1_709_164_799_999, "2024-02-28T23:59:59.999Z"),
    (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
    (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
  ]

  @Test(arguments: known)
  func isWrittenAndRead(_ milliseconds: Int64, _ text: String) {
    #expect(Instant(milliseconds: milliseconds).description == text)
    #expect(Instant(iso: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: 0..<50)
  func everyInstantOfTenThousandYearsComesBack(_ seed: Int) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let instant = Instant(
        milliseconds: Int64.random(
          in: -62_167_219_200_000...253_402_300_799_999, using: &random))
      #expect(Instant(iso: instant.description) == instant, "seed \(seed): \(instant)")
      #expect(Instant(instant.fields) == instant, "seed \(seed)")
    }
  }

  @Test func everyDayOfFourCenturiesFollowsTheOneBefore() {
    var expected = (year: Int64(1_900), month: Int64(1), day: Int64(1))
    var instant = Instant(milliseconds: -2_208_988_800_000)
    for _ in 0..<146_097 {
      let at = instant.fields
      guard (at.year, at.month, at.day) == expected else {
        Issue.record("\(instant) should be \(expected)")
        return
      }
      expected.day += 1
      if expected.day > Instant.days(in: expected.month, of: expected.year) {
        expected = (expected.year, expected.month + 1, 1)
      }
      if expected.month > 12 { expected = (expected.year + 1, 1, 1) }
      instant = instant + .days(1)
    }
  }

  static let offsets: [(String, String)] = [
    ("2026-12-01T17:00:00+01:00", "2026-12-01T16:00:00.000Z"),
    ("2026-12-31T23:30:00-00:45", "2027-01-01T00:15:00.000Z"),
    ("2026-01-01t00:00:00z", "2026-01-01T00:00:00.000Z"),
    ("2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.100Z"),
    ("2026-01-01T00:00:00.123999999Z", "2026-01-01T00:00:00.123Z"),
  ]

  @Test(arguments: offsets)
  func offsetsAndFractionsAreUnderstood(_ text: String, _ expected: String) {
    #expect(Instant(iso: text)?.description == expected)
  }

  static let bad = [
    "", "2026-12-01", "2026-12-01T17:00:00", "2026-12-01 17:00:00Z", "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
    "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.Z",
    "2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00Zz", " 2026-01-01T00:00:00Z", "+026-01-01T00:00:00Z",
    "２０２６-01-01T00:00:00Z", "2026-01-01T00:00:00\u{2212}01:00", "-0001-01-01T00:00:00Z",
  ]

  @Test(arguments: bad)
  func refuses(_ text: String) { #expect(Instant(iso: text) == nil) }

  @Test func sumsStopAtTheEndsOfTime() {
    let last = Instant(milliseconds: .max)
    #expect(last + .seconds(1) == last)
    #expect(Instant(milliseconds: .min) - .seconds(1) == Instant(milliseconds: .min))
    #expect((last - Instant(milliseconds: -1)).milliseconds == .max)
    #expect((Instant(milliseconds: -2) - last).milliseconds == .min)
    #expect(Instant(milliseconds: 5_000) - .seconds(2) == Instant(milliseconds: 3_000))
  }

  @Test func foldersAndDaysAreInUTC() throws {
    let instant = try #require(Instant(iso: "2026-11-24T00:15:30+01:00"))
    #expect(instant.hourFolder == "2026/11/23/23")
    #expect(instant.day == "2026-11-23")
  }
}

@Suite struct SpanTests {
  static let known: [(Int64, String)] = [
    (0, "0s"), (1, "1ms"), (20_000, "20s"), (600_000, "10m"), (5_400_000, "1h30m"),
    (604_800_000, "7d"), (90_061_001, "1d1h1m1s1ms"),
  ]

  @Test(arguments: known)
  func isWrittenAndRead(_ milliseconds: Int64, _ text: String) {
    #expect(Span(milliseconds: milliseconds).description == text)
    #expect(Span(text)?.milliseconds == milliseconds)
  }

  @Test func everySpanComesBack() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<2_000 {
      let span = Span(milliseconds: Int64.random(in: 0...3_200_000_000_000, using: &random))
      #expect(Span(span.description) == span)
    }
  }

  static let bad = [
    "", "s", "10", "-10s", "+10s", "1.5h", "10 s", " 10s", "10S", "10sec", "1w", "٣s", "10s ",
    "9999999999999999999s", "99999999d", "3200000000000ms1ms",
  ]

  @Test(arguments: bad)
  func refuses(_ text: String) { #expect(Span(text) == nil) }

  @Test func aFailuresPauseCanAlwaysBeWritten() {
    for milliseconds in [Int64.min, -1, 0, 1, .max] {
      let failure = Failure(.rateLimited, "slow", retryAfter: Span(milliseconds: milliseconds))
      let text = failure.retryAfter?.description ?? ""
      #expect(Span(text) == failure.retryAfter, "\(milliseconds) became `\(text)`")
    }
  }
}

@Suite struct MoneyTests {
  static let known: [(String, Int64, String)] = [
    ("2 USD", 2_000_000, "2.00 USD"), ("0.0213 USD", 21_300, "0.0213 USD"),
    ("0.000001 EUR", 1, "0.000001 EUR"), ("10.5 CHF", 10_500_000, "10.50 CHF"),
    ("0 USD", 0, "0.00 USD"),
    ("1000000000.999999 USD", 1_000_000_000_999_999, "1000000000.999999 USD"),
  ]

  @Test(arguments: known)
  func isReadAndWritten(_ text: String, _ micros: Int64, _ written: String) throws {
    let money = try #require(Money(text))
    #expect(money.micros == micros)
    #expect(money.description == written)
    #expect(Money(written) == money)
  }

  static let bad = [
    "", "2", "USD", "2USD", "2  USD", "-2 USD", "+2 USD", "2. USD", ".5 USD", "1e3 USD",
    "0.0000001 USD", "2,00 USD", "2 usd", "2 US", "2 USDX", "1000000001 USD", "٢ USD", " 2 USD",
    "1.2.3 USD", "99999999999999999999 USD",
  ]

  @Test(arguments: bad)
  func refuses(_ text: String) { #expect(Money(text) == nil) }

  @Test func sumsAreExactOrNone() throws {
    let euro = try #require(Currency("EUR"))
    let one = Money(micros: 1, currency: .usd)
    #expect(one.adding(one)?.micros == 2)
    #expect(one.adding(.zero(euro)) == nil)
    #expect(one.adding(Money(micros: .max, currency: .usd)) == nil)
    #expect(Money(micros: -21_300, currency: .usd).description == "-0.0213 USD")
    #expect(Money(micros: .min, currency: .usd).description == "-9223372036854.775808 USD")
  }
}
