internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// Looks at programs, repository, configuration, people and executors; changes nothing.
struct Examination: Sendable {
  let context: CommandContext

  func findings() async -> [Finding] {
    var found = await programs()
    let site: Site
    do {
      site = try await context.site()
    } catch {
      return found + [.fail("repository", error)]
    }
    do {
      let git = try GitProgram(environment: context.environment)
      found += await repository(site)
      found += configuration(site)
      found += await hooks(site, git)
      let project = try await project(site, git)
      found.append(files(project))
      found += await signing(site, project, git)
      found += programs(of: project)
      found += isolation(project)
      found += secrets(project, site)
      found += wakeUps(site)
    } catch {
      found.append(.fail("files", error))
    }
    return found
  }

  private func project(_ site: Site, _ git: GitProgram) async throws -> Project {
    if let top = site.folders.working {
      return try await WorkingTree(top: top, git: git).project()
    }
    let name = try site.settings.mainReference()
    let tip = try await Observer(store: site.store).tip(of: name)
    guard let tip else { throw EngineError.noSettings(branch: site.settings.branch) }
    return try await MainReader(store: site.store).snapshot(tip, briefs: .all).project
  }

  private func files(_ project: Project) -> Finding {
    let errors = project.diagnostics.count { $0.severity == .error }
    guard errors > 0 else { return .ok("files", "no errors in what people wrote") }
    return .fail("files", "\(errors) error\(errors == 1 ? "" : "s")", "headway check")
  }
}

extension Examination {
  private func programs() async -> [Finding] {
    [
      await git(),
      tool("ssh-keygen", needed: "verify signatures", package: "openssh-client"),
      tool("gpg", needed: "verify OpenPGP signatures", package: "gnupg"),
      tool("prlimit", needed: "bound the memory and CPU time of commands", package: "util-linux"),
      await sandbox(),
    ]
  }

  /// `merge-tree --write-tree` came with 2.38.
  private func git() async -> Finding {
    do {
      let version = try await GitProgram(environment: context.environment).version()
      let numbers = version.split(separator: ".").prefix(2).compactMap { Int($0) }
      guard numbers.count == 2, (numbers[0], numbers[1]) >= (2, 38) else {
        return .fail("git", "version \(version) is too old", "install git 2.38 or newer")
      }
      return .ok("git", "version \(version)")
    } catch {
      return .fail("git", error)
    }
  }

  private func tool(_ name: String, needed purpose: String, package: String) -> Finding {
    guard let tool = ToolProgram(name, in: context.environment) else {
      return .warn(name, "not installed; it is needed to \(purpose)", "apt-get install \(package)")
    }
    return .ok(name, tool.path)
  }

  /// Being installed is not enough: many systems forbid user namespaces.
  private func sandbox() async -> Finding {
    guard let bwrap = ToolProgram("bwrap", in: context.environment) else {
      return .warn(
        "bwrap", "not installed; commands with \"sandbox\": \"bwrap\" cannot run",
        "apt-get install bubblewrap")
    }
    do {
      let result = try await bwrap.run([
        "--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "/bin/true",
      ])
      guard result.isSuccess else {
        let reason = result.errors.split(separator: "\n").first.map(String.init) ?? "no reason"
        return .warn(
          "bwrap", "installed, but it cannot isolate here: \(reason)",
          "allow unprivileged user namespaces: sysctl kernel.unprivileged_userns_clone")
      }
      return .ok("bwrap", "isolates")
    } catch {
      return .fail("bwrap", error)
    }
  }
}
