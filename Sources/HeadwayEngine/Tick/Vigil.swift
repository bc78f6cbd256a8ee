internal import HeadwayCore

/// When this home looked at main, so that time in which nobody looked counts against nobody.
///
/// Kept on this machine only: it can lengthen the time that there is, never shorten it.
struct Vigil: Hashable, Sendable {
  /// Between two processes, what is longer than this is a pause: nobody could be heard.
  private static let longestGap = Span.hours(2)
  /// A process knows how long it was awake; what its wall clock says beyond that is a jump.
  private static let longestJump = Span.minutes(1)
  /// What people have at least after a pause.
  private static let grace = Span.hours(1)
  /// Older ones lengthen nothing any more that is worth their place.
  private static let mostPauses = 32

  /// Oldest first.
  private(set) var pauses: [Pause] = []
  private var last: Instant?
  /// How long the machine had been awake when this process last looked.
  private var uptime: Span?

  init(path: String) throws(EngineError) {
    guard let bytes = try Requests.read(path) else { return }
    let json: JSONValue
    do { json = try JSONReader.read(bytes).json } catch {
      // A file cut short: no pause is known, and every limit is what it says.
      return
    }
    pauses = (json["pauses"]?.elements ?? []).compactMap(Pause.init(json:))
      .sorted { $0.asleep < $1.asleep }.suffix(Self.mostPauses)
    last = json["last"]?.text.flatMap(Instant.init(iso:))
  }

  /// Takes note that somebody looks now; a process that was awake meanwhile would have heard.
  mutating func look(at now: Instant, uptime: Span) {
    let listened = self.uptime.map { uptime.milliseconds - $0.milliseconds }
    if let last {
      let heard = last + Span(milliseconds: max(0, listened ?? 0))
      if now - heard > (listened == nil ? Self.longestGap : Self.longestJump) {
        pauses.append(Pause(asleep: heard, woke: now))
        pauses.removeFirst(max(0, pauses.count - Self.mostPauses))
      }
    }
    last = max(last ?? now, now)
    self.uptime = uptime
  }

  /// When `proposal` expires, with pauses taken out and an hour of grace after the last one.
  func expiry(of proposal: ProposalRecord) -> Instant {
    pauses.extending(proposal.expires, since: proposal.proposed, grace: Self.grace)
  }

  /// The pauses that a limit of something on the board may be longer for.
  func pauses(concerning board: Board) -> [Pause] {
    guard let last = pauses.last else { return [] }
    let since = board.tasksInOrder.map(\.record).filter { task in
      let limits = task.specification.timeouts
      return task.state == .pending && (limits.start != nil || limits.finish != nil)
    }.map(\.admitted).min()
    guard let since, since < last.woke else { return [] }
    return pauses.filter { since < $0.woke }
  }

  func write(to path: String) throws(EngineError) {
    let json: JSONValue = [
      "format": 1, "pauses": .array(pauses.map(\.json)), "last": .optional(last?.description),
    ]
    try ProgramFolder.write(json.canonical, to: path, mode: 0o600)
  }
}
