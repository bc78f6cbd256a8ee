internal import HeadwayCore

/// The roster's OpenPGP keys as gpg knows them, by primary fingerprint.
struct OpenPGPKeyring: Sendable {
  let keys: [String: Roster.Key]
  /// Fingerprints that stand in the files of several people.
  let shared: Set<String>
  let folder: PrivateFolder
}

extension SignatureVerifier {
  /// Nothing of the user's: no configuration, agent, key server or trust database has a say.
  private static let options = [
    "--no-options", "--batch", "--no-tty", "--no-autostart", "--no-auto-key-retrieve",
    "--no-auto-key-import", "--no-auto-key-locate", "--disable-dirmngr", "--trust-model", "always",
    "--no-auto-check-trustdb", "--weak-digest", "SHA1", "--weak-digest", "RIPEMD160",
    "--no-encrypt-to", "--exit-on-status-write-error",
  ]

  func verifyOpenPGP(
    _ bytes: [UInt8], _ armored: String
  ) async throws(SignatureRefusal) -> Verified {
    guard let tool = tools.gpg else { throw .notVerified("gpg is not installed") }
    let ring = try await openKeyring(tool)
    let file = try Self.write(
      ring.folder, "signature-\(nextNumber())", Array(armored.utf8))
    defer { ring.folder.remove(file) }
    let answer = try await tools.run(
      tool, Self.options + ["--status-fd", "1", "--verify", "--", file, "-"], input: bytes,
      in: ring.folder)
    let status = OpenPGPStatus(answer.output)
    if let refusal = status.refusal { throw refusal }
    guard answer.succeeded else { throw .bad(Self.line(answer)) }
    guard let fingerprint = status.primaryFingerprint else {
      throw .bad("gpg names no key")
    }
    guard !ring.shared.contains(fingerprint) else { throw .sharedKey }
    guard let key = ring.keys[fingerprint] else { throw .unknownKey }
    return Verified(key: key, isConfirmed: key.validity.confirm)
  }

  private func openKeyring(_ tool: String) async throws(SignatureRefusal) -> OpenPGPKeyring {
    if let keyring { return keyring }
    let folder: PrivateFolder
    do { folder = try PrivateFolder() } catch { throw .notVerified("\(error)") }
    var owners: [String: [Roster.Key]] = [:]
    for key in roster.keys {
      guard case .openPGP(let armoured) = key.material else { continue }
      let shown = try await tools.run(
        tool, Self.options + ["--with-colons", "--import-options", "show-only", "--import"],
        input: Array(armoured.utf8), in: folder)
      // One key a block: which of several is the person's would be a guess.
      guard shown.succeeded, let fingerprint = Self.onlyFingerprint(shown.output) else { continue }
      let imported = try await tools.run(
        tool, Self.options + ["--import"], input: Array(armoured.utf8), in: folder)
      guard imported.succeeded else { continue }
      owners[fingerprint, default: []].append(key)
    }
    let shared = owners.filter { Set($0.value.map(\.person)).count > 1 }.keys
    let ring = OpenPGPKeyring(
      keys: owners.compactMapValues(\.first), shared: Set(shared), folder: folder)
    keyring = ring
    return ring
  }

  /// The fingerprint of the one primary key that a listing shows.
  private static func onlyFingerprint(_ listing: String) -> String? {
    var found: [String] = []
    var follows = false
    for line in listing.split(separator: "\n") {
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      if fields[0] == "pub" { follows = true }
      if fields[0] == "sec" { return nil }
      if fields[0] == "fpr", follows, fields.count > 9 {
        found.append(String(fields[9]))
        follows = false
      }
    }
    return found.count == 1 ? found[0] : nil
  }
}

/// What gpg's status lines say (GnuPG, `doc/DETAILS`).
private struct OpenPGPStatus {
  let refusal: SignatureRefusal?
  let primaryFingerprint: String?

  /// SHA-256, SHA-384, SHA-512 and SHA-224.
  private static let hashes: Set<Substring> = ["8", "9", "10", "11"]
  private static let fatal: [String: String] = [
    "BADSIG": "it does not fit", "EXPSIG": "it has expired", "EXPKEYSIG": "its key has expired",
    "REVKEYSIG": "its key was revoked", "ERRSIG": "it could not be checked",
    "NODATA": "there is none", "FAILURE": "gpg failed",
  ]

  init(_ output: String) {
    var words: [[Substring]] = []
    for line in output.split(separator: "\n") where line.hasPrefix("[GNUPG:] ") {
      words.append(line.dropFirst("[GNUPG:] ".count).split(separator: " "))
    }
    if words.contains(where: { $0.first == "NO_PUBKEY" }) {
      (refusal, primaryFingerprint) = (.unknownKey, nil)
      return
    }
    for line in words {
      if let key = line.first, let why = Self.fatal[String(key)] {
        (refusal, primaryFingerprint) = (.bad(why), nil)
        return
      }
    }
    let valid = words.filter { $0.first == "VALIDSIG" }
    let good = words.filter { $0.first == "GOODSIG" }
    guard valid.count == 1, good.count == 1, valid[0].count >= 11 else {
      (refusal, primaryFingerprint) = (.bad("gpg does not call it valid"), nil)
      return
    }
    guard Self.hashes.contains(valid[0][8]) else {
      (refusal, primaryFingerprint) = (.weak("hash algorithm \(valid[0][8])"), nil)
      return
    }
    guard valid[0][9] == "00" else {
      (refusal, primaryFingerprint) = (.bad("it is not one over bytes"), nil)
      return
    }
    (refusal, primaryFingerprint) = (nil, String(valid[0][10]))
  }
}
