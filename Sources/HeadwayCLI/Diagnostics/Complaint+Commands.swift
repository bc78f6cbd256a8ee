extension Complaint {
  init(_ error: CommandError) {
    switch error {
    case .noDirectory(let path): self.init("\(path): no such directory", status: .usage)
    case .file(let path, let action, let reason):
      self.init("cannot \(action) \(path): \(reason)")
    case .unknownTemplate(let name, let known):
      self.init(
        "no template is called `\(name)`",
        hint: "known templates: \(known.joined(separator: ", "))",
        status: .usage)
    case .clashes(let paths, let directory):
      self.init(
        "these are already in \(directory), and nothing was written:\n"
          + paths.joined(separator: "\n"),
        hint: "move them away, or start in an empty repository")
    case .notTheTop(let path, let top):
      self.init(
        "\(path) is inside the repository \(top)",
        hint: "run `headway init` at its top: headway init \(ShellWord.quoted(top))")
    case .bareRepository(let path):
      self.init(
        "\(path) is a bare repository: there is no working tree to write files to",
        hint: "run `headway init` in a clone and push; here, `headway trust --home` makes it home")
    case .notInstalled(let program, let package):
      self.init("\(program) is not installed", hint: "apt-get install \(package)")
    case .busy:
      self.init(
        "a tick is running here", hint: "wait for it, or end `headway watch`, then try again")
    case .unquotable(let path):
      self.init(
        "\(path): a line break in this path would break the hook",
        hint: "install headway somewhere else")
    case .revision(let revision, let reason):
      self.init("\(revision): \(reason)", status: .usage)
    case .stepFailed(let command): self.init("this command failed: \(command)")
    case .invalid(let message, let hint): self.init(message, hint: hint, status: .usage)
    }
  }
}
