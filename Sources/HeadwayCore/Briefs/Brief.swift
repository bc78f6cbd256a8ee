/// A Markdown file below `briefs/`: an intent, and what its pipeline needs to know.
package struct Brief: Hashable, Sendable {
  package static let folder = "briefs/"

  package let path: FilePath
  package let pipeline: Name
  package let title: String
  package let due: Instant?
  package let priority: Int
  package let budget: Money?
  /// What the front matter says beyond the fields of every brief, as written.
  package let parameters: [Node.Field]
  package let body: String

  package init(
    path: FilePath, pipeline: Name, title: String, due: Instant? = nil, priority: Int = 50,
    budget: Money? = nil, parameters: [Node.Field] = [], body: String = ""
  ) {
    self.path = path
    self.pipeline = pipeline
    self.title = title
    self.due = due
    self.priority = priority
    self.budget = budget
    self.parameters = parameters
    self.body = body
  }
}

extension Brief {
  package static let schema = Schema.object(
    ObjectSchema(
      [
        .required("pipeline", .text(.name), "the pipeline that this brief starts"),
        .required("title", .text(.line), "what this is about, in one line"),
        .optional(
          "due", .text(.localTime),
          "when it must be done; without an offset in the project's time zone, a bare date is "
            + "its last second"),
        .optional("priority", .integer(0...100), or: 50, "100 is the most urgent"),
        .optional("budget", .text(.money), "the most that its run may cost"),
      ], isOpen: true))

  private static let ownFields: Set<String> = ["pipeline", "title", "due", "priority", "budget"]

  /// `nil` after an error was reported.
  package init?(
    _ matter: FrontMatter, settings: Settings, reading: inout FileReading
  ) {
    guard let record = reading.record(matter.node, Self.schema),
      let pipeline = record.name("pipeline"), let title = record.text("title")
    else { return nil }
    if title.allSatisfy(\.isWhitespace) {
      reading.report("`title` is empty", at: record.mark("title"))
      return nil
    }
    let budget = record.money("budget")
    if let budget, budget.currency != settings.currency {
      reading.report(
        "`budget`: \(budget.currency) is not the project's currency", at: record.mark("budget"),
        hint: "`currency` in `\(Settings.file)` is \(settings.currency)")
      return nil
    }
    self.init(
      path: reading.file, pipeline: pipeline, title: title,
      due: record.text("due").flatMap(LocalTime.init)?.instant(in: settings.timeZone),
      priority: record.integer("priority") ?? 50, budget: budget,
      parameters: (matter.node.fields ?? []).filter { !Self.ownFields.contains($0.key) },
      body: matter.body)
  }
}
