extension Schedule {
  package static let schema = Schema.object(
    ObjectSchema(
      [
        .schemaReference,
        .required("name", .text(.name), "the name that pipelines use; also the file's name"),
        .optional(
          "cron", .text(.line),
          "minute hour day month weekday, like `0 9 * * mon-fri`; both day fields must match"),
        .optional(
          "every", .text(.span), "like `15m`, `6h` or `1d`, counted from midnight in its zone"),
        .required("timeZone", .text(.zone), "the zone whose clocks count"),
        .optional(
          "jitter", .text(.span), or: "0s",
          "how much later a run may start, the same for the same instant"),
        .optional(
          "missed", .choice(CatchUp.allCases.map(\.rawValue)), or: "latest",
          "which instants of the last 24 hours at which nobody looked are made up for"),
        .optional(
          "overlap", .choice(Overlap.allCases.map(\.rawValue)), or: "skip",
          "what becomes of an instant while a run of the schedule is active"),
        .optional(
          "title", .text(.template), "the title of its runs; a template that may name `cause`"),
        .optional(
          "parameters", .map(keys: .variable, of: .anything), "values for the pipeline"),
        .optional("priority", .integer(0...100), or: 50, "100 is the most urgent"),
        .optional("budget", .text(.money), "the most that one run may cost"),
        .optional("due", .text(.span), "how long after its instant a run must be done"),
      ], exactlyOne: [["cron", "every"]]))

  /// `nil` after an error was reported.
  package init?(_ node: Node, settings: Settings, reading: inout FileReading) {
    guard let record = reading.record(node, Self.schema), let name = record.name("name"),
      let zone = record.text("timeZone").flatMap(Zone.init)
    else { return nil }
    let before = reading.diagnostics.count { $0.severity == .error }
    let rhythm = Self.rhythm(record, reading: &reading)
    let jitter = record.span("jitter") ?? .zero
    if jitter > .days(1) {
      reading.report("`jitter`: \(jitter) is more than a day", at: record.mark("jitter"))
    }
    let budget = record.money("budget")
    if let budget, budget.currency != settings.currency {
      reading.report(
        "`budget`: \(budget.currency) is not the project's currency", at: record.mark("budget"),
        hint: "`currency` in `\(Settings.file)` is \(settings.currency)")
    }
    if let title = record.text("title") {
      do { try Template(title).requireNames(among: ["cause"]) } catch {
        reading.report("`title`: \(error.message)", at: record.mark("title"), hint: error.hint)
      }
    }
    guard let rhythm, reading.diagnostics.count(where: { $0.severity == .error }) == before
    else { return nil }
    self.init(
      name: name, rhythm: rhythm, zone: zone, jitter: jitter,
      missed: record.choice("missed") ?? .latest, overlap: record.choice("overlap") ?? .skip,
      title: record.text("title"), parameters: record.entries("parameters"),
      priority: record.integer("priority") ?? 50, budget: budget, due: record.span("due"))
  }

  private static func rhythm(_ record: Record, reading: inout FileReading) -> Rhythm? {
    if let text = record.text("cron") {
      do { return .cron(try CronExpression(text)) } catch {
        let mark = record.mark("cron")
        // The text begins behind its quote.
        let place = Mark(line: mark.line, column: mark.column + 1 + error.offset)
        reading.report("`cron`: \(error.message)", at: place, hint: error.hint)
        return nil
      }
    }
    guard let span = record.span("every") else { return nil }
    let (length, day) = (span.milliseconds, Span.days(1).milliseconds)
    guard length >= Span.minutes(1).milliseconds, length % Span.minutes(1).milliseconds == 0,
      day % length == 0 || length % day == 0
    else {
      reading.report(
        "`every`: \(span) does not divide a day into equal parts of whole minutes",
        at: record.mark("every"), hint: "like `15m`, `6h` or whole days; else use `cron`")
      return nil
    }
    return .every(span)
  }
}
