internal import Git
internal import HeadwayCore

/// The key with which the user signs, as their git is or can be set up for it.
struct SigningKey: Hashable, Sendable {
  let material: Material
  /// What `user.signingkey` is, or should be.
  let setting: String
  /// Where it was found, for people.
  let source: String

  enum Material: Hashable, Sendable {
    /// The first two words of a `.pub` file.
    case ssh(String)
    /// An armoured public key block.
    case openPGP(String)
  }

  var format: String {
    switch material {
    case .ssh: "ssh"
    case .openPGP: "openpgp"
    }
  }

  var field: (name: String, value: String) {
    switch material {
    case .ssh(let line): ("ssh", line)
    case .openPGP(let block): ("openpgp", block)
    }
  }

  /// The one command that makes a key where none was found.
  static let making = "ssh-keygen -t ed25519 -f ~/.ssh/id_ed25519"
}

/// Looks for a signing key in the order in which git users keep them.
struct SigningKeySearch: Sendable {
  let environment: [String: String]
  let home: String?
  /// The values of `gpg.format` and `user.signingkey` in force, if any.
  let format: String?
  let setting: String?

  func find() async throws(CommandError) -> SigningKey? {
    if let setting, !setting.isEmpty {
      if format != "openpgp", let key = configuredSSHKey(setting) { return key }
      return format == "ssh" || format == "x509" ? nil : try await openPGPKey(setting)
    }
    guard format == nil || format == "ssh", let home else { return nil }
    for kind in ["ed25519", "ecdsa", "rsa"] {
      let path = "\(home)/.ssh/id_\(kind).pub"
      if let line = publicKey(in: path) {
        return SigningKey(material: .ssh(line), setting: path, source: path)
      }
    }
    return nil
  }

  /// `user.signingkey` as a literal key, or as the path of either half of one.
  private func configuredSSHKey(_ setting: String) -> SigningKey? {
    let literal = setting.hasPrefix("key::") ? String(setting.dropFirst(5)) : setting
    if let line = Self.keyWords(literal) {
      return SigningKey(material: .ssh(line), setting: setting, source: "user.signingkey")
    }
    var path = setting
    if path.hasPrefix("~/"), let home { path = home + path.dropFirst(1) }
    guard path.hasPrefix("/") else { return nil }
    for candidate in [path, path + ".pub"] {
      guard let line = publicKey(in: candidate) else { continue }
      return SigningKey(material: .ssh(line), setting: setting, source: candidate)
    }
    return nil
  }

  private func publicKey(in path: String) -> String? {
    guard FileSystem.kind(path) != nil,
      let bytes = try? FileSystem.read(path, limit: 1 << 16)  // unreadable: not a key we can use
    else { return nil }
    return Self.keyWords(String(decoding: bytes, as: UTF8.self))
  }

  /// Type and key of the first line, or `nil` when it is no public key (a private one, say).
  static func keyWords(_ text: String) -> String? {
    let words = text.prefix { !$0.isNewline }.split(separator: " ")
    guard words.count >= 2, words[1].hasPrefix("AAAA"),
      ["ssh-", "ecdsa-sha2-", "sk-"].contains(where: { words[0].hasPrefix($0) })
    else { return nil }
    return "\(words[0]) \(words[1])"
  }

  private func openPGPKey(_ id: String) async throws(CommandError) -> SigningKey? {
    guard !id.hasPrefix("-"), let gpg = ToolProgram("gpg", in: environment) else { return nil }
    let result = try await gpg.run(["--batch", "--armor", "--export", "--", id])
    guard result.isSuccess, result.output.hasPrefix("-----BEGIN PGP PUBLIC KEY BLOCK-----") else {
      return nil
    }
    return SigningKey(
      material: .openPGP(result.output), setting: id, source: "gpg's keyring, \(id)")
  }
}
