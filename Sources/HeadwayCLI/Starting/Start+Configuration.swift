internal import Git
internal import HeadwayCore
internal import HeadwayEngine

extension Start {
  /// Where git learns, for its own `--show-signature`, whose key is whose.
  static func allowedSignersFile(_ folders: Site.Folders) -> String {
    folders.headway + "/allowed_signers"
  }

  /// Sets what is not set yet, here or for the user as a whole, in this repository only.
  func configure(
    _ site: Site, _ creator: Creator, _ git: GitProgram
  ) async throws -> [(key: String, value: String)] {
    var wanted = [
      (LocalSettings.homeKey, "true"), (LocalSettings.branchKey, site.settings.branch),
    ]
    if let folder = context.statedConfigurationHome {
      wanted.append((LocalSettings.configHomeKey, folder))
    }
    if let key = creator.key {
      wanted += [("gpg.format", key.format), ("user.signingkey", key.setting)]
      if case .ssh(let line) = key.material {
        let file = Self.allowedSignersFile(site.folders)
        wanted.append(("gpg.ssh.allowedSignersFile", file))
        try writeAllowedSigners(file, creator, line)
      }
    }
    var unset: [(key: String, value: String)] = []
    for (key, value) in wanted where try await git.setting(key, in: directory) == nil {
      unset.append((key, value))
    }
    let settings = unset
    try await site.store.perform { (repository) throws(GitError) in
      for (key, value) in settings { try repository.setLocalConfiguration(key, to: value) }
    }
    return settings
  }

  private func writeAllowedSigners(
    _ path: String, _ creator: Creator, _ line: String
  ) throws(CommandError) {
    guard let slash = path.lastIndex(of: "/") else { return }
    try FileSystem.makeDirectories(String(path[..<slash]))
    guard FileSystem.kind(path) == nil else { return }
    // A principal with a space or comma would be read as several.
    let email = creator.email.flatMap { email in
      email.contains { $0.isWhitespace || ",\"!*?".contains($0) } ? nil : email
    }
    try FileSystem.create(path, Array("\(email ?? creator.name.text) \(line)\n".utf8))
  }
}
