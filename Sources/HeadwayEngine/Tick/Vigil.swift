internal import HeadwayCore

/// When this home looked at main, so that time in which nobody looked counts against nobody.
///
/// Kept on this machine only: it can lengthen the time that people have, never shorten it.
struct Vigil: Hashable, Sendable {
  /// A pause longer than this is one in which people could not be heard.
  private static let longestGap = Span.hours(2)
  /// What people have at least after a pause.
  private static let grace = Span.hours(1)

  /// The last pause: nobody looked between the two.
  private(set) var asleep: Instant?
  private(set) var woke: Instant?
  private var last: Instant?

  init(path: String) throws(EngineError) {
    guard let bytes = try Requests.read(path) else { return }
    let json: JSONValue
    do { json = try JSONReader.read(bytes).json } catch {
      // A file cut short: no pause is known, and expiry is what the proposal says.
      return
    }
    asleep = json["asleep"]?.text.flatMap(Instant.init(iso:))
    woke = json["woke"]?.text.flatMap(Instant.init(iso:))
    last = json["last"]?.text.flatMap(Instant.init(iso:))
  }

  /// Takes note that somebody looks now.
  mutating func look(at now: Instant) {
    if let last, now - last > Self.longestGap { (asleep, woke) = (last, now) }
    last = max(last ?? now, now)
  }

  /// When `proposal` expires, with the last pause taken out and an hour of grace after it.
  func expiry(of proposal: ProposalRecord) -> Instant {
    guard let asleep, let woke, proposal.expires > asleep, proposal.proposed < woke else {
      return proposal.expires
    }
    let unheard = woke - max(asleep, proposal.proposed)
    return max(proposal.expires + unheard, woke + Self.grace)
  }

  func write(to path: String) throws(EngineError) {
    let json: JSONValue = [
      "asleep": .optional(asleep?.description), "woke": .optional(woke?.description),
      "last": .optional(last?.description),
    ]
    try ProgramFolder.write(json.canonical, to: path, mode: 0o600)
  }
}
