internal import HeadwayCore
internal import HeadwayEngine

/// What `show` tells of one settled attempt.
struct AttemptPage: Sendable {
  let run: RunRecord
  let attempt: AttemptRecord

  func write(in context: CommandContext) {
    var page = Page(context)
    page.line("\(attempt.id)  \(attempt.outcome.rawValue)", .bold)
    facts.write(to: page.output, on: page.terminal, indent: 2)
    page.section("Inputs", Self.inputs(of: attempt))
    page.section("Recalled", Self.recalled(by: attempt))
    page.section("Outputs", outputs)
    page.section("Checks", Self.checks(of: attempt))
  }

  private var facts: Columns {
    var rows = Columns()
    if let failure = attempt.failure {
      rows.add("failure", .init("\(failure.kind.rawValue): \(failure.message)", .red))
    }
    rows.add(
      "executor", .init(attempt.executor.text), .init(attempt.model ?? ""),
      .init("isolation \(attempt.isolation)"))
    rows.add(
      "time", .init(attempt.started.second),
      .init("\(Seconds(attempt.finished - attempt.started))"), .init(attempt.runner))
    rows.add("cost", .init(attempt.cost?.description ?? "unknown"))
    if let usage = attempt.usage {
      rows.add(
        "tokens",
        .init("in \(usage.totalInput), of which cached \(usage.cacheRead); out \(usage.output)"))
    }
    if let number = attempt.reconciles {
      rows.add("found", .init("the effect of attempt \(number), done"))
    }
    rows.add("decision", .init(attempt.decision.text))
    rows.add("key", .init(attempt.key))
    if attempt.log != nil { rows.add("log", .init("headway show \(attempt.id) --log")) }
    if attempt.rendered != nil {
      rows.add("prompt", .init("headway show \(attempt.id) --prompt"))
    }
    return rows
  }

  static func inputs(of attempt: AttemptRecord) -> Columns {
    var rows = Columns()
    for input in attempt.inputs {
      rows.add(.init(input.name), .init(input.blob.short, .dim), .init("from \(input.from)"))
    }
    return rows
  }

  static func recalled(by attempt: AttemptRecord) -> Columns {
    var rows = Columns()
    for candidate in attempt.recalled {
      guard let path = candidate["candidate"]?.text else { continue }
      let score = candidate["scores"]?["bm25"].flatMap { value -> String? in
        if case .number(let number) = value { number.text } else { nil }
      }
      let pinned = candidate["pinned"]?.flag == true ? "pinned" : score.map { "score \($0)" } ?? ""
      let verdict =
        candidate["chosen"]?.text.map { "chosen, \($0)" }
        ?? candidate["whyNot"]?.text.map { "left out: \($0)" } ?? ""
      rows.add(
        .init(path), .init(pinned, .dim),
        .init(verdict, candidate["chosen"] == nil ? .dim : nil))
    }
    return rows
  }

  private var outputs: Columns {
    var rows = Columns()
    for (name, blob) in attempt.outputs.sorted(by: { $0.key < $1.key }) {
      rows.add(
        .init(name), .init(blob.short, .dim), .init("headway show \(attempt.id) --output \(name)"))
    }
    return rows
  }

  static func checks(of attempt: AttemptRecord) -> Columns {
    var rows = Columns()
    for check in attempt.checks {
      rows.add(
        .init(check.check), .init(check.pass ? "passed" : "failed", check.pass ? .green : .red),
        .init(check.finding))
    }
    return rows
  }
}
