package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Adopt: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Supply a held task's result by hand, or say that it was done.",
    discussion: """
      headway adopt launch-3f9c2a/draft --output draft.md=my.md --reason "wrote it myself"
      headway adopt launch-3f9c2a/publish --reason "it is on the site" --output receipt.json=r.json
      """)

  @Argument(help: ArgumentHelp("Names may be shortened.", valueName: "run/task"))
  package var name: String

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp("An output, and the file that holds it.", valueName: "name=file"))
  package var outputs: [OutputArgument] = []

  @Option(help: "Why; kept in the ledger.") package var reason: String

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let asking = try await Asking(view, in: context)
    let task = try await Target.task(name, in: view).task.record
    let promised = task.specification.outputs.keys.sorted()
    var contents: [String: [UInt8]] = [:]
    for output in outputs {
      guard promised.contains(output.name) else {
        throw Complaint.Carrier(
          Complaint(
            "\(task.id) promises no output `\(output.name)`",
            hints: [Nearest.hint(for: output.name, among: promised, listing: "it promises")]
              .compactMap { $0 }, status: .usage))
      }
      guard contents[output.name] == nil else {
        throw CommandError.invalid(
          "`\(output.name)` is given twice", hint: "give each output once")
      }
      contents[output.name] = try FileSystem.read(context.absolute(output.file), limit: 32 << 20)
    }
    return try await asking.tell([.adopt(task.id, outputs: contents)], reason: reason)
  }
}

/// `draft.md=my.md`: what a file is adopted as.
package struct OutputArgument: ExpressibleByArgument, Sendable {
  let name: String
  let file: String

  package init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    (name, file) = (String(parts[0]), String(parts[1]))
  }
}
