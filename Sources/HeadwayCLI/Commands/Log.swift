package import ArgumentParser
internal import Git
internal import HeadwayCore
internal import HeadwayEngine

package struct Log: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Tell the story from the ledger, newest first.",
    discussion: """
      The ledger is a branch like any other, so `git log headway/ledger` tells it too, with all \
      lineage in the trailers.
      """)

  @Argument(help: ArgumentHelp("Only this run or task.", valueName: "run[/task]"))
  package var name: String?

  @Option(name: .short, help: ArgumentHelp("At most this many events.", valueName: "count"))
  package var number = 30

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func validate() throws {
    guard number > 0 else { throw ValidationError("-n takes a number above 0") }
  }

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let events = try await events(in: view)
    context.print(.array(events.map(\.facts))) {
      var rows = Columns()
      for event in events {
        rows.add(
          .init(event.time.second, .dim), .init(event.word, event.style), .init(event.line))
      }
      rows.write(to: context.output, on: context.terminal)
    }
    return .success
  }

  private func events(in view: LedgerView) async throws -> [StoryEvent] {
    guard let name else {
      return try await view.commits(of: nil, limit: number).map(StoryEvent.init)
    }
    switch try await Target(name, in: view) {
    case .run(let run):
      return try await view.commits(of: run.record.id, limit: number).map(StoryEvent.init)
    case .task(_, let task), .attempt(_, let task, _):
      let all = try await view.commits(of: task.record.run, limit: .max).map(StoryEvent.init)
      return Array(all.filter { $0.tells(of: task.record.id) }.prefix(number))
    }
  }
}
