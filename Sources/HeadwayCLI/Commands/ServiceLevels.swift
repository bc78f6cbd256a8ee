package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct ServiceLevels: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    commandName: "sla",
    abstract: "Tell how long each class of tasks takes, end to end, and which targets were missed.",
    discussion: """
      A class is a task of a pipeline. Its time runs from the commit that asked for the work to the \
      task's end, whatever lies between; how long people were waited for in that time, to sign \
      or to see to what was held, is told apart from the machine's. A target is what the pipeline says under `sla`.
      """)

  @OptionGroup(title: "When") package var period: Period

  @Option(help: ArgumentHelp("Only tasks of this pipeline.", valueName: "name"))
  package var pipeline: String?

  @Flag(help: "List each miss too.") package var misses = false

  @Flag(help: "Print CSV; times in milliseconds.") package var csv = false

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let now = context.now()
    let bounds = try await period.bounds(in: view, now: now)
    let all = try await view.serviceMeasures(since: bounds.from, at: min(now, bounds.to))
    let measures = all.filter { measure in
      (measure.settled ?? measure.committed) < bounds.to
        && (pipeline.map { measure.key.hasPrefix($0 + "/") } ?? true)
    }
    if measures.isEmpty { try await requirePipeline(in: view, among: all) }
    let page = ServicePage(
      measures: measures, from: bounds.from, to: bounds.to, now: min(now, bounds.to),
      listsMisses: misses)
    if csv {
      context.output.write(page.csv)
    } else {
      context.print(page.facts) { page.write(in: context) }
    }
    return .success
  }

  /// A misspelt name must not look like a pipeline in which nothing happens.
  private func requirePipeline(
    in view: LedgerView, among measures: [ServiceMeasure]
  ) async throws {
    guard let pipeline else { return }
    let known = Set(
      (try await view.project()?.pipelines.keys.map(\.text) ?? [])
        + measures.compactMap { $0.key.split(separator: "/").first.map(String.init) })
    guard !known.contains(pipeline) else { return }
    throw Complaint.Carrier(
      Complaint(
        "there is no pipeline `\(pipeline)`",
        hints: [Nearest.hint(for: pipeline, among: known.sorted(), listing: "pipelines")]
          .compactMap { $0 }, status: .usage))
  }
}
