internal import FoundationEssentials
package import HeadwayCore

/// An SSHSIG, taken apart before any tool sees it (OpenSSH, `PROTOCOL.sshsig`).
package struct SSHSignature: Hashable, Sendable {
  package let keyType: String
  /// The public key as SSH sends it, to be compared with those in `people/`.
  package let key: [UInt8]
  package let namespace: String
  /// Whether a security key says that somebody touched it; `nil` for other keys.
  package let wasTouched: Bool?
  private let blob: [UInt8]

  private static let begin = "-----BEGIN SSH SIGNATURE-----"
  private static let end = "-----END SSH SIGNATURE-----"

  /// The algorithms of the signature itself that go with each accepted kind of key.
  private static let algorithms: [String: Set<String>] = [
    "ssh-ed25519": ["ssh-ed25519"],
    "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
    "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
    "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
    "ssh-rsa": ["rsa-sha2-256", "rsa-sha2-512"],
    "sk-ssh-ed25519@openssh.com": ["sk-ssh-ed25519@openssh.com"],
    "sk-ecdsa-sha2-nistp256@openssh.com": ["sk-ecdsa-sha2-nistp256@openssh.com"],
  ]
  private static let shortestRSA = 2048

  package init(armored: String) throws(SignatureRefusal) {
    var lines = armored.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    guard lines.first.map(String.init) == Self.begin, lines.last.map(String.init) == Self.end,
      lines.count >= 3
    else { throw .malformed("no SSH signature") }
    let base64 = lines[1..<(lines.count - 1)].joined()
    guard base64.utf8.count <= 64 << 10, let data = Data(base64Encoded: base64) else {
      throw .malformed("not base64")
    }
    try self.init(blob: [UInt8](data))
  }

  private init(blob: [UInt8]) throws(SignatureRefusal) {
    var wire = SSHWire(blob[...])
    guard blob.starts(with: "SSHSIG".utf8) else { throw .malformed("no SSHSIG") }
    try wire.skip(6)
    guard try wire.integer() == 1 else { throw .malformed("not version 1") }
    let key = try wire.string()
    let namespace = try wire.text()
    guard try wire.string().isEmpty else { throw .malformed("reserved bytes are used") }
    let hash = try wire.text()
    var signature = SSHWire(try wire.string())
    guard wire.isAtEnd else { throw .malformed("something follows the signature") }
    guard hash == "sha256" || hash == "sha512" else { throw .weak("hash `\(hash)`") }
    let algorithm = try signature.text()
    keyType = try Self.requireAccepted(key, algorithm)
    let numbers = try signature.string()
    guard !numbers.isEmpty else { throw .malformed("an empty signature") }
    if keyType.hasPrefix("sk-") {
      let flags = try signature.byte()
      _ = try signature.integer()
      wasTouched = flags & 1 == 1
    } else {
      wasTouched = nil
    }
    guard signature.isAtEnd else { throw .malformed("something follows the signature") }
    self.key = Array(key)
    self.namespace = namespace
    self.blob = blob
  }

  private static func requireAccepted(
    _ key: ArraySlice<UInt8>, _ algorithm: String
  ) throws(SignatureRefusal) -> String {
    var wire = SSHWire(key)
    let type = try wire.text()
    guard !type.contains("-cert-") else { throw .weak("certificates are not accepted") }
    guard let accepted = algorithms[type] else { throw .weak("key type `\(type)`") }
    guard accepted.contains(algorithm) else { throw .weak("algorithm `\(algorithm)`") }
    if type == "ssh-rsa" {
      _ = try wire.string()
      let modulus = try wire.string().drop { $0 == 0 }
      let bits = modulus.first.map { modulus.count * 8 - $0.leadingZeroBitCount } ?? 0
      guard bits >= shortestRSA else { throw .weak("an RSA key of \(bits) bits") }
    }
    return type
  }

  /// Written anew, so that the tool reads nothing that was not read here.
  package var armored: String {
    let base64 = Array(Data(blob).base64EncodedString().utf8)
    let lines = stride(from: 0, to: base64.count, by: 70).map { start in
      String(decoding: base64[start..<min(start + 70, base64.count)], as: UTF8.self)
    }
    return ([Self.begin] + lines + [Self.end]).joined(separator: "\n") + "\n"
  }
}

/// Reads the length-prefixed fields of RFC 4251.
private struct SSHWire {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func skip(_ count: Int) throws(SignatureRefusal) {
    guard rest.count >= count else { throw .malformed("it ends early") }
    rest = rest.dropFirst(count)
  }

  mutating func byte() throws(SignatureRefusal) -> UInt8 {
    guard let byte = rest.first else { throw .malformed("it ends early") }
    rest = rest.dropFirst()
    return byte
  }

  mutating func integer() throws(SignatureRefusal) -> Int {
    guard rest.count >= 4 else { throw .malformed("it ends early") }
    let value = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    rest = rest.dropFirst(4)
    return value
  }

  mutating func string() throws(SignatureRefusal) -> ArraySlice<UInt8> {
    let length = try integer()
    guard rest.count >= length else { throw .malformed("it ends early") }
    defer { rest = rest.dropFirst(length) }
    return rest.prefix(length)
  }

  mutating func text() throws(SignatureRefusal) -> String {
    let bytes = try string()
    guard let text = String(validating: bytes, as: UTF8.self),
      text.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) })
    else { throw .malformed("a name that is no name") }
    return text
  }
}
