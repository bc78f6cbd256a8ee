package import HeadwayCore
internal import Synchronization

/// The one fake of an executor: it answers from a script and remembers what it was asked.
///
/// It keeps the promises of `Executor` like a real one, so that tests which use it stand for
/// something.
package final class ScriptedExecutor: Executor {
  /// What an attempt does.
  package enum Step: Sendable {
    case deliver([String: [UInt8]])
    case fail(Failure)
    /// Returns only when it is cancelled or out of time.
    case hang
  }

  private let script: @Sendable (WorkOrder) -> Step
  private let asked = Mutex<[WorkOrder]>([])
  private let cost: Money

  package init(
    cost: Money = .zero(.usd), _ script: @escaping @Sendable (WorkOrder) -> Step
  ) {
    self.cost = cost
    self.script = script
  }

  /// Every order so far, in the order of their arrival.
  package var orders: [WorkOrder] { asked.withLock { $0 } }

  package func execute(_ order: WorkOrder, observer: any AttemptObserver) async -> Outcome {
    asked.withLock { $0.append(order) }
    return Outcome(await result(of: order), report: Outcome.Report(cost: cost))
  }

  private func result(of order: WorkOrder) async -> Result<[String: [UInt8]], Failure> {
    if Task.isCancelled { return .failure(Failure(.cancelled, "the script was cancelled")) }
    switch script(order) {
    case .fail(let failure): return .failure(failure)
    case .hang:
      do {
        try await Task.sleep(for: .milliseconds(order.limits.wall.milliseconds))
        return .failure(Failure(.timeout, "the script took longer than \(order.limits.wall)"))
      } catch { return .failure(Failure(.cancelled, "the script was cancelled")) }
    case .deliver(let outputs): return check(outputs, of: order)
    }
  }

  private func check(
    _ outputs: [String: [UInt8]], of order: WorkOrder
  ) -> Result<[String: [UInt8]], Failure> {
    let declared = Set(order.outputs.map(\.name))
    if let stray = outputs.keys.sorted().first(where: { !declared.contains($0) }) {
      return .failure(Failure(.badOutput, "`\(stray)` is not a declared output"))
    }
    if let missing = declared.sorted().first(where: { outputs[$0] == nil }) {
      return .failure(Failure(.badOutput, "the output `\(missing)` is missing"))
    }
    guard outputs.values.reduce(0, { $0 + $1.count }) <= order.limits.output else {
      return .failure(
        Failure(.badOutput, "the outputs are larger than \(order.limits.output) bytes"))
    }
    return .success(outputs)
  }
}
