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

  /// `$XDG_CONFIG_HOME/headway/<anchor>/secrets`, once there is an anchor.
  func secretsFile(of site: Site) -> String? {
    guard let anchor = site.settings.anchor, let folder = configurationHome else { return nil }
    return "\(folder)/headway/\(anchor)/secrets"
  }

  func secrets(of site: Site) throws -> SecretStore {
    guard let path = secretsFile(of: site) else { return SecretStore(environment: environment) }
    return try SecretStore(environment: environment, path: path)
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
