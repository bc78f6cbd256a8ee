internal import Git
internal import Glibc
internal import HeadwayCore
internal import HeadwayEngine

extension Examination {
  func repository(_ site: Site) async -> [Finding] {
    do {
      let (isShallow, isRewritten, hasMain) = try await site.store.perform {
        (repository) throws(GitError) in
        (
          repository.isShallow, try repository.hasRewrittenHistory,
          try repository.resolve(site.settings.mainReference()) != nil
        )
      }
      var found = [Finding.ok("repository", site.folders.common)]
      if isShallow { found = [.fail("repository", EngineError.shallow)] }
      if isRewritten {
        found.append(
          .warn(
            "history", "there are replace refs or grafts, which Headway ignores and git shows",
            "git replace --list"))
      }
      if !hasMain {
        found.append(
          .warn("main", "\(site.settings.branch) has no commit yet", "git commit"))
      }
      return found
    } catch {
      return [.fail("repository", error)]
    }
  }

  func configuration(_ site: Site) -> [Finding] {
    let settings = site.settings
    let role =
      settings.isHome
      ? "this clone is home: it schedules \(settings.branch)"
      : "this clone reads; another one schedules"
    let anchor: Finding =
      if let pinned = settings.anchor {
        .ok("anchor", pinned.short)
      } else if settings.isHome {
        .warn("anchor", "nothing is trusted yet", "commit headway.json, then: headway tick")
      } else {
        .warn("anchor", "nothing is trusted yet", "headway trust ANCHOR:LEDGER, as home prints it")
      }
    let remote = settings.remote.map { Finding.ok("remote", "ticks fetch from and push to \($0)") }
    return [.ok("home", role), anchor] + [remote].compactMap { $0 }
  }

  func hooks(_ site: Site, _ git: GitProgram) async -> [Finding] {
    guard site.settings.isHome else { return [] }
    do {
      let folder = try await HookFolder.find(site.folders, git)
      let states = folder.state(program: context.program)
      let missing = states.filter { $0.state != .installed }
      guard !missing.isEmpty else {
        return [.ok("hooks", states.map(\.hook).joined(separator: ", "))]
      }
      if !folder.isOwn {
        return [
          .warn(
            "hooks", "core.hooksPath leads to \(folder.path), where Headway does not write",
            HookFolder.lineToAdd(program: context.program))
        ]
      }
      let words = missing.map { "\($0.hook) \(Self.words(for: $0.state))" }
      return [.warn("hooks", words.joined(separator: ", "), "headway hooks install")]
    } catch {
      return [.fail("hooks", error)]
    }
  }

  private static func words(for state: HookFolder.State) -> String {
    switch state {
    case .installed: "is in place"
    case .absent: "is missing"
    case .switchedOff: "is not executable"
    case .callsAnother: "calls another headway"
    }
  }

  /// Nudges and ticks leave traces in the repository's own folder.
  func wakeUps(_ site: Site) -> [Finding] {
    guard site.settings.isHome else { return [] }
    let nudge = FileSystem.modified(site.folders.nudged)
    guard let nudge else {
      return [
        .warn("wake-ups", "no hook has ever nudged Headway here", "make a commit, or: headway tick")
      ]
    }
    return [.ok("wake-ups", "last nudge \(nudge.relative(to: context.now()))")]
  }
}

extension FileSystem {
  /// When a file was last written or touched.
  static func modified(_ path: String) -> Instant? {
    var facts = stat()
    guard unsafe stat(path, &facts) == 0 else { return nil }
    return Instant(
      milliseconds: Int64(facts.st_mtim.tv_sec) * 1_000 + Int64(facts.st_mtim.tv_nsec) / 1_000_000)
  }
}
