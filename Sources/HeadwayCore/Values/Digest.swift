internal import Crypto

/// A SHA-256 value; what ids, keys and fingerprints are cut from.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
  package let hex: String

  package init(of bytes: some Sequence<UInt8>) {
    self.init(bytes: SHA256.hash(data: Array(bytes)))
  }

  /// Hashes the parts with their lengths in front, so that no two lists share a digest by
  /// moving a boundary.
  package init(parts: [String]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(parts.reduce(0) { $0 + $1.utf8.count + 8 })
    for part in parts {
      bytes += String(part.utf8.count).utf8
      bytes.append(UInt8(ascii: ":"))
      bytes += part.utf8
    }
    self.init(bytes: SHA256.hash(data: bytes))
  }

  /// What nobody without `key` can compute or guess back, an HMAC.
  package init(of bytes: some Sequence<UInt8>, under key: [UInt8]) {
    let code = HMAC<SHA256>.authenticationCode(
      for: Array(bytes), using: SymmetricKey(data: key))
    self.init(bytes: Array(code))
  }

  private init(bytes digest: some Sequence<UInt8>) {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in digest {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    hex = String(decoding: text, as: UTF8.self)
  }

  package var description: String { hex }

  package func prefix(_ count: Int) -> String { String(hex.prefix(count)) }

  /// The first 48 bits as a fraction in 0..<1; the replayable jitter of a back-off.
  package var fraction: Double {
    Double(UInt64(hex.prefix(12), radix: 16) ?? 0) / Double(UInt64(1) << 48)
  }
}
