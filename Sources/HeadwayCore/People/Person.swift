/// A file below `people/`: who somebody is, and what their signature may decide.
package struct Person: Hashable, Sendable {
  package static let folder = "people/"

  package let name: Name
  package let kind: Kind
  package let emails: [String]
  package let roles: Set<Name>
  /// How much weight this person's requests carry, 0…10.
  package let level: Int
  package let keys: [PersonKey]

  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case person
    /// The scheduler itself; holds no role that approves.
    case runner
  }

  package init(
    name: Name, kind: Kind = .person, emails: [String] = [], roles: Set<Name> = [],
    level: Int = 1, keys: [PersonKey] = []
  ) {
    self.name = name
    self.kind = kind
    self.emails = emails
    self.roles = roles
    self.level = level
    self.keys = keys
  }

  package func holds(_ role: Name) -> Bool { kind == .person && roles.contains(role) }
}

/// A public key with the time in which its signatures count.
package struct PersonKey: Hashable, Sendable {
  package let material: Material
  package let from: Instant?
  package let until: Instant?
  package let revoked: Instant?
  /// Whether every use of the key is confirmed by hand, so that no process signs silently.
  package let confirm: Bool

  package enum Material: Hashable, Sendable {
    /// `type` and `key` are the first two words of a line in `authorized_keys`.
    case ssh(type: String, key: String)
    /// An armoured public key block.
    case openPGP(armoured: String)

    /// What makes two keys the same, whatever comment or line breaks they carry.
    package var identity: String {
      switch self {
      case .ssh(_, let key): key
      case .openPGP(let armoured): armoured.filter { !$0.isWhitespace }
      }
    }
  }

  package init(
    material: Material, from: Instant? = nil, until: Instant? = nil, revoked: Instant? = nil,
    confirm: Bool = false
  ) {
    self.material = material
    self.from = from
    self.until = until
    self.revoked = revoked
    self.confirm = confirm
  }

  /// Whether a signature observed at `instant` counts.
  package func isValid(at instant: Instant) -> Bool {
    from.map { $0 <= instant } ?? true && until.map { instant < $0 } ?? true
      && revoked.map { instant < $0 } ?? true
  }
}

extension Person {
  package static let schema = Schema.object(
    ObjectSchema([
      .schemaReference,
      .required("name", .text(.name), "the person's name here; also the file's name"),
      .optional(
        "kind", .choice(Kind.allCases.map(\.rawValue)), or: "person",
        "`runner` is the scheduler's own key, which approves nothing"),
      .optional("emails", .list(of: .text(.email)), "shown to readers; never an identity"),
      .optional("roles", .list(of: .text(.role)), "what the person may decide"),
      .optional("level", .integer(0...10), or: 1, "how much weight requests carry"),
      .optional("keys", .list(of: keySchema), "the keys whose signatures count"),
    ]))

  private static let keySchema = Schema.object(
    ObjectSchema(
      [
        .optional("ssh", .text(.line), "type and key, as in a `.pub` file"),
        .optional("openpgp", .text(.free), "an armoured public key block"),
        .optional("from", .text(.instant), "the first moment at which signatures count"),
        .optional("until", .text(.instant), "the first moment at which they no longer count"),
        .optional("revoked", .text(.instant), "when it was withdrawn"),
        .optional("confirm", .flag, or: false, "whether every use is confirmed by hand"),
      ], exactlyOne: [["ssh", "openpgp"]]))

  /// `nil` after an error was reported.
  package init?(_ node: Node, reading: inout FileReading) {
    guard let record = reading.record(node, Self.schema), let name = record.name("name") else {
      return nil
    }
    let kind: Kind = record.choice("kind") ?? .person
    let roles = Set(record.names("roles"))
    if kind == .runner, !roles.isEmpty {
      reading.report("a runner can hold no role", at: record.mark("roles"))
      return nil
    }
    var keys: [PersonKey] = []
    for entry in record.records("keys") {
      guard let key = Self.key(entry, reading: &reading) else { return nil }
      keys.append(key)
    }
    self.init(
      name: name, kind: kind, emails: record.texts("emails"), roles: roles,
      level: record.integer("level") ?? 1, keys: keys)
  }

  private static func key(_ record: Record, reading: inout FileReading) -> PersonKey? {
    guard let material = material(record, reading: &reading) else { return nil }
    return PersonKey(
      material: material, from: record.instant("from"), until: record.instant("until"),
      revoked: record.instant("revoked"), confirm: record.flag("confirm") ?? false)
  }

  private static let sshTypes = [
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    "ssh-rsa", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
  ]

  private static func material(
    _ record: Record, reading: inout FileReading
  ) -> PersonKey.Material? {
    if let armoured = record.text("openpgp") {
      guard armoured.hasPrefix("-----BEGIN PGP PUBLIC KEY BLOCK-----") else {
        reading.report(
          "`openpgp`: not an armoured public key block", at: record.mark("openpgp"),
          hint: "`gpg --armor --export YOUR-KEY` prints one")
        return nil
      }
      return .openPGP(armoured: armoured)
    }
    let words = (record.text("ssh") ?? "").split(separator: " ")
    guard words.count >= 2, isBase64(words[1]) else {
      reading.report(
        "`ssh`: not a public key", at: record.mark("ssh"),
        hint: "copy the line of your `.pub` file, like `ssh-ed25519 AAAA…`")
      return nil
    }
    guard sshTypes.contains(String(words[0])) else {
      reading.report(
        "`ssh`: keys of type `\(words[0])` are not accepted", at: record.mark("ssh"),
        hint: Nearest.hint(for: String(words[0]), among: sshTypes, listing: "accepted types"))
      return nil
    }
    return .ssh(type: String(words[0]), key: String(words[1]))
  }

  private static func isBase64(_ text: Substring) -> Bool {
    text.hasPrefix("AAAA") && text.utf8.count % 4 == 0
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || "+/=".utf8.contains(byte)
      }
  }
}
