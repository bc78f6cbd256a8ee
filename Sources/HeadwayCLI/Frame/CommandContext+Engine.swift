internal import Git
internal import HeadwayCore
internal import HeadwayEngine
internal import HeadwayExecutors

extension CommandContext {
  /// `$XDG_CACHE_HOME/headway`: attempts and exported programs; never the repository.
  var cacheFolder: String {
    if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") {
      return folder + "/headway"
    }
    return (home.map { $0 + "/.cache" } ?? "/tmp/headway-cache") + "/headway"
  }

  /// Where the secrets of every repository lie: as this one's configuration says, so that cron,
  /// which knows nothing of `XDG_CONFIG_HOME`, finds what the user's shell finds.
  private func secretsFolder(of site: Site) -> String? {
    site.settings.configHome ?? configurationHome
  }

  /// `$XDG_CONFIG_HOME/headway/<anchor>/secrets`, once there is an anchor.
  func secretsFile(of site: Site) -> String? {
    guard let anchor = site.settings.anchor, let folder = secretsFolder(of: site) else {
      return nil
    }
    return SecretStore.file(of: anchor, below: folder)
  }

  func secrets(of site: Site) throws -> SecretStore {
    guard let folder = secretsFolder(of: site) else {
      return SecretStore(environment: environment)
    }
    return try SecretStore(
      environment: environment, below: folder, anchor: site.settings.anchor)
  }

  /// Everything the engine needs of the world.
  func surroundings(
    of site: Site, report: @escaping @Sendable (Progress) -> Void
  ) throws -> Scheduler.Surroundings {
    Scheduler.Surroundings(
      adapters: Adapters(
        command: CommandAdapter(
          cache: cacheFolder, path: environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
          now: now),
        model: ModelAdapter(now: now)),
      secrets: try secrets(of: site),
      timekeeper: Timekeeper(
        now: now, sleep: Timekeeper.system.sleep, uptime: Timekeeper.system.uptime),
      runner: .current(), cache: cacheFolder, git: try GitProgram(environment: environment),
      tools: SignatureTools.system, report: report)
  }

  /// Who types: the name in the user's own git configuration, for lineage and not for authority.
  func typist(in site: Site) async throws -> String {
    let name = try await site.store.perform { (repository) throws(GitError) in
      try repository.configuration("user.name")
    }
    return name ?? environment["USER"] ?? "unknown"
  }
}
