import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayExecutors

/// What an executor is made to do in a test of the contract.
enum Behaviour: String, CaseIterable, Sendable {
  case deliverText, deliverBinary, missing, undeclared, oversized, hang, breakDown
}

/// One executor on the bench: how to make it behave, and how to see what it leaves behind.
struct ContractSubject: Sendable, CustomTestStringConvertible {
  let name: String
  /// Some behaviours have no spelling for some executors: a model's reply is always text.
  let behaviours: Set<Behaviour>
  let bench: @Sendable (Behaviour) async throws -> Bench

  struct Bench: Sendable {
    let executor: any Executor
    let setup: ExecutorSetup
    let observer: RecordingObserver
    /// Processes and folders that should not be there any more.
    let leftovers: @Sendable () -> [String]
    let tearDown: @Sendable () async throws -> Void
  }

  var testDescription: String { name }

  static let secret = "s3cr3t-of-the-contract"
  static let all = [command, sandboxed, scripted, model]

  static let command = program(named: "command", sandbox: .none)
  static let sandboxed = program(named: "command in a sandbox", sandbox: .bwrap)

  private static func program(
    named name: String, sandbox: CommandSetup.Sandbox
  ) -> ContractSubject {
    ContractSubject(name: name, behaviours: Set(Behaviour.allCases)) { behaviour in
      let run = try CommandRun()
      let script =
        switch behaviour {
        case .deliverText: "printf text >outputs/out.txt"
        case .deliverBinary: #"printf '\000\377' >outputs/out.txt"#
        case .missing: "true"
        case .undeclared: "touch outputs/out.txt outputs/stray"
        case .oversized: "truncate -s 2M outputs/out.txt"
        case .hang: "trap '' TERM; while :; do sleep 1; done"
        case .breakDown: "echo \"bad key $KEY\" >&2; exit 1"
        }
      return Bench(
        executor: run.adapter,
        setup: try run.shell(
          script, environment: ["KEY": SecretText(secret, isSecret: true)], sandbox: sandbox),
        observer: run.observer,
        leftovers: { run.leftFolders + run.leftProcesses.map { "process \($0)" } }, tearDown: {})
    }
  }

  static let scripted = ContractSubject(
    name: "scripted", behaviours: Set(Behaviour.allCases)
  ) { behaviour in
    let executor = ScriptedExecutor { _ in
      switch behaviour {
      case .deliverText: .deliver(["out.txt": Array("text".utf8)])
      case .deliverBinary: .deliver(["out.txt": [0, 0xFF]])
      case .missing: .deliver([:])
      case .undeclared: .deliver(["out.txt": [], "stray": []])
      case .oversized: .deliver(["out.txt": [UInt8](repeating: 0, count: 2 << 20)])
      case .hang: .hang
      case .breakDown: .fail(Failure(.transient, "broken"))
      }
    }
    return Bench(
      executor: executor, setup: try ChatRun.setup([.extractive]), observer: RecordingObserver(),
      leftovers: { [] }, tearDown: {})
  }

  static let model = ContractSubject(
    name: "model", behaviours: [.deliverText, .missing, .oversized, .hang, .breakDown]
  ) { behaviour in
    let reply: LoopbackServer.Reply =
      switch behaviour {
      case .deliverText, .deliverBinary, .undeclared: ChatBodies.success("text")
      case .missing: ChatBodies.success("")
      case .oversized: ChatBodies.success(String(repeating: "x", count: 2 << 20))
      case .hang: .stall
      case .breakDown: ChatBodies.error(500, message: "bad key \(ChatRun.key)")
      }
    let server = try await LoopbackServer.start([reply])
    return Bench(
      executor: ModelAdapter(now: { Orders.now }),
      setup: try ChatRun.setup([.openAIChat(ChatRun.endpoint(server.base))]),
      observer: RecordingObserver(), leftovers: { [] }, tearDown: { try await server.stop() })
  }
}
