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
    let file = secretsFile(site)
    return wanted.sorted { $0.key < $1.key }.map { name, users in
      let subject = "variable \(name)"
      if context.environment[name] != nil { return .ok(subject, "from the environment") }
      switch file {
      case .success(let secrets?) where secrets.names.contains(name):
        return .ok(subject, "from \(secrets.path)")
      case .failure(let error): return .fail(subject, error)
      case .success(let secrets):
        let place = secrets?.path ?? secretsPath(site)
        let line = place.map { "\na line \(name)=… or \(name)=!COMMAND in \($0) (mode 0600)" }
        return .warn(
          subject, "not set; \(users.sorted().joined(separator: ", ")) asks for it",
          "export \(name)=…" + (line ?? ""))
      }
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

  private func secretsPath(_ site: Site) -> String? {
    guard let anchor = site.settings.anchor, let home = context.configurationHome else {
      return nil
    }
    return "\(home)/headway/\(anchor)/secrets"
  }

  private func secretsFile(_ site: Site) -> Result<SecretNames?, CommandError> {
    guard let path = secretsPath(site), FileSystem.kind(path) != nil else { return .success(nil) }
    return Result { () throws(CommandError) in try SecretNames(in: path) }
  }
}

/// The names in a file of secrets: lines `NAME=value` or `NAME=!command`.
struct SecretNames: Sendable {
  let path: String
  let names: Set<String>

  /// Refuses a file that others could read, or that is no plain file.
  init(in path: String) throws(CommandError) {
    guard case .file(let mode) = FileSystem.kind(path) else {
      throw .file(path, "use", "it is not a plain file")
    }
    guard mode & 0o077 == 0 else {
      throw .invalid(
        "\(path) can be read by others", hint: "chmod 600 \(ShellWord.typed(path))")
    }
    let text = String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
    names = Set(
      text.split(separator: "\n").compactMap { line in
        guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { return nil }
        return String(line[..<equals])
      })
    self.path = path
  }
}
