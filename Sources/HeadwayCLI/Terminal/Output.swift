internal import Synchronization
internal import SystemPackage

/// Where a command's lines go.
package struct Output: Sendable {
  private let sink: @Sendable ([UInt8]) -> Void
  private let fault: @Sendable () -> Failure?

  /// Why lines did not arrive.
  package enum Failure: Hashable, Sendable {
    /// The reader has read enough and gone away: that is its right.
    case closed
    case failed(String)
  }

  package init(
    _ sink: @escaping @Sendable ([UInt8]) -> Void,
    failure: @escaping @Sendable () -> Failure? = { nil }
  ) {
    self.sink = sink
    fault = failure
  }

  package func write(_ bytes: [UInt8]) { sink(bytes) }
  package func write(_ text: String) { sink(Array(text.utf8)) }
  package func line(_ text: String = "") { write(text.hasSuffix("\n") ? text : text + "\n") }

  /// The first failure to write; what came after it was not tried.
  package var failure: Failure? { fault() }

  /// A file that the process has open.
  static func descriptor(_ number: Int32) -> Output {
    let file = FileDescriptor(rawValue: number)
    let state = Fault()
    return Output(
      { bytes in
        guard state.first == nil else { return }
        do { _ = try file.writeAll(bytes) } catch { state.note(error) }
      }, failure: { state.first })
  }

  private final class Fault: Sendable {
    private let kept = Mutex<Failure?>(nil)

    var first: Failure? { kept.withLock { $0 } }

    func note(_ error: any Error) {
      let failure: Failure =
        switch error as? Errno {
        case .brokenPipe: .closed
        case let number?: .failed(number.description)
        case nil: .failed("\(error)")
        }
      kept.withLock { $0 = $0 ?? failure }
    }
  }
}
