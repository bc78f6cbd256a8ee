package import Git
package import HeadwayCore

/// What is asked of a key besides that its signature fits.
package enum KeyCheck: Hashable, Sendable {
  /// The signature is observed for the first time.
  case valid(at: Instant)
  /// It counted when it was observed; only a revocation since then undoes that.
  case notRevoked(at: Instant)
}

/// Tells who signed, by the keys of one roster; on any doubt nobody did.
///
/// Never `git verify-commit`: its program comes from the repository's own configuration.
package actor SignatureVerifier {
  let roster: Roster
  let tools: SignatureTools
  private var folder: PrivateFolder?
  private var signatureNumber = 0
  private var commits: [ObjectID: Result<Verified, SignatureRefusal>] = [:]
  var keyring: OpenPGPKeyring?

  /// The namespace in which git signs commits with SSH.
  package static let gitNamespace = "git"

  /// A signature that fits, before anybody asks whether its key is valid now.
  struct Verified: Sendable {
    let key: Roster.Key
    let isConfirmed: Bool
  }

  package init(roster: Roster, tools: SignatureTools = .system) {
    self.roster = roster
    self.tools = tools
  }

  /// Who signed a commit; `raw` must be what the repository holds under `id`.
  package func signer(
    of id: ObjectID, _ raw: RawCommit, _ check: KeyCheck
  ) async throws(SignatureRefusal) -> Signer {
    let result: Result<Verified, SignatureRefusal>
    if let known = commits[id] {
      result = known
    } else {
      do throws(SignatureRefusal) {
        result = .success(try await verify(raw))
      } catch {
        result = .failure(error)
      }
      if case .failure(.notVerified) = result {} else { commits[id] = result }
    }
    return try Self.valid(try result.get(), check)
  }

  /// Who signed a statement.
  package func signer(
    ofStatement bytes: [UInt8], signature: [UInt8], _ check: KeyCheck
  ) async throws(SignatureRefusal) -> Signer {
    guard let armored = String(validating: signature, as: UTF8.self) else {
      throw .malformed("not text")
    }
    let verified: Verified
    if armored.hasPrefix("-----BEGIN SSH SIGNATURE-----") {
      verified = try await verifySSH(bytes, armored, namespace: Statement.namespace)
    } else if armored.hasPrefix("-----BEGIN PGP SIGNATURE-----") {
      verified = try await verifyOpenPGP(bytes, armored)
    } else {
      throw .malformed("neither SSH nor OpenPGP")
    }
    return try Self.valid(verified, check)
  }

  private static func valid(
    _ verified: Verified, _ check: KeyCheck
  ) throws(SignatureRefusal) -> Signer {
    switch check {
    case .valid(let instant): try verified.key.require(validAt: instant)
    case .notRevoked(let instant): try verified.key.require(notRevokedAt: instant)
    }
    return Signer(key: verified.key, isConfirmed: verified.isConfirmed)
  }

  private func verify(_ raw: RawCommit) async throws(SignatureRefusal) -> Verified {
    switch raw.signature {
    case .none(.noSignature): throw .unsigned
    case .none(let why): throw .ambiguous("\(why)")
    case .signed(.ssh, let payload, let armored):
      return try await verifySSH(payload, armored, namespace: Self.gitNamespace)
    case .signed(.openPGP, let payload, let armored):
      return try await verifyOpenPGP(payload, armored)
    }
  }

  private func verifySSH(
    _ bytes: [UInt8], _ armored: String, namespace: String
  ) async throws(SignatureRefusal) -> Verified {
    let signature = try SSHSignature(armored: armored)
    guard signature.namespace == namespace else { throw .wrongNamespace(signature.namespace) }
    let key = roster.keys.first {
      $0.material == .ssh(type: signature.keyType, wire: signature.key)
    }
    guard let key else { throw .unknownKey }
    guard signature.wasTouched != false else { throw .notTouched(key.person) }
    guard let tool = tools.sshKeygen else { throw .notVerified("ssh-keygen is not installed") }
    guard case .ssh(let type, let base64) = key.validity.material else { throw .unknownKey }
    let folder = try privateFolder()
    let name = "\(nextNumber())"
    let signers = try Self.write(
      folder, "signers-\(name)",
      Array("\(key.person) namespaces=\"\(namespace)\" \(type) \(base64)\n".utf8))
    let file = try Self.write(folder, "signature-\(name)", Array(signature.armored.utf8))
    defer {
      folder.remove(signers)
      folder.remove(file)
    }
    let answer = try await tools.run(
      tool,
      ["-Y", "verify", "-f", signers, "-I", key.person.text, "-n", namespace, "-s", file],
      input: bytes, in: folder)
    guard answer.succeeded else { throw .bad(Self.line(answer)) }
    return Verified(key: key, isConfirmed: key.validity.confirm || signature.wasTouched == true)
  }

  func nextNumber() -> Int {
    defer { signatureNumber += 1 }
    return signatureNumber
  }

  func privateFolder() throws(SignatureRefusal) -> PrivateFolder {
    if let folder { return folder }
    do {
      let made = try PrivateFolder()
      folder = made
      return made
    } catch {
      throw .notVerified("no private folder: \(error)")
    }
  }

  static func write(
    _ folder: PrivateFolder, _ name: String, _ content: [UInt8]
  ) throws(SignatureRefusal) -> String {
    do { return try folder.write(name, content) } catch { throw .notVerified("\(error)") }
  }

  static func line(_ answer: SignatureTools.Answer) -> String {
    let text = answer.complaint.isEmpty ? answer.output : answer.complaint
    return String(text.prefix { !$0.isNewline }.prefix(200))
  }
}
