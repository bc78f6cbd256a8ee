/// Why effects are to be undone.
package enum CompensationCause: Hashable, Sendable {
  /// The run ended as failed.
  case failed
  /// A person rejected what came of a task that effects rest on.
  case rejected(AttemptID, by: Name)
  /// Somebody who could have given the approval took it from main after its effect, or anybody
  /// while the effect was under way.
  case removed(AttemptID, by: Name?)
  /// A person asked for it at home, having seen the blast radius.
  case verb(VerbCause)

  /// Whether it still needs a person's word before anything is undone.
  var isProposal: Bool {
    switch self {
    case .failed, .rejected, .removed: true
    case .verb: false
    }
  }

  var sentence: String {
    switch self {
    case .failed: "The run failed."
    case .rejected(let attempt, let person): "\(person) rejected \(attempt)."
    case .removed(let attempt, let person):
      person.map { "\($0) took the approval of \(attempt) from main." }
        ?? "The approval of \(attempt) was taken from main."
    case .verb(let cause): cause.reason
    }
  }

  var trailers: [LedgerTrailer] {
    switch self {
    case .failed: []
    case .rejected(_, let person): [.init(.person, person)]
    case .removed(_, let person): person.map { [.init(.person, $0)] } ?? []
    case .verb(let cause):
      [.init(.verb, "compensate"), .init(.person, cause.by), .init(.runner, cause.runner)]
    }
  }
}
