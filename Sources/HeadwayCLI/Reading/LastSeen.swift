internal import HeadwayCore
internal import HeadwayEngine

/// How far the reader of this machine has been told what finished; kept beside the index.
struct LastSeen: Hashable, Sendable {
  let ledger: CommitID
  let at: Instant

  init(ledger: CommitID, at: Instant) {
    self.ledger = ledger
    self.at = at
  }

  private static func path(_ site: Site) -> String { "\(site.folders.headway)/seen" }

  /// `nil` the first time; a file that cannot be read counts as the first time too.
  static func load(_ site: Site) throws(CommandError) -> LastSeen? {
    let path = path(site)
    guard FileSystem.kind(path) != nil else { return nil }
    let bytes = try FileSystem.read(path, limit: 4_096)
    let json: JSONValue
    do { json = try JSONReader.read(bytes).json } catch { return nil }
    guard let ledger = json["ledger"]?.text.flatMap({ CommitID($0) }),
      let at = json["at"]?.text.flatMap({ Instant(iso: $0) })
    else { return nil }
    return LastSeen(ledger: ledger, at: at)
  }

  func save(_ site: Site) throws(CommandError) {
    let json: JSONValue = ["ledger": .string(ledger.hex), "at": .string(at.description)]
    try FileSystem.replace(Self.path(site), json.canonical, mode: 0o600)
  }
}
