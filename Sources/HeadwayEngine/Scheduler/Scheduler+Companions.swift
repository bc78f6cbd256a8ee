internal import HeadwayCore

extension Scheduler {
  /// What goes on beside a scheduler: it may end the whole with a result, or just end.
  typealias Companion = @Sendable () async -> Result<TickReport, EngineError>?

  /// Runs until nothing can move or a companion has a result; the others are cancelled then.
  nonisolated func run(beside companions: [Companion]) async throws(EngineError) -> TickReport {
    let result = await withTaskGroup(of: Result<TickReport, EngineError>?.self) { group in
      for companion in companions { group.addTask { await companion() } }
      group.addTask {
        do throws(EngineError) { return .success(try await self.run()) } catch {
          return .failure(error)
        }
      }
      var result: Result<TickReport, EngineError>?
      while let next = await group.next() {
        guard let next else { continue }
        result = next
        group.cancelAll()
      }
      return result ?? .failure(.notPossible("the scheduler ended without a result"))
    }
    return try result.get()
  }

  /// A companion that tells the scheduler of each change.
  nonisolated func hearing(_ changes: AsyncStream<Void>) -> Companion {
    {
      for await _ in changes { self.nudged() }
      return nil
    }
  }
}
