internal import HeadwayCore
internal import HeadwayEngine
internal import SystemPackage

extension Complaint {
  init(_ error: EngineError) {
    switch error {
    case .git(let error): self.init(error)
    case .program(let error): self.init(error)
    case .approval(let error): self.init(error)
    case .noRepository(let path):
      self.init("no git repository at \(path) or above", hint: Self.startHint)
    case .shallow:
      self.init(
        "this clone is shallow: its history proves nothing about what came before",
        hint: "git fetch --unshallow")
    case .noSettings(let branch):
      self.init(
        "there is no headway.json in the tip of \(branch)",
        hint: "`headway init` writes one; then commit it")
    case .noAnchor:
      self.init(
        "nothing is trusted here yet: this clone has no anchor",
        hint: "at home, commit headway.json and run `headway tick`",
        "in another clone, run `headway trust ANCHOR:LEDGER` with what home printed")
    case .noLedger:
      self.init(
        "there is no branch headway/ledger yet",
        hint: "`headway tick` at home opens it; in another clone, `git fetch` brings it")
    case .secondWriter(let expected, let found):
      self.init(
        "somebody else wrote to headway/ledger: expected \(expected?.short ?? "none"), "
          + "found \(found?.short ?? "none")",
        hint: "two clones have headway.scheduler set; unset it in one, then `headway clear`",
        status: .stopped)
    case .damagedRecord(let path, let fault):
      self.init("the ledger's \(path) is damaged: \(fault)")
    case .unreadableRecord(let path, let reason):
      self.init("the ledger's \(path) cannot be read: \(reason)")
    case .file(let path, let operation, let code):
      self.init("\(path): \(operation) failed: \(Errno(rawValue: code).description)")
    case .index(let reason):
      self.init(
        "the local index failed: \(reason)",
        hint: "it can be made again: remove index.sqlite in the repository's headway folder")
    case .unknownRun(let name, let near): self.init(unknown: "run", name, near)
    case .unknownTask(let name, let near): self.init(unknown: "task", name, near)
    case .notPossible(let reason): self.init(reason)
    case .clock(let reason): self.init("the clock cannot be trusted: \(reason)")
    }
  }

  init(_ fault: SecretStore.Fault) {
    switch fault {
    case .permissions(let path):
      self.init("\(path) can be read by others", hint: "chmod 600 \(ShellWord.typed(path))")
    case .line(let path, let number):
      self.init("\(path):\(number): not a line NAME=value or NAME=!command")
    case .unreadable(let path, let code):
      self.init("cannot read \(path): \(Errno(rawValue: code).description)")
    }
  }

  private init(unknown kind: String, _ name: String, _ near: [String]) {
    let hint =
      near.isEmpty
      ? "`headway status` lists them" : "did you mean \(near.joined(separator: " or "))?"
    self.init("no \(kind) is called `\(name)`", hint: hint, status: .usage)
  }
}
