internal import HeadwayCore
internal import HeadwayEngine

/// A held task, put before a person who goes through many.
struct HeldCase: Sendable {
  let standing: TaskStanding
  /// What its last attempt said, if that says more than the reason does.
  let finding: String?
  let choices: [Choice]

  /// What can become of it.
  enum Choice: String, Sendable, CaseIterable {
    case release, retry, adopt, `repeat`, cancel

    /// What is typed for it, and what it means.
    var prompt: String {
      switch self {
      case .release: "[r]elease"
      case .retry: "[t]ry again"
      case .adopt: "[d]one by hand"
      case .repeat: "r[e]peat the effect"
      case .cancel: "[c]ancel"
      }
    }

    init?(typed text: String) {
      switch text {
      case "r": self = .release
      case "t": self = .retry
      case "d": self = .adopt
      case "e": self = .repeat
      case "c": self = .cancel
      default: self.init(rawValue: text)
      }
    }

    func verb(for id: TaskID) -> Verb {
      switch self {
      case .release: .release(id)
      case .retry: .retry(id)
      case .adopt: .adopt(id, outputs: [:])
      case .repeat: .repeatEffect(id)
      case .cancel: .cancelTask(id)
      }
    }
  }

  /// Everything that is held, in the board's order.
  static func all(in view: LedgerView, at now: Instant) async throws -> [HeldCase] {
    let standings = TaskStanding.all(on: view.board, Standings(nil, at: now))
    var cases: [HeldCase] = []
    for standing in standings where standing.task.record.state == .held {
      let last = try await view.attempts(of: standing.task).last
      cases.append(
        HeldCase(
          standing: standing, finding: last?.failure?.message,
          choices: choices(for: standing.task.record)))
    }
    return cases
  }

  /// What the ledger would take of it; what a person has to supply outputs for is not among them.
  private static func choices(for task: TaskRecord) -> [Choice] {
    if task.isReleasable { return [.release, .cancel] }
    let mayAdopt =
      !task.isPerson && task.specification.outputs.values.allSatisfy(\.isOptional)
    let adopt: [Choice] = mayAdopt ? [.adopt] : []
    switch task.reason?.code {
    case .alreadyDone: return adopt + [.repeat, .cancel]
    case .uncertain: return adopt + [.retry, .repeat, .cancel]
    // What it would undo stands; `headway compensate` shows that first.
    case .compensation: return [.cancel]
    default: return [.retry] + adopt + [.cancel]
    }
  }

  func show(in context: CommandContext) {
    let out = context.errors
    out.line("\(standing.id)  \(standing.run.title.visible)")
    out.line("  held: \(standing.sentence.visible)")
    if let finding { out.line("  last attempt: \(finding.visible)") }
    out.line("  cleared by: \(standing.clearing.visible)")
  }

  enum Answer {
    case decided(Choice)
    case skipped
    case enough
  }

  func ask(in context: CommandContext) -> Answer {
    let words = choices.map(\.prompt) + ["[s]kip", "[q]uit"]
    context.errors.write("\n\(words.joined(separator: ", ")): ")
    switch context.answer() {
    case nil, "q", "quit": return .enough
    case let text?:
      guard let choice = Choice(typed: text), choices.contains(choice) else { return .skipped }
      return .decided(choice)
    }
  }
}
