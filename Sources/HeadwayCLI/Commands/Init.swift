package import ArgumentParser
internal import HeadwayCore

package struct Init: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Write the files, local settings and hooks of a new repository; commits nothing.",
    discussion: """
      Never overwrites: if anything is in its way, it lists that and writes nothing. Where there \
      is no git repository, it makes one.
      """)

  @Option(
    name: .shortAndLong, help: "The starter repository to begin with.",
    completion: .list(Template.names))
  package var template = "content-ops"

  @Argument(help: "The top of the repository.", completion: .directory)
  package var destination = "."

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let start = Start(
      template: try Template(template), directory: Self.plain(context.absolute(destination)),
      context: context)
    let report = try await start.run()
    context.print(StartReport(report, start).facts) {
      StartReport(report, start).write()
    }
    return .success
  }

  /// The absolute path without dots and doubled slashes, as far as text can tell.
  private static func plain(_ path: String) -> String {
    if let real = FileSystem.realPath(path) { return real }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
