internal import HeadwayCore

/// Takes secret values out of what is kept or shown.
///
/// Encoded forms are the engine's business; this keeps the plain value from leaving at all.
struct Redaction: Sendable {
  private let secrets: [[UInt8]]
  private static let mark = Array("(secret)".utf8)

  init(_ texts: some Sequence<SecretText>) {
    // Longest first, so that a secret inside another one does not leave the rest behind.
    secrets = texts.filter { $0.isSecret && !$0.value.isEmpty }.map { Array($0.value.utf8) }
      .sorted { $0.count > $1.count }
  }

  /// How many bytes a cut must keep in addition, so that it does not halve a secret.
  var longest: Int { secrets.first?.count ?? 0 }

  func apply(_ bytes: [UInt8]) -> [UInt8] {
    secrets.reduce(bytes) { Self.replace($1, in: $0) }
  }

  func apply(_ text: String) -> String { String(decoding: apply(Array(text.utf8)), as: UTF8.self) }

  private static func replace(_ secret: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == secret[0], bytes[index...].starts(with: secret) {
        kept += mark
        index += secret.count
      } else {
        kept.append(bytes[index])
        index += 1
      }
    }
    return kept
  }
}
