import Git
import HeadwayCLI
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Synchronization

/// A repository as `headway init` leaves it, with a clock that tests turn and a command line that
/// tests read.
final class Workshop: Sendable {
  let repository: TemporaryRepository
  private let clock: Mutex<Instant>

  struct Answer: Sendable {
    let status: ExitStatus
    let output: String
    let errors: String

    var json: JSONValue {
      get throws { try JSONReader.read(Array(output.utf8)).json }
    }
    /// Without line breaks and indentation, which depend on widths.
    var flat: String { output.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  static let start = Instant(milliseconds: 1_795_514_400_000)

  private init(_ repository: TemporaryRepository) {
    self.repository = repository
    clock = Mutex(Self.start)
  }

  /// With the template, and with `ada`, who signs with her own key, as its creator.
  static func open() async throws -> Workshop {
    let repository = try await TemporaryRepository()
    let workshop = Workshop(repository)
    let key = try await repository.makeSSHKey("ada")
    try await repository.git("config", "user.name", "Ada")
    try await repository.git("config", "user.email", "ada@example.org")
    try await repository.git("config", "gpg.format", "ssh")
    try await repository.git("config", "user.signingkey", key + ".pub")
    let made = await workshop.headway("init", "--template", "content-ops", ".")
    guard made.status == .success else { throw Failure(description: made.errors) }
    // Ticks are made by the tests alone.
    _ = await workshop.headway("hooks", "remove")
    try await repository.commit("Start", Self.errands)
    return workshop
  }

  struct Failure: Error, CustomStringConvertible { let description: String }

  func advance(by span: Span) { clock.withLock { $0 = $0 + span } }

  var now: Instant { clock.withLock { $0 } }

  @discardableResult
  func headway(_ arguments: String..., in directory: String? = nil) async -> Answer {
    await headway(arguments, in: directory)
  }

  @discardableResult
  func headway(
    _ arguments: [String], in directory: String? = nil, typing: String? = nil,
    hearing: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> Answer {
    let (output, errors) = (Heard(), Heard())
    let context = CommandContext(
      environment: repository.environment, directory: directory ?? repository.path,
      program: "/usr/local/bin/headway", output: Output { output.take($0) },
      errors: Output { bytes in
        errors.take(bytes)
        hearing(String(decoding: bytes, as: UTF8.self))
      },
      errorTerminal: typing == nil
        ? .none : Terminal(isInteractive: true, width: 100, mayHaveColour: false),
      now: { self.now }, answer: { typing })
    let status = await Headway.run(arguments, in: context)
    return Answer(status: status, output: output.text, errors: errors.text)
  }

  private final class Heard: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    func take(_ new: [UInt8]) { bytes.withLock { $0 += new } }
    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
  }

  func view(in directory: String? = nil) async throws -> LedgerView {
    try await LedgerView.open(.find(from: directory ?? repository.path))
  }

  /// The id of the one run that came of a brief.
  func run(_ slug: String) async throws -> RunID {
    let view = try await view()
    let all = view.board.runsInOrder.map(\.record) + (try await view.finishedRuns(limit: 100))
    guard let run = all.first(where: { $0.slug == slug }) else {
      throw Failure(description: "no run of \(slug)")
    }
    return run.id
  }

  /// Commits a brief of the article pipeline and lets everything run up to its approval.
  @discardableResult
  func writeArticle(title: String = "Why small teams write things down") async throws -> RunID {
    let brief = """
      ---
      pipeline: article
      title: "\(title)"
      sources: [sources/interviews.md, sources/survey.md, sources/field-notes.md]
      ---
      A 900-word article for founders, argued from the interviews.

      """
    try await repository.commit("Brief", ["briefs/launch.md": brief])
    let tick = await headway("tick")
    guard tick.status == .success else { throw Failure(description: tick.errors) }
    return try await run("launch")
  }

  /// Commits a brief of the errand pipeline, which runs two small programs, and ticks.
  @discardableResult
  func sendErrand(_ name: String = "milk", body: String = "Fetch milk.") async throws -> RunID {
    try await repository.commit(
      "Errand",
      ["briefs/\(name).md": "---\npipeline: errand\ntitle: Fetch \(name)\n---\n\(body)\n"])
    let tick = await headway("tick")
    guard tick.status == .success else { throw Failure(description: tick.errors) }
    return try await run(name)
  }

  /// A run that is admitted while everything is frozen.
  func sendFrozenErrand() async throws -> RunID {
    try await repository.commit(
      "Errand", ["briefs/milk.md": "---\npipeline: errand\ntitle: Fetch milk\n---\nMilk.\n"])
    await headway("tick")
    return try await run("milk")
  }

  private static let errands = [
    "pipelines/errand.json": """
    { "name": "errand", "on": { "briefs": true }, "tasks": {
      "fetch": { "executor": "fetcher", "intent": "Do what {{title}} says.",
                 "outputs": { "result.txt": {} } },
      "send": { "after": ["fetch"], "executor": "sender", "effect": "external",
                "once": "send:{{slug}}", "intent": "Send it.",
                "outputs": { "receipt.txt": {} } } } }
    """,
    "executors/fetcher.json": """
    { "name": "fetcher", "kind": "command", "run": ["/bin/sh", "executors/fetch.sh"],
      "effect": "none" }
    """,
    "executors/sender.json": """
    { "name": "sender", "kind": "command", "run": ["/bin/sh", "executors/send.sh"],
      "effect": "external" }
    """,
    "executors/fetch.sh": """
    if grep -q FAIL inputs/brief.md; then echo "the shop is shut" >&2; exit 64; fi
    echo "on my way" >&2
    tail -n 1 inputs/brief.md >outputs/result.txt
    """,
    "executors/send.sh": "echo sent >outputs/receipt.txt",
  ]
}

extension Workshop {
  /// The open proposal of a run's `approve`; where the engine has not made one, as it stands in
  /// the ledger when it has.
  @discardableResult
  func proposal(of run: RunID) async throws -> ProposalRecord {
    let view = try await view()
    let task = try await view.task("\(run)/approve").task
    if let proposal = task.proposal { return proposal }
    let edit = try await view.task("\(run)/edit").task
    let attempt = AttemptID(task: task.record.id, number: 1)
    let branch = "headway/proposals/\(attempt)"
    try await repository.git("branch", branch, "main")
    let main = try await repository.id("main")
    guard let requirement = task.record.specification.proposal?.requirement,
      let article = edit.record.results["article.md"],
      let record = FilePath(checked: "approvals/\(attempt).json"),
      let target = FilePath(checked: "content/launch.md")
    else { throw Failure(description: "nothing to propose") }
    let proposal = ProposalRecord(
      attempt: attempt, branch: branch, commit: CommitID(main),
      record: PinnedFile(path: record, blob: article), content: [target: article],
      base: [target: nil], risk: .medium, requirement: requirement, proposed: now,
      expires: now + .days(7))
    let ledger = try await Ledger(
      site: view.site, index: LedgerIndex(path: view.site.folders.index), durability: .process,
      runner: "test")
    guard let entry = await ledger.board.proposing(proposal, cause: CommitID(main)) else {
      throw Failure(description: "no such task")
    }
    try await ledger.append(entry, at: now)
    try await ledger.flush()
    return proposal
  }
}
