package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Show: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Show a run, a task or an attempt; or print exactly what came out of it.",
    discussion: """
      headway show launch-3f9c2a                             the run and its tasks
      headway show launch-3f9c2a/draft                       the task and its attempts
      headway show launch-3f9c2a/draft.2 --log               what its second attempt said
      headway show launch-3f9c2a/draft --output draft.md     the bytes that stand
      """)

  @Argument(help: ArgumentHelp("Names may be shortened.", valueName: "run[/task[.n]]"))
  package var name: String

  @Option(help: ArgumentHelp("Print this output, byte for byte.", valueName: "name"))
  package var output: String?

  @Flag(help: "Print the end of the attempt's log.") package var log = false

  @Flag(help: "Print what the executor was asked, word for word.") package var prompt = false

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func validate() throws {
    let wanted = [output != nil, log, prompt].count { $0 }
    guard wanted <= 1 else { throw ValidationError("take one of --output, --log and --prompt") }
  }

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let target = try await Target(name, in: view)
    if let blob = try await wantedBlob(of: target, in: view) {
      context.output.write(try await view.blob(blob))
      return .success
    }
    switch target {
    case .run(let run):
      let page = try await RunPage(run, in: view, at: context.now())
      context.print(page.facts) { page.write(in: context) }
    case .task(let run, let task):
      let page = try await TaskPage(run, task, in: view, at: context.now())
      context.print(page.facts) { page.write(in: context) }
    case .attempt(let run, let task, let number):
      guard let attempt = try await view.attempts(of: task).first(where: { $0.id.number == number })
      else { throw Self.underWay(AttemptID(task: task.record.id, number: number)) }
      let page = AttemptPage(run: run.record, attempt: attempt)
      context.print(attempt.json) { page.write(in: context) }
    }
    return .success
  }

  /// `nil` when no bytes were asked for.
  private func wantedBlob(of target: Target, in view: LedgerView) async throws -> BlobID? {
    guard output != nil || log || prompt else { return nil }
    let (task, number): (BoardTask, Int?) =
      switch target {
      case .run(let run):
        throw Complaint.Carrier(
          Complaint(
            "\(run.record.id) is a run; outputs, logs and prompts belong to its tasks",
            hint: run.record.tasks.map { "\(run.record.id)/\($0)" }.joined(separator: ", "),
            status: .usage))
      case .task(_, let task): (task, nil)
      case .attempt(_, let task, let number): (task, number)
      }
    if let output, number == nil {
      return try Self.blob(output, among: task.record.results, of: "\(task.record.id)")
    }
    let attempts = try await view.attempts(of: task)
    let wanted = number ?? task.record.accepted ?? attempts.last?.id.number
    guard let attempt = attempts.first(where: { $0.id.number == wanted }) else {
      throw Self.underWay(AttemptID(task: task.record.id, number: wanted ?? 1))
    }
    if let output { return try Self.blob(output, among: attempt.outputs, of: "\(attempt.id)") }
    guard let blob = log ? attempt.log : attempt.rendered else {
      throw Complaint.Carrier(
        Complaint(
          log ? "\(attempt.id) said nothing" : "\(attempt.id) was asked nothing in words"))
    }
    return blob
  }

  private static func blob(
    _ name: String, among outputs: [String: BlobID], of owner: String
  ) throws -> BlobID {
    if let blob = outputs[name] { return blob }
    let names = outputs.keys.sorted()
    let matches = names.filter { !name.isEmpty && $0.hasPrefix(name) }
    if matches.count == 1, let blob = outputs[matches[0]] { return blob }
    let hint =
      names.isEmpty
      ? "it has no accepted output" : Nearest.hint(for: name, among: names, listing: "outputs")
    throw Complaint.Carrier(
      Complaint("\(owner) has no output `\(name)`", hints: [hint].compactMap { $0 }, status: .usage)
    )
  }

  private static func underWay(_ attempt: AttemptID) -> Complaint.Carrier {
    Complaint.Carrier(
      Complaint("\(attempt) has not been settled yet", hint: "`headway status` shows what runs"))
  }
}
