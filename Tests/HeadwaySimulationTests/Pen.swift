import Crypto
import Foundation
import HeadwayCore

/// Dana's key, always the same, and her signature in the form that `ssh-keygen -Y sign` gives it.
enum Pen {
  private static let seed = Data((0..<32).map { UInt8($0) })

  private static func key() throws -> Curve25519.Signing.PrivateKey {
    try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
  }

  private static func field(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let bytes = Array(bytes)
    let count = UInt32(bytes.count)
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + bytes
  }

  private static func wireKey() throws -> [UInt8] {
    field("ssh-ed25519".utf8) + field(try key().publicKey.rawRepresentation)
  }

  static var publicKey: String {
    do { return "ssh-ed25519 " + Data(try wireKey()).base64EncodedString() } catch {
      preconditionFailure("thirty-two bytes are a key: \(error)")
    }
  }

  /// An armored SSHSIG over `bytes`.
  static func sign(_ bytes: [UInt8], in namespace: String) throws -> String {
    let digest = Data(SHA512.hash(data: bytes))
    let context = field(namespace.utf8) + field([]) + field("sha512".utf8)
    let signed = Array("SSHSIG".utf8) + context + field(digest)
    let signature =
      field("ssh-ed25519".utf8) + field(try key().signature(for: Data(signed)))
    let blob =
      Array("SSHSIG".utf8) + [0, 0, 0, 1] + field(try wireKey()) + context + field(signature)
    let base64 = Data(blob).base64EncodedString(
      options: [.lineLength64Characters, .endLineWithLineFeed])
    return "-----BEGIN SSH SIGNATURE-----\n\(base64)\n-----END SSH SIGNATURE-----\n"
  }
}
