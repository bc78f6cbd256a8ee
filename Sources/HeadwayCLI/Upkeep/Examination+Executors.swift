internal import Git
internal import HeadwayCore
internal import HeadwayEngine

extension Examination {
  private func commands(_ project: Project) -> [(name: Name, command: CommandExecutor)] {
    project.executors.values.sorted { $0.name < $1.name }.compactMap { executor in
      guard case .command(let command) = executor.kind else { return nil }
      return (executor.name, command)
    }
  }

  /// Whether the programs that executors start are there at all.
  func programs(of project: Project) -> [Finding] {
    commands(project).compactMap { name, command in
      guard let program = command.run.first, !program.contains("/"),
        ToolProgram(program, in: context.environment) == nil
      else { return nil }
      return .fail(
        "executor \(name)", "\(program) is not in PATH",
        "install it, or change executors/\(name).json")
    }
  }

  /// A program without isolation can do whatever the person who runs Headway can do.
  func isolation(_ project: Project) -> [Finding] {
    let open = commands(project).filter { $0.command.sandbox == .none }.map(\.name.text)
    let closed = commands(project).filter { $0.command.sandbox == .bwrap }.map(\.name.text)
    var found: [Finding] = []
    if !closed.isEmpty { found.append(.ok("isolation", closed.joined(separator: ", "))) }
    if !open.isEmpty {
      found.append(
        .warn(
          "isolation", "none for \(open.joined(separator: ", ")): they have your full power",
          "\"sandbox\": \"bwrap\" in the executor's file locks it in"))
    }
    return found
  }

  /// Names only: a value is never printed, and a command that yields one is never run here.
  func secrets(_ project: Project, _ site: Site) -> [Finding] {
    let wanted = wantedVariables(project)
    guard !wanted.isEmpty else { return [] }
    let store: SecretStore
    do {
      store = try context.secrets(of: site)
    } catch {
      return [.fail("secrets", error)]
    }
    let file = context.secretsFile(of: site)
    return place(of: file, site)
      + wanted.sorted { $0.key < $1.key }.map { name, users in
        finding(name, users.sorted().joined(separator: ", "), store, file)
      }
  }

  /// Whether everybody who starts Headway looks at the same file.
  private func place(of file: String?, _ site: Site) -> [Finding] {
    guard let file else { return [] }
    switch (site.settings.configHome, context.statedConfigurationHome) {
    case (nil, let stated?):
      return [
        .warn(
          "secrets", "\(file), for those who have XDG_CONFIG_HOME; cron and services have not",
          "git config \(LocalSettings.configHomeKey) \(ShellWord.typed(stated))")
      ]
    case (let configured?, let stated?) where configured != stated:
      return [
        .warn(
          "secrets", "\(file), as this repository says; XDG_CONFIG_HOME is \(stated) here",
          "git config \(LocalSettings.configHomeKey) \(ShellWord.typed(stated)), if that is right")
      ]
    case (_?, _): return [.ok("secrets", "\(file), whoever starts Headway")]
    case (nil, nil): return [.ok("secrets", file)]
    }
  }

  /// What is in the file is the same for hooks, cron and the daemon; what is only in this
  /// environment may be nowhere else.
  private func finding(
    _ name: String, _ users: String, _ store: SecretStore, _ file: String?
  ) -> Finding {
    let subject = "variable \(name)"
    let place = file ?? "the file of secrets"
    let line = "a line \(name)=… or \(name)=!COMMAND in \(place) (mode 0600)"
    switch store.origin(of: name) {
    case .environment where store.isOverridden(name):
      return .warn(
        subject,
        "for \(users): this environment overrides \(place); hooks, cron and the daemon "
          + "may see another value", "unset \(name)")
    case .environment where file != nil:
      return .warn(
        subject,
        "for \(users): from this environment only; hooks, cron and the daemon may not "
          + "have it", line)
    case .environment: return .ok(subject, "for \(users): from the environment")
    case .file: return .ok(subject, "for \(users): from \(place)")
    case .command: return .ok(subject, "for \(users): from a command in \(place)")
    case nil:
      return .warn(
        subject, "not set; \(users) asks for it",
        file == nil ? "export \(name)=…" : "\(line)\nor export \(name)=…")
    }
  }

  private func wantedVariables(_ project: Project) -> [String: Set<String>] {
    var wanted: [String: Set<String>] = [:]
    for (executor, command) in commands(project) {
      for case .from(let name, _) in command.environment.values {
        wanted[name, default: []].insert(executor.text)
      }
    }
    for executor in project.executors.values {
      guard case .model(let model) = executor.kind else { continue }
      for name in model.models {
        guard case .openAIChat(let chat)? = project.models[name]?.provider, let key = chat.key
        else { continue }
        wanted[key.from, default: []].insert(executor.name.text)
      }
    }
    return wanted
  }
}
