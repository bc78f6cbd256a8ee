internal import Git
internal import HeadwayCore
internal import HeadwayEngine

extension Examination {
  /// Whether git can sign here, and whom `people/` takes the signer for.
  func signing(_ site: Site, _ project: Project, _ git: GitProgram) async -> [Finding] {
    do {
      let place = site.folders.working ?? site.folders.common
      let format = try await git.setting("gpg.format", in: place)
      let setting = try await git.setting("user.signingkey", in: place)
      let search = SigningKeySearch(
        environment: context.environment, home: context.home, format: format, setting: setting)
      guard setting != nil else {
        return [.warn("signing", "user.signingkey is not set: you cannot approve", Self.setUp)]
      }
      guard let key = try await search.find() else {
        return [
          .fail("signing", "user.signingkey names no key that can be read", Self.setUp)
        ]
      }
      return [try await trySignature(site, key, git), signer(key, project)]
    } catch {
      return [.fail("signing", error)]
    }
  }

  private static let setUp =
    "git config gpg.format ssh\ngit config user.signingkey ~/.ssh/id_ed25519.pub"

  /// Signs a commit object of an empty tree, which no branch ever names, in a scratch repository.
  private func trySignature(
    _ site: Site, _ key: SigningKey, _ git: GitProgram
  ) async throws -> Finding {
    let scratch = try FileSystem.makeScratch(in: context.environment["TMPDIR"] ?? "/tmp")
    do {
      _ = try await git.run(["init", "--quiet", "--bare"], in: scratch, as: .user)
      let tree = try await git.run(["mktree"], in: scratch, as: .user)
      let place = site.folders.working ?? site.folders.common
      let program = try await git.setting("gpg.\(key.format).program", in: place)
      var options = ["-c", "gpg.format=\(key.format)", "-c", "user.signingkey=\(key.setting)"]
      if let program { options += ["-c", "gpg.\(key.format).program=\(program)"] }
      options += ["-c", "user.name=doctor", "-c", "user.email=doctor@localhost"]
      let commit = try await git.outcome(
        of: options + ["commit-tree", "-S", "-m", "A test signature", tree.text],
        in: scratch, as: .user)
      try FileSystem.removeTree(scratch)
      guard commit.status == 0 else {
        let reason = commit.standardError.split(separator: "\n").first.map(String.init)
        return .fail(
          "signing", "git cannot sign: \(reason ?? "status \(commit.status)")",
          "is the key in your agent? ssh-add -l, or gpg --list-secret-keys")
      }
      return .ok("signing", "git signs with \(key.source)")
    } catch {
      try FileSystem.removeTree(scratch)
      throw error
    }
  }

  private func signer(_ key: SigningKey, _ project: Project) -> Finding {
    let identity =
      switch key.material {
      case .ssh(let line): line.split(separator: " ").last.map(String.init) ?? line
      case .openPGP(let block): block.filter { !$0.isWhitespace }
      }
    let owner = project.people.values.first { person in
      person.keys.contains { $0.material.identity == identity && $0.isValid(at: context.now()) }
    }
    guard let owner else {
      return .warn(
        "approvals", "nobody in people/ has your key: your signature approves nothing",
        "add it to \"keys\" of your file in people/, and commit")
    }
    let roles = owner.roles.map(\.text).sorted().joined(separator: ", ")
    return .ok("approvals", "you sign as \(owner.name) (\(roles.isEmpty ? "no role" : roles))")
  }
}
