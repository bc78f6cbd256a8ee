package import ArgumentParser
internal import Git
internal import HeadwayCore
internal import HeadwayEngine

package struct Hooks: ParsableCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Let git nudge Headway after commits, merges and pushes.",
    subcommands: [Install.self, Remove.self])
  package init() {}

  package struct Install: HeadwayCommand {
    package static let configuration = CommandConfiguration(
      abstract: "Put Headway's hooks in place; existing hooks keep working.",
      discussion: """
        A hook that a shell reads gets a marked block at its top; any other is kept as \
        HOOK.before-headway and called by ours. Running this again changes nothing.
        """)
    @OptionGroup(title: "Everywhere") package var options: GlobalOptions
    package init() {}

    package func run(in context: CommandContext) async throws -> ExitStatus {
      let folder = try await Hooks.folder(in: context)
      guard folder.isOwn else {
        Hooks.explain(folder, in: context)
        return .failed
      }
      Hooks.report(try folder.install(program: context.program), folder, in: context)
      return .success
    }
  }

  package struct Remove: HeadwayCommand {
    package static let configuration = CommandConfiguration(
      abstract: "Take Headway's hooks out again; what was there before comes back.")
    @OptionGroup(title: "Everywhere") package var options: GlobalOptions
    package init() {}

    package func run(in context: CommandContext) async throws -> ExitStatus {
      let folder = try await Hooks.folder(in: context)
      guard folder.isOwn else {
        Hooks.explain(folder, in: context)
        return .failed
      }
      Hooks.report(try folder.remove(), folder, in: context)
      return .success
    }
  }

  static func folder(in context: CommandContext) async throws -> HookFolder {
    let site = try await context.site()
    return try await HookFolder.find(
      site.folders, GitProgram(environment: context.environment))
  }

  private static func explain(_ folder: HookFolder, in context: CommandContext) {
    Complaint(
      "core.hooksPath leads to \(folder.path), which is not this repository's own folder;\n"
        + "nothing was written there",
      hint: "have its \(folder.names.joined(separator: ", ")) run this line:\n  "
        + HookFolder.lineToAdd(program: context.program),
      "or wake Headway by cron, with `headway tick`, or by `headway watch`"
    ).write(to: context.errors, on: context.errorTerminal)
  }

  private static func report(
    _ steps: [HookFolder.Step], _ folder: HookFolder, in context: CommandContext
  ) {
    let facts = JSONValue.object([
      "folder": .string(folder.path),
      "hooks": .object(
        Dictionary(
          steps.map { ($0.hook, JSONValue.string($0.change.rawValue)) }, uniquingKeysWith: { $1 })),
    ])
    context.print(facts) {
      var table = Columns()
      for step in steps where step.change != .absent {
        table.add(.init(step.hook, .bold), .init(words(for: step)))
      }
      if table.isEmpty { context.output.line("No hooks of Headway's in \(folder.path.visible)") }
      table.write(to: context.output, on: context.terminal)
    }
  }

  private static func words(for step: HookFolder.Step) -> String {
    switch step.change {
    case .keptEdits:
      "removed; your own lines stay, and \(step.hook)\(HookText.asideSuffix) is not called now"
    case _ where step.callsAside:
      "\(step.change.rawValue); the hook from before is kept and called"
    default: step.change.rawValue
    }
  }
}
