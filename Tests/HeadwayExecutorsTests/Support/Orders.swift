import Glibc
import HeadwayCore
import Synchronization
import Testing

@testable import HeadwayExecutors

/// A folder that goes with the value.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/headway-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { _ = FolderRemoval.remove(path) }

  func write(_ name: String, _ text: String, mode: mode_t = 0o755) throws {
    let parts = name.split(separator: "/")
    for end in parts.indices.dropLast() {
      mkdir("\(path)/\(parts[...end].joined(separator: "/"))", 0o755)
    }
    let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    #expect(Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count)
  }

  var names: [String] { (FolderListing.names(of: path) ?? []).sorted() }
}

/// Remembers which process was announced.
final class RecordingObserver: AttemptObserver {
  private let seen = Mutex<[ProcessIdentity]>([])
  private let whenStarted: @Sendable (ProcessIdentity) async throws -> Void

  init(whenStarted: @escaping @Sendable (ProcessIdentity) async throws -> Void = { _ in }) {
    self.whenStarted = whenStarted
  }

  var processes: [ProcessIdentity] { seen.withLock { $0 } }

  func started(process: ProcessIdentity) async throws {
    seen.withLock { $0.append(process) }
    try await whenStarted(process)
  }
}

enum Orders {
  static let now = Instant(milliseconds: 1_795_000_000_000)

  static func make(
    _ executor: ExecutorSetup, intent: String = "Write it.", brief: String = "",
    inputs: [WorkOrder.Input] = [], recalled: [WorkOrder.Recalled] = [],
    outputs: [String] = ["out.txt"], schemas: [String: JSONValue] = [:],
    deadline: Instant = now + .minutes(10), wall: Span = .seconds(30), output: Int = 1 << 20,
    memory: Int? = nil, cpu: Span? = nil, grace: Span = .milliseconds(200)
  ) throws -> WorkOrder {
    let run = try #require(RunID("launch-3f9c2a"))
    let task = try #require(Name("draft"))
    return WorkOrder(
      attempt: AttemptID(task: TaskID(run: run, task: task), number: 2), key: "key-1",
      intent: intent, brief: brief, title: "Launch", parameters: ["words": 900], inputs: inputs,
      recalled: recalled, outputs: outputs.map { .init(name: $0, schema: schemas[$0]) },
      deadline: deadline,
      limits: .init(wall: wall, output: output, memory: memory, cpu: cpu, grace: grace),
      executor: executor)
  }

  static func input(_ name: String, _ text: String) -> WorkOrder.Input {
    input(name, Array(text.utf8))
  }

  static func input(_ name: String, _ bytes: [UInt8]) -> WorkOrder.Input {
    WorkOrder.Input(name: name, blob: BlobID(unchecked: Digest(of: bytes).prefix(40)), bytes: bytes)
  }
}

/// One command run in a cache of its own.
struct CommandRun {
  let scratch: ScratchFolder
  let observer: RecordingObserver
  let adapter: CommandAdapter
  var cache: String { scratch.path + "/cache" }

  init(
    tools: [String] = ["/usr/bin"],
    observer: RecordingObserver = RecordingObserver()
  ) throws {
    scratch = try ScratchFolder()
    self.observer = observer
    try scratch.write("programs/executors/.keep", "")
    adapter = CommandAdapter(
      cache: scratch.path + "/cache", tools: tools, now: { Orders.now })
  }

  func setup(
    _ arguments: [String], environment: [String: SecretText] = [:],
    sandbox: CommandSetup.Sandbox = .none
  ) throws -> ExecutorSetup {
    .command(
      CommandSetup(
        name: try #require(Name("tester")), arguments: arguments,
        programs: scratch.path + "/programs", environment: environment, sandbox: sandbox))
  }

  func shell(
    _ script: String, environment: [String: SecretText] = [:],
    sandbox: CommandSetup.Sandbox = .none
  ) throws -> ExecutorSetup {
    try setup(["sh", "-c", script], environment: environment, sandbox: sandbox)
  }

  func execute(_ order: WorkOrder) async -> Outcome {
    await adapter.execute(order, observer: observer)
  }

  /// Attempts' folders that are still there.
  var leftFolders: [String] { FolderListing.names(of: cache) ?? [] }

  /// Processes of the announced sessions that still run.
  var leftProcesses: [Int32] { observer.processes.flatMap { ProcessSession(leader: $0).members() } }
}

extension Span {
  static func milliseconds(_ count: Int64) -> Span { Span(milliseconds: count) }
}

extension Outcome {
  var failure: Failure? {
    if case .failure(let failure) = result { failure } else { nil }
  }

  func text(_ name: String = "out.txt") throws -> String {
    String(decoding: try #require(try result.get()[name]), as: UTF8.self)
  }

  var logText: String { String(decoding: report.log ?? [], as: UTF8.self) }
}
