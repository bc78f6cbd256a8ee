internal import FoundationEssentials
internal import HeadwayCore
internal import HeadwayEngine

/// What `trust` tells: where trust begins, how far it has come, and who may sign what.
struct TrustPage: Sendable {
  let anchor: CommitID
  let ledger: CommitID
  let main: MainRecord
  let mode: Settings.Trust
  let isHome: Bool
  let isPinned: Bool
  let people: [Person]
  let now: Instant

  init(_ view: LedgerView, at now: Instant) async throws {
    guard let opening = view.board.opening, let main = view.board.main else {
      throw EngineError.noAnchor
    }
    anchor = opening.anchor
    ledger = view.tip
    self.main = main
    isHome = view.site.settings.isHome
    isPinned = view.site.settings.anchor == opening.anchor
    let project = try await view.project()
    mode = project?.settings?.trust ?? .open
    people = (project?.people.values).map { $0.sorted { $0.name < $1.name } } ?? []
    self.now = now
  }

  var facts: JSONValue {
    [
      "anchor": .string(anchor.hex), "ledger": .string(ledger.hex), "pinned": .bool(isPinned),
      "home": .bool(isHome), "mode": .string(mode.rawValue), "branch": .string(main.branch),
      "judged": .string(main.judged.hex),
      "people": .array(
        people.map { person in
          [
            "name": .string(person.name.text), "kind": .string(person.kind.rawValue),
            "roles": .array(person.roles.sorted().map { .string($0.text) }),
            "keys": .array(
              person.keys.map { key in
                [
                  "fingerprint": .string(key.fingerprint), "confirm": .bool(key.confirm),
                  "valid": .bool(key.isValid(at: now)),
                ]
              }),
          ]
        }),
    ]
  }

  /// The first line is the pair alone, so that it can be copied or cut by a script.
  func write(in context: CommandContext) {
    var page = Page(context)
    page.line("\(anchor):\(ledger)", .bold)
    page.line(
      mode == .open
        ? "mode open: what lands on \(main.branch) is in force; approvals: advisory"
        : "mode signed: what decides takes effect only with an admin's signature")
    page.line("judged up to \(main.judged.short) of \(main.branch), on \(main.observed.second)")
    page.line(isHome ? "this clone is home: it schedules" : "this clone reads")
    if !isPinned {
      page.line("this clone has pinned no anchor: headway trust ANCHOR:LEDGER does", .yellow)
    }
    var rows = Columns()
    for person in people {
      let roles = person.roles.sorted().map(\.text).joined(separator: ", ")
      rows.add(
        .init(person.name.text),
        .init(person.kind == .runner ? "runner" : roles.isEmpty ? "no role" : roles),
        .init(person.keys.isEmpty ? "no key" : person.keys[0].line(at: now)))
      for key in person.keys.dropFirst() { rows.add("", "", .init(key.line(at: now))) }
    }
    page.section("People", rows)
    if people.isEmpty { page.line("Nobody is in people/: nothing can be approved.", .yellow) }
  }
}

extension PersonKey {
  /// As `ssh-keygen -l` prints it; an OpenPGP key by its text, since only gpg can read it.
  var fingerprint: String {
    switch material {
    case .ssh(let type, let key):
      guard let bytes = FoundationEssentials.Data(base64Encoded: key) else {
        return "\(type) unreadable"
      }
      return "\(type) SHA256:\(Self.base64(hex: Digest(of: Array(bytes)).hex))"
    case .openPGP(let armoured):
      return "openpgp, text \(Digest(of: Array(armoured.utf8)).prefix(16))"
    }
  }

  func line(at now: Instant) -> String {
    fingerprint + (confirm ? ", confirmed by hand" : "")
      + (isValid(at: now) ? "" : ", not valid now")
  }

  /// Without padding, as OpenSSH writes digests.
  private static func base64(hex: String) -> String {
    var bytes: [UInt8] = []
    var rest = Substring(hex)
    while !rest.isEmpty {
      bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
      rest = rest.dropFirst(2)
    }
    let text = FoundationEssentials.Data(bytes).base64EncodedString()
    return String(text.prefix { $0 != "=" })
  }
}
