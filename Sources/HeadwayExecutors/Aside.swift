internal import Dispatch

/// Runs what blocks or computes for long beside the few threads that all tasks share.
func aside<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { continuation in
    DispatchQueue.global().async { continuation.resume(returning: body()) }
  }
}

/// The same for work that can fail.
func aside<Value: Sendable, Fault: Error>(
  _ body: @escaping @Sendable () throws(Fault) -> Value
) async throws(Fault) -> Value {
  let result: Result<Value, Fault> = await aside {
    do throws(Fault) { return .success(try body()) } catch { return .failure(error) }
  }
  return try result.get()
}
