internal import Git
internal import HeadwayCore
internal import HeadwayEngine

extension Complaint {
  init(_ error: ApprovalError) {
    switch error {
    case .git(let error): self.init(error)
    case .program(let error): self.init(error)
    case .file(let error): self.init(error)
    case .shallow:
      self.init(
        "this clone is shallow, so nobody can say what was new", hint: "git fetch --unshallow")
    case .overLimit(let commit, let what):
      self.init("\(commit.short) was not judged: \(what)")
    case .unreadable(let commit, let what):
      self.init("\(commit.short) cannot be read: \(what)")
    case .oversized(let what): self.init("\(what) is too large to be read")
    case .unusableTarget(let path, let why):
      self.init("nothing can be proposed at `\(path)`: it \(why)")
    case .collision(let one, let other):
      self.init("`\(one)` and `\(other)` are one file to some file systems", hint: "rename one")
    case .branchTaken(let branch, let commit):
      self.init(
        "the branch \(branch) exists and holds something else (\(commit.short))",
        hint: "git branch -D \(branch), if nobody needs it")
    case .missingContent(let path, _): self.init("there is no content for `\(path)`")
    case .branchMoved(let branch):
      self.init("\(branch) moved meanwhile; nothing was changed", hint: "try again")
    case .cannotSign(let why):
      self.init(
        "the signature could not be made: \(why)",
        hint: "`headway doctor` tries your signing key and says what is missing")
    case .pathsInTheWay(let paths):
      self.init(
        "uncommitted work stands in the way, and nothing was changed:\n"
          + paths.joined(separator: "\n"), hint: "commit or stash it, then approve again")
    case .busyWorkingTree(let what):
      self.init("\(what) is under way in the working tree", hint: "finish or abort it first")
    case .noLongerOpen(let what): self.init(what, hint: "`headway inbox` lists what is open")
    case .conflict(let paths):
      self.init("the proposal does not merge: " + paths.joined(separator: ", "))
    }
  }
}
