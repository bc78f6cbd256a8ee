package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Cost: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Tell what attempts cost, in sums by whatever you ask for.",
    discussion: """
      Sums come from the attempts in the ledger, failed ones included; days are UTC, as budgets \
      are. An attempt of unknown cost is counted, and named, but no sum contains it. `person` is \
      who asked for the run: who signed the commit that brought in or last changed its brief, \
      file or schedule; where nobody in people/ did, its author, by the address in it. `basis` \
      says which of the two it is.
      """)

  @Option(
    help: ArgumentHelp(
      "pipeline, task, executor, model, person, basis, day or run; several with commas.",
      valueName: "dimensions"))
  package var by = "pipeline"

  @OptionGroup(title: "When") package var period: Period

  @Flag(help: "Print CSV; amounts in millionths of the currency's unit.") package var csv = false

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let dimensions = try dimensions()
    let view = try await LedgerView.open(try await context.site())
    let bounds = try await period.bounds(in: view, now: context.now())
    let lines = try await view.costs(
      from: bounds.from, to: bounds.to,
      askers: dimensions.contains(.person) ? .verified(at: context.now()) : .none)
    let page = CostPage(
      report: CostReport(lines, by: dimensions), from: bounds.from, to: bounds.to)
    if csv {
      context.output.write(page.csv)
    } else {
      context.print(page.facts) { page.write(in: context) }
    }
    return .success
  }

  /// A person never stands without how it is known that it was they.
  private func dimensions() throws -> [CostReport.Dimension] {
    let asked = try words()
    guard !asked.contains(.basis) else { return asked }
    return asked.flatMap { $0 == .person ? [.person, .basis] : [$0] }
  }

  private func words() throws -> [CostReport.Dimension] {
    try by.split(separator: ",").map { word in
      let word = word.trimmed
      guard let dimension = CostReport.Dimension(rawValue: word) else {
        let known = CostReport.Dimension.allCases.map(\.rawValue)
        throw Complaint.Carrier(
          Complaint(
            "--by knows no `\(word)`",
            hints: [Nearest.hint(for: word, among: known, listing: "it knows")].compactMap { $0 },
            status: .usage))
      }
      return dimension
    }
  }
}

extension Substring {
  fileprivate var trimmed: String { String(filter { !$0.isWhitespace }) }
}
