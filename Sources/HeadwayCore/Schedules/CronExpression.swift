/// Five fields of cron: minute, hour, day of the month, month, day of the week.
///
/// Both day fields must match when both are given, unlike in the cron of old.
package struct CronExpression: Hashable, Sendable, CustomStringConvertible {
  package let text: String
  let minutes: [Int64]
  let hours: [Int64]
  let days: Set<Int64>
  let months: Set<Int64>
  /// From Sunday, which is 0.
  let weekdays: Set<Int64>
  /// Whether the hour is open, so that it is meant to follow real time and not the clock.
  let isHourly: Bool

  package var description: String { text }

  /// Why a text is no such expression, and where in it, counted in Unicode scalars.
  package struct Fault: Error, Hashable, Sendable {
    package let message: String
    package let hint: String?
    package let offset: Int
  }

  package init(_ text: String) throws(Fault) {
    let fields = Self.fields(of: text)
    guard fields.count == 5 else {
      if text.hasPrefix("@") {
        throw Fault(
          message: "`\(text)` is not five fields",
          hint: Self.macros[text].map { "write `\($0)`" } ?? Self.order, offset: 0)
      }
      throw Fault(
        message: "expected five fields, found \(fields.count)", hint: Self.order, offset: 0)
    }
    let minutes = try Self.minute.values(fields[0])
    let hours = try Self.hour.values(fields[1])
    days = Set(try Self.day.values(fields[2]))
    months = Set(try Self.month.values(fields[3]))
    weekdays = Set(try Self.weekday.values(fields[4]).map { $0 % 7 })
    self.text = fields.map(\.text).joined(separator: " ")
    (self.minutes, self.hours) = (minutes, hours)
    isHourly = fields[1].text.hasPrefix("*")
    guard months.contains(where: { month in days.contains { $0 <= Self.longest(month) } }) else {
      throw Fault(
        message: "no month in `\(fields[3].text)` has such a day", hint: nil,
        offset: fields[2].offset)
    }
  }

  private static let order = "minute hour day month weekday, like `0 9 * * mon-fri`"
  private static let macros = [
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * sun", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
  ]

  /// The days of a month in the year in which it has most.
  private static func longest(_ month: Int64) -> Int64 { Instant.days(in: month, of: 2024) }

  /// Whether there are times on a day, which is counted from 1970-01-01.
  func matches(day: Int64, _ fields: CalendarFields) -> Bool {
    months.contains(fields.month) && days.contains(fields.day)
      && weekdays.contains(Self.weekday(of: day))
  }

  private static func weekday(of day: Int64) -> Int64 {
    // 1970-01-01 was a Thursday.
    let rest = (day + 4) % 7
    return rest < 0 ? rest + 7 : rest
  }

  struct Field {
    let text: String
    let offset: Int
  }

  private static func fields(of text: String) -> [Field] {
    var fields: [Field] = []
    var (word, start) = ("", 0)
    for (offset, scalar) in text.unicodeScalars.enumerated() {
      if scalar == " " || scalar == "\t" {
        if !word.isEmpty { fields.append(Field(text: word, offset: start)) }
        word = ""
      } else {
        if word.isEmpty { start = offset }
        word.unicodeScalars.append(scalar)
      }
    }
    if !word.isEmpty { fields.append(Field(text: word, offset: start)) }
    return fields
  }
}

extension CronExpression {
  /// What one of the five fields may say.
  struct Kind {
    let noun: String
    let range: ClosedRange<Int64>
    /// In the order of `range`.
    var names: [String] = []

    /// The values of a list of numbers, names, ranges and steps, sorted.
    func values(_ field: Field) throws(Fault) -> [Int64] {
      var values: Set<Int64> = []
      var offset = field.offset
      for part in field.text.split(separator: ",", omittingEmptySubsequences: false) {
        values.formUnion(try self.values(String(part), at: offset))
        offset += part.unicodeScalars.count + 1
      }
      return values.sorted()
    }

    private func values(_ part: String, at offset: Int) throws(Fault) -> [Int64] {
      let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      var step: Int64 = 1
      if halves.count == 2 {
        guard let given = Self.number(halves[1]), (1...range.upperBound).contains(given) else {
          throw fault("`\(shown(part))`: a step is a number from 1 to \(range.upperBound)", offset)
        }
        step = given
      }
      let span = try self.span(String(halves[0]), hasStep: halves.count == 2, at: offset)
      return Array(stride(from: span.lowerBound, through: span.upperBound, by: Int(step)))
    }

    private func span(
      _ text: String, hasStep: Bool, at offset: Int
    ) throws(Fault) -> ClosedRange<Int64> {
      if text == "*" { return everything }
      let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      let first = try value(String(ends[0]), at: offset)
      guard ends.count == 2 else {
        return first...(hasStep ? everything.upperBound : first)
      }
      var last = try value(String(ends[1]), at: offset + ends[0].unicodeScalars.count + 1)
      // A week may be written to end with Sunday.
      if last == 0, range.upperBound == 7, first > 0 { last = 7 }
      guard first <= last else {
        throw fault("`\(shown(text))` runs backwards", offset, hint: "write it as two ranges")
      }
      return first...last
    }

    /// Sunday has two numbers and comes once.
    private var everything: ClosedRange<Int64> { range.upperBound == 7 ? 0...6 : range }

    private func value(_ text: String, at offset: Int) throws(Fault) -> Int64 {
      if let number = Self.number(text[...]) {
        guard range.contains(number) else {
          throw fault(
            "\(noun) \(number) is not between \(range.lowerBound) and \(range.upperBound)",
            offset)
        }
        return number
      }
      if let index = names.firstIndex(of: text.lowercased()) {
        return range.lowerBound + Int64(index)
      }
      let isWord = !text.isEmpty && text.allSatisfy(\.isLetter)
      throw fault(
        text.isEmpty ? "a value is missing" : "`\(shown(text))` is not a \(noun)", offset,
        hint: isWord && !names.isEmpty
          ? nameHint(for: text)
          : "numbers, names, `*`, ranges `a-b`, steps `*/n`, and lists of these")
    }

    /// Names are cut to three letters.
    private func nameHint(for text: String) -> String? {
      let short = String(text.lowercased().prefix(3))
      return names.contains(short)
        ? "did you mean `\(short)`?" : Nearest.hint(for: short, among: names, listing: "names")
    }

    private static func number(_ text: Substring) -> Int64? {
      (1...4).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        ? Int64(text) : nil
    }

    private func shown(_ text: String) -> String {
      String(
        String.UnicodeScalarView(
          text.unicodeScalars.prefix(40).map { $0.isInvisible ? "␣" : $0 }))
    }

    private func fault(_ message: String, _ offset: Int, hint: String? = nil) -> Fault {
      Fault(message: message, hint: hint, offset: offset)
    }
  }

  private static let minute = Kind(noun: "minute", range: 0...59)
  private static let hour = Kind(noun: "hour", range: 0...23)
  private static let day = Kind(noun: "day", range: 1...31)
  private static let month = Kind(
    noun: "month", range: 1...12,
    names: [
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ])
  private static let weekday = Kind(
    noun: "weekday", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])
}
