package import ArgumentParser
internal import Git
internal import HeadwayCore
internal import HeadwayEngine

package struct Check: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Read every file that people write, and tell what is wrong with it.",
    discussion: """
      Runs nothing and asks nobody. Exits with 4 if there is an error, so that it can stand in a \
      pre-commit hook or a pipeline of continuous integration.
      """)

  @Option(help: "Check this commit instead of the working tree.") package var ref: String?
  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let found = try await Self.diagnostics(ref, in: context)
    let errors = found.count { $0.severity == .error }
    context.print(Self.facts(found)) {
      for diagnostic in found { Self.write(diagnostic, in: context) }
      context.output.line(Self.summary(errors, found.count - errors, context.terminal))
    }
    return errors == 0 ? .success : .badFiles
  }

  private static func diagnostics(
    _ ref: String?, in context: CommandContext
  ) async throws -> [Diagnostic] {
    let site = try await context.site()
    let git = try GitProgram(environment: context.environment)
    if ref == nil, let top = site.folders.working {
      return try await WorkingTree(top: top, git: git).project().diagnostics
    }
    let revision = ref ?? site.settings.branch
    let answer = try await git.outcome(
      of: ["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"],
      in: site.folders.git, as: .reading)
    guard answer.status == 0, let commit = CommitID(answer.text) else {
      throw CommandError.revision(revision, "no such commit here")
    }
    let snapshot = try await MainReader(store: site.store).snapshot(commit, briefs: .all)
    return (snapshot.project.diagnostics + snapshot.refused).sorted()
  }

  private static func write(_ diagnostic: Diagnostic, in context: CommandContext) {
    let terminal = context.terminal
    let label =
      switch diagnostic.severity {
      case .error: terminal.styled("error", .red)
      case .warning: terminal.styled("warning", .yellow)
      }
    // The place stands first, plain, since editors jump to it.
    let place = diagnostic.mark.map { "\(diagnostic.file):\($0)" } ?? diagnostic.file
    context.output.line("\(place.visible): \(label): \(diagnostic.message.visible)")
    if let hint = diagnostic.hint {
      context.output.line("  \(terminal.styled("hint:", .cyan)) \(hint.visible)")
    }
  }

  private static func summary(_ errors: Int, _ warnings: Int, _ terminal: Terminal) -> String {
    guard errors + warnings > 0 else { return terminal.styled("All files are sound.", .green) }
    func count(_ number: Int, _ noun: String) -> String? {
      number == 0 ? nil : "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
    return [count(errors, "error"), count(warnings, "warning")].compactMap { $0 }
      .joined(separator: ", ")
  }

  private static func facts(_ found: [Diagnostic]) -> JSONValue {
    .array(
      found.map { diagnostic in
        .object([
          "file": .string(diagnostic.file),
          "line": diagnostic.line.map { .integer($0) } ?? .null,
          "column": diagnostic.column.map { .integer($0) } ?? .null,
          "severity": .string(diagnostic.severity.rawValue),
          "message": .string(diagnostic.message),
          "hint": .optional(diagnostic.hint),
        ])
      })
  }
}
