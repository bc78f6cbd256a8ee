internal import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

/// Whether a person means what is about to happen to more than one thing.
package struct Consent: ParsableArguments {
  @Flag(name: [.short, .long], help: "Do not ask; for scripts.") package var yes = false
  @Flag(help: "Say what would happen, and do nothing.") package var dryRun = false

  package init() {}

  /// Shows what is about to happen and gets a person's word for it; `false` for a dry run.
  ///
  /// One thing that was named is done without a question: naming it was the answer.
  func given(to intent: Intent, in context: CommandContext) throws -> Bool {
    if dryRun {
      intent.write(to: context.output, on: context.terminal)
      return false
    }
    guard intent.asks else { return true }
    if yes { return true }
    guard context.errorTerminal.isInteractive else {
      intent.write(to: context.errors, on: context.errorTerminal)
      throw Complaint.Carrier(
        Complaint(
          "nobody is here to be asked, so nothing was done",
          hint: "--yes says that you mean it; --dry-run only shows it", status: .usage))
    }
    intent.write(to: context.errors, on: context.errorTerminal)
    context.errors.write("Go on? [y/N] ")
    guard let answer = context.answer(), ["y", "yes"].contains(answer.lowercased()) else {
      throw Complaint.Carrier(Complaint("nothing was done", hints: []))
    }
    return true
  }
}

/// What a verb is about to do, for the person who is asked.
struct Intent: Sendable {
  let word: String
  private(set) var rows = Columns()
  private(set) var count = 0
  /// What follows from it, and what it may cost.
  var consequences: [String]
  /// Whether it is more than the one thing that a person named.
  var asks: Bool

  /// No list is longer; the rest is counted.
  private static let shown = 20

  init(_ word: String, _ lines: [[Columns.Cell]], consequences: [String], asks: Bool? = nil) {
    self.word = word
    self.consequences = consequences
    count = lines.count
    self.asks = asks ?? (lines.count > 1)
    for line in lines.prefix(Self.shown) { rows.add(line) }
    if lines.count > Self.shown { rows.add(.init("and \(lines.count - Self.shown) more", .dim)) }
  }

  func write(to output: Output, on terminal: Terminal) {
    output.line(terminal.styled("headway \(word), \(count):", .bold))
    rows.write(to: output, on: terminal, indent: 2)
    for sentence in consequences { output.line(sentence.visible) }
  }
}

extension Intent {
  init(_ word: String, _ chosen: [Selection.Chosen], consequences: [String]) {
    self.init(
      word,
      chosen.map { one in
        switch one {
        case .task(_, let task):
          let record = task.record
          let why = record.reason.map { ReasonSentence($0, of: record.id).text } ?? ""
          return [.init("\(record.id)"), .state(record.state.rawValue), .init(why)]
        case .run(let run):
          return [
            .init(run.record.id.text), .state(run.record.state.rawValue),
            .init(run.record.title),
          ]
        }
      }, consequences: consequences)
  }

  /// The most that another attempt of each may cost, where anything is known to cost.
  static func price(
    of chosen: [Selection.Chosen], in view: LedgerView, at now: Instant
  ) async throws -> [String] {
    guard let project = try await view.project(), let rules = Rules(project, at: now) else {
      return []
    }
    var sum = Money.zero(rules.currency)
    for task in chosen.compactMap(\.task) {
      guard case .upTo(let most) = rules.executors[task.specification.executor]?.cost else {
        continue
      }
      sum = sum.adding(most) ?? sum
    }
    return sum.micros > 0 ? ["They may cost up to \(sum), within your budgets."] : []
  }
}
