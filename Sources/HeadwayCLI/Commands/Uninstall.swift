package import ArgumentParser
internal import Git
internal import HeadwayCore
internal import HeadwayEngine

package struct Uninstall: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Take hooks, local settings and caches out of this repository.",
    discussion: """
      Files, branches and everything that was ever recorded stay: they are the repository's, \
      not the program's.
      """)
  @OptionGroup(title: "Everywhere") package var options: GlobalOptions
  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let site = try await context.site()
    let lock = try Self.lock(site)
    let git = try GitProgram(environment: context.environment)
    let folder = try await HookFolder.find(site.folders, git)
    let hooks = folder.isOwn ? try folder.remove().filter { $0.change != .absent } : []
    let settings = try await Self.unset(site, git)
    let hadFolder = FileSystem.kind(site.folders.headway) != nil
    if hadFolder { try FileSystem.removeTree(site.folders.headway) }
    _ = consume lock

    let facts = JSONValue.object([
      "hooks": .array(hooks.map { .string($0.hook) }),
      "settings": .array(settings.map(JSONValue.string)),
      "folder": .optional(hadFolder ? site.folders.headway : nil),
    ])
    context.print(facts) { report(hooks, settings, hadFolder, folder, site, context) }
    return .success
  }

  /// Keeps ticks out while their folder goes; there is nothing to lock where there is none.
  private static func lock(_ site: Site) throws -> FileLock? {
    guard FileSystem.isDirectory(site.folders.headway) else { return nil }
    guard let lock = try FileLock.take(site.folders.lock) else { throw CommandError.busy }
    return lock
  }

  /// Removes what is Headway's; how the user signs is theirs, but for the file that goes too.
  private static func unset(_ site: Site, _ git: GitProgram) async throws -> [String] {
    let place = site.folders.common
    let listing = try await git.outcome(
      of: ["config", "--local", "--null", "--name-only", "--get-regexp", "^headway\\."],
      in: place, as: .user)
    var keys = Set(listing.text.split(separator: "\0").map(String.init))
    let signers = "gpg.ssh.allowedSignersFile"
    let file = try await site.store.perform { (repository) throws(GitError) in
      try repository.localConfiguration(signers)
    }
    if file == Start.allowedSignersFile(site.folders) { keys.insert(signers) }
    // By git itself, which also takes the emptied section out of the file.
    for key in keys.sorted() {
      _ = try await git.run(["config", "--local", "--unset-all", key], in: place, as: .user)
    }
    return keys.sorted()
  }

  private func report(
    _ hooks: [HookFolder.Step], _ settings: [String], _ hadFolder: Bool, _ folder: HookFolder,
    _ site: Site, _ context: CommandContext
  ) {
    var table = Columns()
    if !hooks.isEmpty { table.add("hooks", .init(hooks.map(\.hook).joined(separator: ", "))) }
    if !settings.isEmpty { table.add("settings", .init(settings.joined(separator: ", "))) }
    if hadFolder { table.add("folder", .init(site.folders.headway)) }
    context.output.line(table.isEmpty ? "There was nothing to remove." : "Removed:")
    table.write(to: context.output, on: context.terminal, indent: 2)
    if !folder.isOwn {
      context.output.line("Hooks in \(folder.path.visible) were not touched; look there yourself.")
    }
    context.output.line(
      "What stays: all files, headway/ledger and headway/proposals/*, gpg.format and "
        + "user.signingkey.")
  }
}
