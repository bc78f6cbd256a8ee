internal import HeadwayCore

/// What turns secrets in logs and prompts into tokens: random, this machine's own, and never in
/// the repository's tree, so that a short secret cannot be guessed from its token.
struct RedactionKey: Sendable {
  let bytes: [UInt8]
  private static let length = 32

  /// Reads the key, or draws one; the caller holds the lock.
  init(path: String) throws(EngineError) {
    if let stored = try Requests.read(path), stored.count == Self.length {
      bytes = stored
      return
    }
    var generator = SystemRandomNumberGenerator()
    bytes = (0..<Self.length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    try ProgramFolder.write(bytes, to: path, mode: 0o600)
  }
}
