package import HeadwayCore
package struct ModelExecutor: Executor {
  package static func standard(environment: [String: String]) -> ModelExecutor { ModelExecutor() }
  package func execute(_ order: WorkOrder, observer: any AttemptObserver) async -> Outcome {
    if case .model(let setup) = order.executor { return ExtractiveModel().complete(order, setup: setup) }
    return Outcome(.failure(Failure(.internal, "x")), report: .init())
  }
}
