package import ArgumentParser

package struct Demo: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Run the main job from brief to publication in a scratch repository.",
    discussion: """
      Shows every command before running it, as you would type it. It has a home directory and a \
      signing key of its own, uses no network, spends nothing, and touches nothing of yours.
      """)

  @Flag(help: "Remove the scratch folder afterwards.") package var clean = false
  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let stage = try Stage(context: context)
    do {
      try await Demonstration(stage: stage).run()
    } catch {
      context.errors.line("The scratch folder is kept: \(stage.folder)")
      throw error
    }
    if clean {
      try FileSystem.removeTree(stage.folder)
    } else {
      context.output.line("\nLook around: cd \(stage.repository)")
      context.output.line("Everything the demo made is in \(stage.folder); remove it as you like.")
    }
    return .success
  }
}
