package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Adopt: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Supply held tasks' results by hand, or say that they were done.",
    discussion: """
      headway adopt launch-3f9c2a/draft --output draft.md=my.md --reason "wrote it myself"
      headway adopt launch-3f9c2a/publish --reason "it is on the site" --output receipt.json=r.json
      headway adopt --held --because uncertain --run launch-3f9c2a --reason "seen on the site"
      """)

  @OptionGroup(title: "Which") package var selection: Selection

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
    let chosen = try await selection.resolve(in: view) { $0.state == .held && !$0.isPerson }
    let contents = try contents(for: chosen, in: context)
    return try await asking.tell(
      "adopt", chosen,
      consequences: ["Each counts as done by you, and what comes after it goes on."],
      consent: selection.consent, reason: reason
    ) { subject in
      if case .task(let id) = subject { .adopt(id, outputs: contents) } else { nil }
    }
  }

  private func contents(
    for chosen: [Selection.Chosen], in context: CommandContext
  ) throws -> [String: [UInt8]] {
    guard !outputs.isEmpty else { return [:] }
    guard chosen.count == 1, let task = chosen[0].task else {
      throw CommandError.invalid(
        "--output goes with one task, and these are \(chosen.count)",
        hint: "adopt them one by one")
    }
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
    return contents
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
