package import Git
internal import Glibc
package import HeadwayEngine

/// The folder in which git looks for a repository's hooks.
package struct HookFolder: Sendable {
  package let path: String
  /// Whether the folder is the repository's own, so that we may write there.
  package let isOwn: Bool
  package let names: [String]

  /// What became of one hook.
  package enum Change: String, Sendable {
    case installed, updated, unchanged, removed, absent
    /// Somebody has edited our file; their lines stay.
    case keptEdits
  }

  package struct Step: Sendable {
    package let hook: String
    package let change: Change
    /// Whether a hook that was there before is called by ours.
    package let callsAside: Bool
  }

  static let ofWorkingTree = ["post-commit", "post-merge", "post-rewrite", "post-receive"]
  static let ofBareRepository = ["post-receive", "update"]

  /// Asks git, since `core.hooksPath` may come from anywhere and begin with `~`.
  package static func find(
    _ folders: Site.Folders, _ git: GitProgram
  ) async throws(GitProgramError) -> HookFolder {
    let place = folders.working ?? folders.common
    let answer = try await git.run(
      ["rev-parse", "--path-format=absolute", "--git-path", "hooks"], in: place, as: .user)
    let path = answer.text
    // A folder inside the working tree is shared with everybody who clones: what is absolute on
    // this machine has no place there, so only the repository's own folder counts.
    let common = FileSystem.realPath(folders.common) ?? folders.common
    let real = FileSystem.realPath(path) ?? path
    return HookFolder(
      path: path, isOwn: (real + "/").hasPrefix(common + "/"),
      names: folders.working == nil ? ofBareRepository : ofWorkingTree)
  }

  package func install(program: String) throws(CommandError) -> [Step] {
    try FileSystem.makeDirectories(path)
    var steps: [Step] = []
    for name in names { steps.append(try install(name, program)) }
    return steps
  }

  private func install(_ name: String, _ program: String) throws(CommandError) -> Step {
    let file = path + "/" + name
    let aside = file + HookText.asideSuffix
    if let (present, mode) = try shellHook(at: file) {
      let callsAside = FileSystem.kind(aside) != nil && present.isOnlyOurs
      guard
        let ours = try HookText(embedded: name, program: program, hasAside: callsAside)
      else { return Step(hook: name, change: .absent, callsAside: false) }
      let new = present.isOnlyOurs ? ours : present.adding(ours)
      guard new != present else {
        return Step(hook: name, change: .unchanged, callsAside: callsAside)
      }
      try FileSystem.replace(file, Array(new.text.utf8), mode: mode)
      return Step(
        hook: name, change: present.hasBlock ? .updated : .installed, callsAside: callsAside)
    }
    let isTaken = FileSystem.kind(file) != nil
    guard let ours = try HookText(embedded: name, program: program, hasAside: isTaken) else {
      return Step(hook: name, change: .absent, callsAside: false)
    }
    if isTaken {
      guard FileSystem.kind(aside) == nil else {
        throw .file(aside, "move the present hook to", "something is there already")
      }
      try FileSystem.rename(file, to: aside)
    }
    do {
      try FileSystem.create(file, Array(ours.text.utf8), mode: 0o755)
      _ = unsafe chmod(file, 0o755)
    } catch {
      if isTaken { try FileSystem.rename(aside, to: file) }
      throw error
    }
    return Step(hook: name, change: .installed, callsAside: isTaken)
  }

  /// The hook, if it is a plain executable file for a shell.
  ///
  /// One that is not executable is
  /// switched off, and must not be switched on by us.
  private func shellHook(at file: String) throws(CommandError) -> (HookText, mode: mode_t)? {
    guard case .file(let mode) = FileSystem.kind(file), mode & 0o100 != 0,
      let text = HookText(ofShell: try FileSystem.read(file))
    else { return nil }
    return (text, mode)
  }

  package func remove() throws(CommandError) -> [Step] {
    var steps: [Step] = []
    for name in Set(Self.ofWorkingTree + Self.ofBareRepository).sorted() {
      steps.append(try remove(name))
    }
    return steps
  }

  private func remove(_ name: String) throws(CommandError) -> Step {
    let file = path + "/" + name
    guard case .file(let mode) = FileSystem.kind(file),
      let present = HookText(ofShell: try FileSystem.read(file)), present.hasBlock
    else { return Step(hook: name, change: .absent, callsAside: false) }
    let aside = file + HookText.asideSuffix
    let hasAside = FileSystem.kind(aside) != nil
    guard present.isOnlyOurs else {
      try FileSystem.replace(file, Array(present.withoutBlock.text.utf8), mode: mode)
      return Step(hook: name, change: hasAside ? .keptEdits : .removed, callsAside: hasAside)
    }
    if hasAside {
      try FileSystem.rename(aside, to: file)
    } else {
      try FileSystem.remove(file)
    }
    return Step(hook: name, change: .removed, callsAside: false)
  }

  /// Which of the hooks that belong here hold our block now, and whether it calls `program`.
  package func state(program: String) -> [(hook: String, state: State)] {
    names.map { name in
      let file = path + "/" + name
      guard case .file(let mode) = FileSystem.kind(file),
        let bytes = try? FileSystem.read(file),  // unreadable is as good as absent: git says so too
        let text = HookText(ofShell: bytes), text.hasBlock
      else { return (name, .absent) }
      guard mode & 0o100 != 0 else { return (name, .switchedOff) }
      let calls = name == "update" || text.text.contains(ShellWord.quoted(program) + " tick")
      return (name, calls ? .installed : .callsAnother)
    }
  }

  package enum State: String, Sendable {
    case installed, absent, switchedOff, callsAnother
  }

  /// What a person can add to hooks that we must not write.
  package static func lineToAdd(program: String) -> String {
    "\(ShellWord.quoted(program)) tick --detach </dev/null >/dev/null 2>&1 || :"
  }
}
