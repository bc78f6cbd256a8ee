package import HeadwayCore

/// The executors that the composition root brings, by what an executor's file asks for.
package struct Adapters: Sendable {
  private let command: any Executor
  private let model: any Executor

  package init(command: any Executor, model: any Executor) {
    self.command = command
    self.model = model
  }

  package func adapter(for setup: ExecutorSetup) -> any Executor {
    switch setup {
    case .command: command
    case .model: model
    }
  }
}
