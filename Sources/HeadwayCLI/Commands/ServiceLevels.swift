package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct ServiceLevels: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    commandName: "sla",
    abstract: "Tell how long each class of tasks takes, end to end, and which targets were missed.",
    discussion: """
      A class is a task of a pipeline. Its time runs from the commit that asked for the work to the \
      task's end, whatever lies between; how long people were waited for in that time is told \
      apart. A target is what the pipeline says under `sla`.
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
}
