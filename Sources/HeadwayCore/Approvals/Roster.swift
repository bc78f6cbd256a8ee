internal import FoundationEssentials

/// Everybody in `people/` by name and by key, as far as they are unambiguous.
package struct Roster: Hashable, Sendable {
  package let members: [Name: Person]
  /// The keys whose signatures can name exactly one member.
  package let keys: [Key]
  package let faults: [Fault]

  /// One member's public key, ready to be compared with a signature's.
  package struct Key: Hashable, Sendable {
    package let person: Name
    package let material: Material
    package let validity: PersonKey

    package enum Material: Hashable, Sendable {
      /// The key as SSH sends it: its type and numbers.
      case ssh(type: String, wire: [UInt8])
      case openPGP(armoured: String)
    }
  }

  package enum Fault: Error, Hashable, Sendable {
    /// The key counts for neither of them.
    case sharedKey(Name, Name)
    case unreadableKey(Name)
    case nameTwice(Name)

    package var text: String {
      switch self {
      case .sharedKey(let one, let other):
        "the same key stands in the files of \(one) and \(other), and counts for neither"
      case .unreadableKey(let person): "a key of \(person) cannot be read, and does not count"
      case .nameTwice(let person): "two files name \(person); the keys of neither count"
      }
    }
  }

  package init(_ people: some Sequence<Person>) {
    var members: [Name: Person] = [:]
    var faults: [Fault] = []
    var ambiguous: Set<Name> = []
    for person in people {
      if members.updateValue(person, forKey: person.name) != nil,
        ambiguous.insert(person.name).inserted
      {
        faults.append(.nameTwice(person.name))
      }
    }
    for name in ambiguous { members[name] = nil }
    var owners: [Key.Material: Set<Name>] = [:]
    var keys: [Key] = []
    for person in members.values.sorted(by: { $0.name < $1.name }) {
      for key in person.keys {
        guard let material = Self.material(key.material) else {
          faults.append(.unreadableKey(person.name))
          continue
        }
        owners[material, default: []].insert(person.name)
        keys.append(Key(person: person.name, material: material, validity: key))
      }
    }
    for names in owners.values.filter({ $0.count > 1 }).map({ $0.sorted() }) {
      faults.append(.sharedKey(names[0], names[1]))
    }
    self.members = members
    self.keys = keys.filter { owners[$0.material]?.count == 1 }
    self.faults = faults.sorted { $0.text < $1.text }
  }

  /// Whether `person` may decide what needs `role`; a runner never may.
  package func holds(_ person: Name, _ role: Name) -> Bool {
    members[person]?.holds(role) ?? false
  }

  private static func material(_ material: PersonKey.Material) -> Key.Material? {
    switch material {
    case .openPGP(let armoured): return .openPGP(armoured: armoured)
    case .ssh(let type, let key):
      // Strict both ways: several base64 texts can stand for the same bytes.
      guard let data = Data(base64Encoded: key), data.base64EncodedString() == key else {
        return nil
      }
      let wire = [UInt8](data)
      let length = wire.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      guard wire.count > 4 + length, wire[4..<(4 + length)].elementsEqual(type.utf8) else {
        return nil
      }
      return .ssh(type: type, wire: wire)
    }
  }
}

/// Who signed, and with which of their keys.
package struct Signer: Hashable, Sendable {
  package let key: Roster.Key
  /// Whether a process could not have made the signature silently: the key is marked `confirm`,
  /// or a touch of the security key is part of what was signed.
  package let isConfirmed: Bool

  package init(key: Roster.Key, isConfirmed: Bool) {
    self.key = key
    self.isConfirmed = isConfirmed
  }

  package var person: Name { key.person }
}

/// Why a signature names nobody.
package enum SignatureRefusal: Error, Hashable, Sendable {
  case unsigned
  /// The bytes around the signature are such that programs could read different things.
  case ambiguous(String)
  case malformed(String)
  case wrongNamespace(String)
  /// SHA-1, a certificate, a short key, or a kind of key that is not accepted.
  case weak(String)
  case unknownKey
  case sharedKey
  case notYetValid(Name)
  case noLongerValid(Name)
  case revoked(Name)
  /// A security key that nobody touched.
  case notTouched(Name)
  /// The tool says that the signature does not fit.
  case bad(String)
  /// Not verified, and therefore refused.
  case notVerified(String)

  package var text: String {
    switch self {
    case .unsigned: "it is not signed"
    case .ambiguous(let what): "it counts as unsigned: \(what)"
    case .malformed(let what): "its signature cannot be read: \(what)"
    case .wrongNamespace(let found): "its signature was made for `\(found)`"
    case .weak(let what): "its signature is not accepted: \(what)"
    case .unknownKey: "its key belongs to nobody in people/"
    case .sharedKey: "its key belongs to several people"
    case .notYetValid(let person): "the key of \(person) is not valid yet"
    case .noLongerValid(let person): "the key of \(person) is no longer valid"
    case .revoked(let person): "the key of \(person) was revoked"
    case .notTouched(let person): "nobody touched the security key of \(person)"
    case .bad(let what): "its signature is wrong: \(what)"
    case .notVerified(let what): "its signature could not be verified: \(what)"
    }
  }
}

extension Roster.Key {
  /// Refuses a key outside its time; judged at observation, never at the signature's own date.
  package func require(validAt instant: Instant) throws(SignatureRefusal) {
    try require(notRevokedAt: instant)
    if let from = validity.from, instant < from { throw .notYetValid(person) }
    if let until = validity.until, until <= instant { throw .noLongerValid(person) }
  }

  package func require(notRevokedAt instant: Instant) throws(SignatureRefusal) {
    if let revoked = validity.revoked, revoked <= instant { throw .revoked(person) }
  }
}
