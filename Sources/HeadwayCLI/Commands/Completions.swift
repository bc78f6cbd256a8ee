package import ArgumentParser

package struct Completions: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Print a completion script for your shell.",
    discussion: """
      bash: source <(headway completions bash)
      zsh:  headway completions zsh > "${fpath[1]}/_headway"
      fish: headway completions fish > ~/.config/fish/completions/headway.fish
      """)

  @Argument(help: "The shell that the script is for.") package var shell: Shell
  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package enum Shell: String, ExpressibleByArgument, CaseIterable, Sendable {
    case bash, zsh, fish
  }

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let shell: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    context.output.line(Headway.completionScript(for: shell))
    return .success
  }
}
