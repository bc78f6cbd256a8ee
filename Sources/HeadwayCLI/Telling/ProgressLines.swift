internal import HeadwayCore
internal import HeadwayEngine
internal import Synchronization

/// Tells what a tick does while it does it: one line an event, on the error output, so that what
/// a script reads stays clean, and only where somebody looks at it, so that cron has nothing to mail.
final class ProgressLines: Sendable {
  private let output: Output
  private let isShown: Bool
  private let terminal: Terminal
  private let hasSaidWaiting = Mutex(false)

  /// `always` shows the lines without a terminal too, for a log.
  init(_ context: CommandContext, always: Bool = false) {
    isShown = always || context.errorTerminal.isInteractive
    output = context.errors
    terminal = context.errorTerminal
  }

  @Sendable func waiting() {
    let isNew = hasSaidWaiting.withLock { said in
      defer { said = true }
      return !said
    }
    if isNew, isShown { output.line("Waiting for another tick to finish …") }
  }

  @Sendable func report(_ progress: Progress) {
    guard isShown else { return }
    let (mark, style, text) = Self.line(progress)
    output.line("\(terminal.styled(mark, style)) \(text.visible)")
  }

  private static func line(_ progress: Progress) -> (String, Terminal.Style, String) {
    switch progress {
    case .opened(let anchor): ("●", .blue, "ledger opened; trust begins at \(anchor.short)")
    case .observed(let commit): ("●", .blue, "main at \(commit.short)")
    case .admitted(let run, let title): ("+", .blue, "\(run): \(title)")
    case .expanded(let task, let count): ("+", .blue, "\(task): \(count) items")
    case .refused(_, let messages): ("!", .yellow, messages.joined(separator: "; "))
    case .started(let attempt, let executor): ("▸", .cyan, "\(attempt) started by \(executor)")
    case .settled(let attempt, let outcome, let failure): settled(attempt, outcome, failure)
    case .proposed(let attempt, let branch): ("?", .yellow, "\(attempt) waits on \(branch)")
    case .judged(let attempt, let judgement): judged(attempt, judgement)
    case .held(let task, let reason):
      ("‖", .yellow, "\(task) held: \(ReasonSentence(reason, of: task).text)")
    case .reconciled(let attempt, let inquiry):
      (
        inquiry.answer == .done ? "✓" : inquiry.answer == .notDone ? "●" : "‖",
        inquiry.answer == .done ? .green : .yellow,
        "\(attempt) was looked for: \(inquiry.sentence)"
      )
    case .warned(let task, let warning):
      (
        warning.code == .recovered ? "✓" : "!", warning.code == .missed ? .red : .yellow,
        "\(task) \(WarningSentence(warning).text)"
      )
    case .incident(let incident) where incident.cleared != nil:
      ("✓", .green, "\(incident.id) is over: \(incident.cleared?.why ?? "")")
    case .incident(let incident): ("✗", .red, "\(incident.reason) — \(incident.answer)")
    case .finished(let run, let state):
      (
        state == .succeeded ? "✓" : "✗", state == .succeeded ? .green : .red,
        "\(run) \(state.rawValue)"
      )
    case .verb(let text): ("●", .blue, text)
    case .notified(let count, nil): ("✉", .blue, "\(count) notices sent")
    case .notified(let count, let failure?):
      ("!", .yellow, "\(count) notices could not be sent: \(failure.message)")
    }
  }

  private static func settled(
    _ attempt: AttemptID, _ outcome: TaskRecord.OutcomeKind, _ failure: Failure?
  ) -> (String, Terminal.Style, String) {
    guard let failure else {
      return outcome == .succeeded
        ? ("✓", .green, "\(attempt)") : ("✗", .red, "\(attempt) \(outcome.rawValue)")
    }
    return ("✗", .red, "\(attempt) \(failure.kind.rawValue): \(failure.message)")
  }

  private static func judged(
    _ attempt: AttemptID, _ judgement: JudgementRecord.Judgement
  ) -> (String, Terminal.Style, String) {
    let who = judgement.person.map { " by \($0)" } ?? ""
    let why = judgement.whyNot.map { ": \($0)" } ?? ""
    return (
      judgement.counts ? "✓" : "!", judgement.counts ? .green : .yellow,
      "\(attempt) \(judgement.decision.rawValue)\(who)\(why)"
    )
  }
}
