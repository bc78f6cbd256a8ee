import HeadwayCore
import HeadwayEngine
import Synchronization
import SystemPackage

/// Executors that do what a test says, remember what they were asked, and write down every
/// external effect where no repository can undo it.
final class Staff: Executor {
  typealias Script = @Sendable (WorkOrder) async -> Outcome

  private struct State {
    var orders: [WorkOrder] = []
    var scripts: [String: Script] = [:]
  }

  private let state = Mutex(State())
  /// One line for each effect: the effect key and the run's title.
  let recorder: String

  init(recorder: String) { self.recorder = recorder }

  /// Every order so far, in the order of arrival.
  var orders: [WorkOrder] { state.withLock { $0.orders } }

  /// `task` of each order so far.
  var asked: [String] { orders.map(\.attempt.task.task.text) }

  /// What the executor of that name does from now on; `nil` is the usual work again.
  func script(_ executor: String, _ script: Script?) {
    state.withLock { $0.scripts[executor] = script }
  }

  func execute(_ order: WorkOrder, observer: any AttemptObserver) async -> Outcome {
    let script = state.withLock { state in
      state.orders.append(order)
      return state.scripts[order.executor.name]
    }
    if let script { return await script(order) }
    return usual(order)
  }

  /// Deterministic work: what is delivered depends on what was given and on nothing else.
  func usual(_ order: WorkOrder) -> Outcome {
    if order.executor.name == "publish" {
      do { try record(order) } catch {
        return Outcome(.failure(Failure(.internal, "\(error)")), report: .init())
      }
    }
    return .delivering(Self.outputs(of: order))
  }

  static func outputs(of order: WorkOrder) -> [String: [UInt8]] {
    var outputs: [String: [UInt8]] = [:]
    for output in order.outputs {
      if output.name.hasSuffix(".json") {
        outputs[output.name] = Array("{ \"done\": true }\n".utf8)
        continue
      }
      var text = "# \(order.title): \(order.attempt.task.task)\n\n\(order.brief)\n"
      for input in order.inputs where input.name.contains("/") || input.name == "feedback.md" {
        text += "\(input.name) \(input.blob.hex)\n"
      }
      outputs[output.name] = Array(text.utf8)
    }
    return outputs
  }

  func record(_ order: WorkOrder) throws {
    let file = try FileDescriptor.open(
      SystemPackage.FilePath(recorder), .writeOnly, options: [.create, .append],
      permissions: .ownerReadWrite)
    try file.closeAfter { _ = try file.writeAll(Array("\(order.key) \(order.title)\n".utf8)) }
  }
}

extension ExecutorSetup {
  var name: String {
    switch self {
    case .command(let setup): setup.name.text
    case .model(let setup): setup.name.text
    }
  }
}

extension Outcome {
  static func delivering(
    _ outputs: [String: [UInt8]], cost: Money = .zero(.usd), log: String? = nil,
    rendered: String? = nil
  ) -> Outcome {
    Outcome(
      .success(outputs),
      report: Report(
        cost: cost, rendered: rendered.map { Array($0.utf8) }, log: log.map { Array($0.utf8) }))
  }

  static func failing(
    _ kind: FailureClass, _ message: String, log: String? = nil
  ) -> Outcome {
    Outcome(
      .failure(Failure(kind, message)),
      report: Report(cost: .zero(.usd), log: log.map { Array($0.utf8) }))
  }
}
