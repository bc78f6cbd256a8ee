internal import HeadwayCore
internal import HeadwayEngine

extension Explanation {
  func write(in context: CommandContext) {
    var page = Page(context)
    page.line("\(record.id)  \(record.state.rawValue)", .bold)
    page.paragraph(causeSentence)
    if !record.specification.intent.isEmpty {
      page.paragraph("It is asked to: \(record.specification.intent)")
    }
    for attempt in attempts { write(attempt, on: &page) }
    for (proposal, judged) in proposals { write(proposal, judged, on: &page) }
    writeNow(on: &page)
    var rows = Columns()
    for event in story {
      rows.add(
        .init(event.commit.short, .dim), .init(event.time.second), .init(event.word, event.style),
        .init(event.line))
    }
    page.gap()
    page.section("Written down in", rows)
  }

  private var causeSentence: String {
    let (cause, run) = (run.record.cause, run.record)
    let origin =
      switch cause.kind {
      case .brief: "the brief \(cause.path)"
      case .paths: "a change of \(cause.path)"
      case .schedule: "the schedule \(cause.path)"
      case .run: "the run \(cause.path)"
      case .compensation: "effects of the run \(cause.path) that are to be undone"
      }
    let revision = run.revisions.last { $0.number <= record.revision } ?? run.revisions.last
    let edited =
      revision.map { $0.number == 1 ? "" : ", revision \($0.number) of \($0.at.second)" } ?? ""
    return "It is there because of \(origin) in commit \(cause.commit.short)\(edited), "
      + "which runs the pipeline \(run.pipeline.name). Admitted on \(record.admitted.second)."
  }

  private func write(_ executed: Executed, on page: inout Page) {
    let attempt = executed.record
    page.gap()
    page.line(
      "Attempt \(attempt.id.number): \(attempt.outcome.rawValue)",
      attempt.outcome == .succeeded ? .green : .red)
    page.paragraph(startSentence(executed), indent: 2)
    if attempt.reconciles == nil, let again = againSentence(attempt) {
      page.paragraph(again, indent: 2)
    }
    page.paragraph(executorSentence(attempt), indent: 2)
    if let failure = attempt.failure {
      page.paragraph("It ended as \(failure.kind.rawValue): \(failure.message)", indent: 2)
    }
    page.paragraph(costSentence(executed), indent: 2)
    write("It worked on", AttemptPage.inputs(of: attempt), on: &page)
    write("From memory", AttemptPage.recalled(by: attempt), on: &page)
    write("Its checks", AttemptPage.checks(of: attempt), on: &page)
  }

  private func write(_ heading: String, _ rows: Columns, on page: inout Page) {
    guard !rows.isEmpty else { return }
    page.line("  \(heading):")
    rows.write(to: page.output, on: page.terminal, indent: 4)
  }

  private func startSentence(_ executed: Executed) -> String {
    let attempt = executed.record
    if let number = attempt.reconciles {
      return "Attempt \(number) had done it: that was found out on \(attempt.started.second), by "
        + "looking for the effect."
    }
    guard let pass = executed.pass else {
      if attempt.decision.text == LedgerOpening.path, attempt.isolation != "person" {
        let source = attempt.inputs.first?.from ?? "an earlier run"
        return "Its result was taken over from \(source), whose work was exactly the same."
      }
      return attempt.isolation == "person" && !record.isPerson
        ? "A person supplied the result on \(attempt.started.second)."
        : "Its decision \(attempt.decision) is not in this ledger."
    }
    let after = record.specification.after.map(\.text).joined(separator: ", ")
    let reasons = (executed.decision?.reasons ?? []).map { reason in
      switch reason.code {
      case .ready where after.isEmpty: "nothing stood before it"
      case .ready: "\(after) had settled as it needs them"
      default: ReasonSentence(reason, of: attempt.id.task).text
      }
    }
    let verb = record.isPerson ? "put before people" : record.isFan ? "expanded" : "started"
    return "It was \(verb) on \(attempt.started.second), because at \(pass.moment.time.second) "
      + "\(reasons.isEmpty ? "it was ready" : reasons.joined(separator: ", and ")), with "
      + "\(pass.moment.slots) place\(pass.moment.slots == 1 ? "" : "s") free. Decided by planner "
      + "\(pass.planner) over main \(pass.main.short) and ledger \(pass.ledger.short), written in "
      + "\(attempt.decision)."
  }

  private func executorSentence(_ attempt: AttemptRecord) -> String {
    let time = Seconds(attempt.finished - attempt.started)
    if let fan = record.specification.fan {
      return "Nothing was executed: it stands for a task for each item of \(fan.place)."
    }
    if attempt.reconciles != nil {
      return
        "\(attempt.executor) looked for \(time) on \(attempt.runner); the key of the effect is "
        + "\(attempt.key)."
    }
    if attempt.isolation == "person" {
      return record.isPerson
        ? "People of role \(record.specification.proposal?.requirement.role.text ?? "?") had it "
          + "before them for \(time)." : "Nothing was executed."
    }
    let model = attempt.model.map { " with \($0)" } ?? ""
    let effect =
      attempt.effect == .external
      ? " Its external effect has the key \(attempt.key)." : ""
    return "\(attempt.executor)\(model) worked \(time) on \(attempt.runner), isolation "
      + "\(attempt.isolation).\(effect)"
  }

  private func costSentence(_ executed: Executed) -> String {
    let attempt = executed.record
    let reserved = executed.reserved.map { "; \($0) had been set aside" } ?? ""
    switch attempt.cost {
    case let cost? where cost.micros > 0: return "It cost \(cost)\(reserved)."
    case .some: return "It cost nothing\(reserved)."
    case nil where executed.reserved == nil: return "It cost nothing that anybody counts."
    case nil: return "What it cost is unknown\(reserved)."
    }
  }

  private func write(
    _ proposal: ProposalRecord, _ judged: JudgementRecord?, on page: inout Page
  ) {
    page.gap()
    page.section(
      "Proposal \(proposal.attempt.number), commit \(proposal.commit.short)",
      TaskPage.rows(proposal, judged, at: now))
    let count = judged?.approvers.count ?? 0
    page.paragraph(
      "\(count) of \(proposal.requirement.count) approvals count"
        + (count == 0 ? "." : ": \(judged?.approvers.map(\.text).joined(separator: ", ") ?? "")."),
      indent: 2)
  }

  private func writeNow(on page: inout Page) {
    page.gap()
    switch record.state {
    case .running:
      let dispatch = record.dispatched
      let reserved = dispatch?.reserved.map { " \($0) are set aside for it." } ?? ""
      page.paragraph(
        "Now: attempt \(dispatch?.attempt ?? 1) runs since "
          + "\(dispatch?.at.second ?? "?"), decided in \(dispatch?.decision.text ?? "?").\(reserved)"
      )
    case .pending where standing.reason?.code == .ready:
      page.paragraph("Now: it is ready, and the next tick starts it.")
    case .pending, .waiting, .held:
      page.paragraph(
        "Now: it does not run, because: \(standing.sentence). "
          + "What clears it: \(standing.clearing).")
    case .succeeded:
      page.paragraph("Now: done; the result of attempt \(record.accepted ?? 0) stands.")
    case .failed, .skipped, .expired, .cancelled:
      page.paragraph(
        "Now: \(record.state.rawValue)"
          + (standing.reason == nil ? "." : ", because: \(standing.sentence)."))
    }
    for inquiry in record.inquiries {
      page.paragraph(
        "On \(inquiry.at.second) the effect of attempt \(inquiry.attempt) was looked for; "
          + "\(inquiry.sentence).")
    }
    for warning in record.warnings {
      page.paragraph("On \(warning.since.second) it was told: it \(WarningSentence(warning).text).")
    }
    if let reuse, !record.isPerson { page.paragraph(reuse.sentence) }
    if let earlier {
      page.paragraph(
        "Its effect was done by \(earlier.attempt.id) on \(earlier.attempt.finished.second).")
      for sentence in earlier.sentences { page.paragraph(sentence, indent: 2) }
    }
  }
}
